"""Text for terminals: width, colour, and nothing that could steer one."""

from __future__ import annotations

import io
import json

import pytest

from keras_doctor.reports.terminal import Terminal, clean, number, size, wrap


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (42_760, "42.8 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (3 << 40, "3.3 TB"),
    ],
)
def test_sizes(count, text):
    assert size(count) == text


def test_numbers_have_their_noun():
    assert [number(count, "layer") for count in (0, 1, 12_000)] == ["0 layers", "1 layer", "12,000 layers"]


def test_wrapping_keeps_every_word_and_the_width():
    text = "one two three four five six " * 10 + "a" * 60
    lines = wrap(text, 40, 2, 4)
    assert " ".join(line.strip() for line in lines) == text
    assert all(len(line) <= 40 for line in lines[:-1])
    assert lines[0].startswith("  one")
    assert all(line.startswith("    ") for line in lines[1:])


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\rb", "a\x07", "\u202eabc", "a\x9bb", "a\nb", "\ud800"])
def test_control_characters_are_shown_not_sent(text):
    shown = clean(text)
    assert shown.isprintable()
    assert shown != text


def test_long_text_is_cut_and_lines_can_be_kept():
    assert len(clean("x" * 10_000)) < 2100
    assert clean("a\n\tb\x1b", keep_lines=True) == "a\n\tb\\x1b"


def test_a_stream_without_unicode_gets_ascii():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    Terminal(stream).print("✓ fine → ö")
    stream.flush()
    assert raw.getvalue() == b"ok fine -> \\xf6\n"


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_json_can_be_written_whatever_the_file_holds(encoding):
    stream = io.TextIOWrapper(io.BytesIO(), encoding)
    value = {"name \udc80": ["é", "\ud800", float("inf")]}
    Terminal(stream).json(value)
    stream.flush()
    assert json.loads(stream.buffer.getvalue()) == value
