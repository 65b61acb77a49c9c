"""YAML as PyYAML 6.0.3 reads it: the expected values are its own."""

from __future__ import annotations

import math
import random

import pytest

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.limits import Limits
from keras_doctor.wire.yamltext import loads


def value(text, **options):
    found, oddities = loads(text, **options)
    assert not oddities
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("null\n...\n", None),
        ("--- text\n", "text"),
        ("a: 1\nb: [1, 2.5, x, null]\n", {"a": 1, "b": [1, 2.5, "x", None]}),
        ("a:\n  b:\n  - 1\n  - - 2\n    - 3\n  c: {}\n", {"a": {"b": [1, [2, 3]], "c": {}}}),
        ("- a: 1\n  b: 2\n-\n- - 3\n", [{"a": 1, "b": 2}, None, [3]]),
        ("a:\n- 1\n- 2\nb: 3\n", {"a": [1, 2], "b": 3}),
        ("a:\nb: ~\nc: ''\n", {"a": None, "b": None, "c": ""}),
        ("? a long key\n: - 1\n? b\nc: 2\n", {"a long key": [1], "b": None, "c": 2}),
        ("{a: 1, ? b : [x, {c: d}], 'e': \"f\"}", {"a": 1, "b": ["x", {"c": "d"}], "e": "f"}),
        ("a: one\n  two\n\n  three\nb: 1\n", {"a": "one two\nthree", "b": 1}),
        ("a: 'it''s\n  so'\n", {"a": "it's so"}),
        ('a: "tab\\t\\x41\\u00e9\\U0001F600 \\\n  \\ on\\n"\n', {"a": "tab\tAé😀  on\n"}),
        ('"\\ud83d\\ude00"', "😀"),  # Python 2 wrote surrogates; PyYAML leaves them apart
        ("a: |\n  one\n    two\n\n  three\n\nb: |-\n  x\n", {"a": "one\n  two\n\nthree\n", "b": "x"}),
        ("a: |+\n  y\n\nb: 1\n", {"a": "y\n\n", "b": 1}),
        ("a: >\n  one\n  two\n\n  three\n    four\n  five\n", {"a": "one two\nthree\n  four\nfive\n"}),
        ("- |2\n   x\n", [" x\n"]),
        ("# first\na: 1 # then\n# last\n", {"a": 1}),
        ("a: http://x.org/y#z\nb: c:d\n", {"a": "http://x.org/y#z", "b": "c:d"}),
        ("a: &id001 [1, 2]\nb: *id001\n", {"a": [1, 2], "b": [1, 2]}),
        ("c: &x\n  d: 1\ne: *x\n", {"c": {"d": 1}, "e": {"d": 1}}),
        ("1: a\n2.5: b\ntrue: c\nnull: d\n", {"1": "a", "2.5": "b", "true": "c", "null": "d"}),
        ("a: 1\r\nb:\r\n- 2\r\n", {"a": 1, "b": [2]}),
        ("%YAML 1.1\n---\na: 1\n...\n", {"a": 1}),
        ("a: !!python/tuple [null, 4]\nb: !!python/tuple\n- 1\n", {"a": [None, 4], "b": [1]}),
        ("a: !!python/unicode 'x'\nb: !!str 5\nc: !!python/str \"y\"\n", {"a": "x", "b": "5", "c": "y"}),
        ("d: !!float 3.0\ne: !!int '4'\n", {"d": 3.0, "e": 4}),
        ("a: !!binary |\n  YWJj\n  ZGU=\n", {"a": "YWJjZGU="}),
        ("!!map {\n  ? !!str \"a\"\n  : !!seq [ !!int \"1\", !!bool \"true\" ],\n}\n", {"a": [1, True]}),
    ],
)  # fmt: skip
def test_structure(text, expected):
    assert value(text) == expected
    assert value(text.encode()) == expected


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("yes", True), ("No", False), ("ON", True), ("y", "y"), ("~", None), ("Null", None), ("nULL", "nULL"),
        ("0", 0), ("-12", -12), ("+3", 3), ("017", 15), ("08", "08"), ("0x1F", 31), ("0b101", 5), ("1_000", 1000),
        ("190:20:30", 685230), ("1.5", 1.5), ("-.5", "-.5"), (".5", 0.5), ("1.", 1.0),
        ("1.0e-07", 1e-7), ("1e-07", "1e-07"),
        ("1.0e7", "1.0e7"), ("6.8523015e+5", 685230.15), (".inf", math.inf), ("-.INF", -math.inf), (".", "."),
        ("-", ["-"]), ("2001-12-14", "2001-12-14"), ("1.2.3", "1.2.3"), ("0o14", "0o14"), ("=", "="), ("<<", "<<"),
        ("9" * 5000, "9" * 5000),
    ],
)  # fmt: skip
def test_plain_scalars(plain, expected):
    if isinstance(expected, list):
        assert value(f"'{plain}'") == plain
    else:
        found = value(f"a: {plain}")["a"]
        assert (found, type(found)) == (expected, type(expected))


def test_not_a_number():
    assert math.isnan(value("a: .NaN")["a"])


def test_tags_of_objects_are_named_and_their_values_stay_plain():
    text = (
        "a: !!python/object/apply:os.system ['echo x']\n"
        "b: !!python/name:numpy.ndarray ''\nc: !<tag:yaml.org,2002:python/object/new:x.Y> {z: 1}\nd: !local 3\n"
        "e: !!python/object/apply:os.system []\n"
    )
    found, oddities = loads(text)
    assert found == {"a": ["echo x"], "b": "", "c": {"z": 1}, "d": 3, "e": []}
    assert [(oddity.kind, dict(oddity.detail)) for oddity in oddities] == [
        ("yaml-tag", {"tag": "python/object/apply:os.system", "count": 2}),
        ("yaml-tag", {"tag": "python/name:numpy.ndarray", "count": 1}),
        ("yaml-tag", {"tag": "python/object/new:x.Y", "count": 1}),
        ("yaml-tag", {"tag": "!local", "count": 1}),
    ]


def test_directives_that_rename_tags_are_named():
    assert loads("%TAG ! tag:yaml.org,2002:python/\n--- !tuple [1]\n")[1]


def test_readers_say_what_a_tag_means():
    found, oddities = loads(
        "a: !!python/object/apply:x.Dimension\n- 4\n", readers={"python/object/apply:x.Dimension": sum}
    )
    assert found == {"a": 4}
    assert len(oddities) == 1


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("a: [1, 2\n", 9), ("a: 'x\n", 3), ('é: "x\\q"\n', 6), ("a: *nobody\n", 3), ("a: 1\n  b: 2\n", 8),
        ("a: @x\n", 3), ("a: 1\nb\n", 5), ("a: &x [*x]\n", 7), ("- 1\n b: 2\n", None),
        ("a: 1\n---\nb: 2\n", 5), ("[a: {]}", None),
    ],
)  # fmt: skip
def test_what_is_no_yaml_is_told_with_its_place(text, offset):
    with pytest.raises(FormatError) as caught:
        loads(text)
    if offset is not None:
        assert caught.value.offset == offset


def test_text_in_another_encoding_is_told():
    with pytest.raises(FormatError, match="UTF-8"):
        loads("a: é".encode("latin-1"))
    assert value("﻿a: é".encode()) == {"a": "é"}


def test_aliases_cannot_grow_without_bound():
    levels = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(LimitExceeded):
        loads(levels)


@pytest.mark.parametrize("text", ["[" * 5000, "- " * 5000, "? " * 5000, "{a: " * 5000, "a: &a " * 5000])
def test_depth_is_bounded(text):
    with pytest.raises(FormatError):
        loads(text)


def test_length_is_bounded():
    with pytest.raises(LimitExceeded):
        loads("a" * 101, Limits(text_bytes=100))


def test_other_characters_raise_only_format_errors(corpus):
    texts = [path.read_bytes()[:3000] for path in sorted(corpus.glob("py3*/*/arch.yaml"))[::40]]
    rng = random.Random(2)
    for _ in range(600):
        text = bytearray(rng.choice(texts))
        for _ in range(rng.choice((1, 2, 9))):
            at = rng.randrange(len(text))
            text[at : at + rng.randrange(2)] = rng.choice(
                (b"\n", b" ", b": ", b"- ", b"'", b'"', b"[", b"}", b"&a ", b"*a", b"!", b"|", b"\xff", b"#")
            )
        try:
            loads(bytes(text))
        except FormatError:
            pass
