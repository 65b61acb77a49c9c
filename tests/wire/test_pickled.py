"""Pickles are read for their names and byte strings; `pickletools` is the oracle, nothing is unpickled."""

from __future__ import annotations

import collections
import datetime
import decimal
import fractions
import pickle
import pickletools
import random

import pytest

from keras_doctor.wire.pickled import scan
from keras_doctor.wire.source import BytesSource

VALUES = [
    None,
    {"a": [1, -2, 3.5, 1 << 80], "b": (True, False), "c": {1, 2}, "d": "é" * 300},
    [datetime.datetime(2020, 1, 1), decimal.Decimal("1.5"), fractions.Fraction(1, 3)],
    collections.OrderedDict(x=b"y" * 1000, z=bytearray(b"w" * 70000)),
    [collections.Counter("abc")] * 3,
    ["x" * 100_000],
]


def names(data):
    """Return what the pickle's GLOBAL and STACK_GLOBAL opcodes name, by pickletools."""
    found, texts, memo = [], [], {}
    for code, argument, _ in pickletools.genops(data):
        if code.name in ("GLOBAL", "INST"):
            found.append(argument.replace(" ", ".", 1))
        elif code.name == "STACK_GLOBAL":
            found.append(".".join(texts[-2:]))
        elif code.name in ("MEMOIZE",):
            memo[len(memo)] = texts[-1] if texts else ""
        elif code.name in ("BINPUT", "LONG_BINPUT"):
            memo[argument] = texts[-1] if texts else ""
        elif code.name in ("BINGET", "LONG_BINGET"):
            texts.append(memo.get(argument, ""))
        elif "UNICODE" in code.name and code.name != "UNICODE":
            texts.append(argument)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_names_and_end_are_those_of_pickletools(value, protocol):
    data = pickle.dumps(value, protocol)
    found = scan(BytesSource(data + b"rest"))
    assert list(found.names) == names(data)
    assert found.opcodes == sum(1 for _ in pickletools.genops(data))
    assert found.end == len(data)
    assert found.whole
    assert found.protocol == (protocol if protocol >= 2 else 0)


def test_byte_strings_are_where_they_are():
    data = pickle.dumps([b"A" * 500, b"tiny", bytearray(b"B" * 90_000)], 5)
    for blob in scan(BytesSource(data)).blobs:
        assert data[blob.offset : blob.offset + blob.length].startswith(blob.head)
    assert [blob.length for blob in scan(BytesSource(data)).blobs] == [500, 90_000]


@pytest.mark.parametrize("protocol", range(6))
def test_a_cut_pickle_is_cut(protocol):
    data = pickle.dumps(VALUES[1], protocol)
    for length in range(len(data)):
        found = scan(BytesSource(data[:length]))
        assert not found.whole
        assert found.end <= length


def test_hostile_bytes_end():
    generator = random.Random(1)
    for _ in range(3000):
        data = bytes(
            generator.choice(b"(.cciS'\x80\x95\x8c\x8d\x93\x94hqUTX\n\xff\0a1") for _ in range(generator.randrange(60))
        )
        found = scan(BytesSource(data))
        assert 0 <= found.end <= len(data)
    endless = scan(BytesSource(b"\x80\x04" * 200_000))
    assert not endless.whole
    assert scan(BytesSource(b"\x8e" + b"\xff" * 8)).cut
