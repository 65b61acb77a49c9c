"""Protocol buffers, byte by byte as protobuf.dev ("Encoding") writes them; cut, broken and hostile ones."""

from __future__ import annotations

import random

import pytest

from keras_doctor.wire.errors import LimitExceeded
from keras_doctor.wire.limits import Limits
from keras_doctor.wire.protobuf import Decoder
from keras_doctor.wire.source import BytesSource, Source

INNER = {1: ("a", "int", "")}
TABLE = {
    1: ("a", "int", ""),
    2: ("b", "text", ""),
    3: ("c", INNER, ""),
    4: ("d", INNER, "list"),
    5: ("e", "fixed", ""),
    6: ("f", "bytes", "list"),
    7: ("g", INNER, "map"),
    8: ("h", 2, "set"),
}


def decoded(data: bytes, table=TABLE, limits: Limits | None = None):
    decoder = Decoder(BytesSource(data), limits or Limits(), "x.pb")
    return decoder.message(table), [(damage.kind, damage.offset) for damage in decoder.damage]


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("089601", {"a": 150}),
        ("120774657374696e67", {"b": "testing"}),
        ("1a03089601", {"c": {"a": 150}}),
        ("08feffffffffffffffff01", {"a": -2}),
        ("08010802", {"a": 2}),  # the last one counts
        ("22020801220208022200", {"d": [{"a": 1}, {"a": 2}, {}]}),
        ("2d01000080", {"e": 0x80000001}),
        ("290200000000000000", {"e": 2}),
        ("320161320162", {"f": [b"a", b"b"]}),
        ("3a090a036b6579120208053a020a00", {"g": {"key": {"a": 5}, "": {}}}),
        ("42070801120345787 04203120152".replace(" ", ""), {"h": {"Exp", "R"}}),
        ("7a0161f80701c2060130", {}),  # fields 15, 127 and 104: not asked for
        ("1001", {}),  # a number where text is expected is another field
        ("", {}),
    ],
)
def test_encodings(data, value):
    assert decoded(bytes.fromhex(data)) == (value, [])


def test_the_last_of_several_names_counts_as_for_other_readers():
    # two operation names in one node: a reader that took the first could be fooled
    assert decoded(bytes.fromhex("42080a0012014312 0152".replace(" ", "")))[0] == {"h": {"R"}}


def test_messages_larger_than_the_buffer_are_walked_without_being_held():
    class Counting(Source):
        def __init__(self, head: bytes, hole: int, tail: bytes) -> None:
            super().__init__("large", len(head) + hole + len(tail))
            self.head, self.hole, self.tail, self.most = head, hole, tail, 0

        def read(self, offset: int, length: int) -> bytes:
            self.most = max(self.most, length)
            start, end = offset, offset + length
            edge = len(self.head) + self.hole
            zeros = max(0, min(end, edge) - max(start, len(self.head)))
            return self.head[start:end] + bytes(zeros) + self.tail[max(0, start - edge) : max(0, end - edge)]

    # field 9, one gigabyte that nobody asks for, then field 1
    source = Counting(b"\x4a\x80\x80\x80\x80\x04", 1 << 30, b"\x08\x07")
    decoder = Decoder(source)
    assert decoder.message(TABLE) == {"a": 7}
    assert source.most <= 1 << 20


def test_a_cut_gives_what_comes_before_and_one_damage():
    data = bytes.fromhex("0805" + "220a" + "0801" + "1206616161616161")
    assert decoded(data[:8]) == ({"a": 5, "d": [{"a": 1}]}, [("truncated", 8)])
    assert decoded(data[:3])[0] == {"a": 5}
    assert decoded(bytes.fromhex("08"))[1] == [("truncated", 1)]


def test_a_broken_message_does_not_take_its_neighbours_along():
    # wire types 3, 6 and 7 exist nowhere; a field that is longer than its message
    for broken in ("0b", "0e", "0f", "12ff01"):
        inner = bytes.fromhex(broken)
        data = b"\x22" + bytes([len(inner)]) + inner + b"\x22\x02\x08\x07"
        found, damage = decoded(data)
        assert found == {"d": [{}, {"a": 7}]}
        assert [kind for kind, _ in damage] == ["structure"]


def test_bad_utf_8_is_replaced():
    assert decoded(b"\x12\x02\xff\x61")[0] == {"b": "\ufffda"}


def test_the_number_of_messages_is_bounded():
    with pytest.raises(LimitExceeded):
        decoded(b"\x22\0" * 2000, limits=Limits(json_containers=1000))


def test_random_bytes_raise_nothing_and_end():
    rng = random.Random(5)
    good = bytes.fromhex("089601120774657374696e671a0308960122020801220208022d010000803a080a036b657912020805") * 3
    for _ in range(3000):
        data = bytearray(good)
        for _ in range(rng.choice((1, 3, 30))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        decoded(bytes(data[: rng.randrange(len(data) + 1)]))
