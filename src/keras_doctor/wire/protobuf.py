"""Protocol buffer messages, by tables of the fields that are wanted; everything else is stepped over unread.

A table names the wanted fields of one message, `{number: (name, kind, many)}`:

- `kind`: "int" (a varint, two's complement of 64 bits), "fixed" (32 or 64 bits, unsigned), "text", "bytes", another
  table, or a field number: the text of that one field of the message
- `many`: "" (the last one counts), "list", "set", or "map" (entries with text keys; `kind` is the value's)

A decoded message is a dict of the names that occur. Source of the encoding: protobuf.dev, "Encoding".
"""

from __future__ import annotations

from keras_doctor.wire.errors import Damage, LimitExceeded, Truncated
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from keras_doctor.wire.source import Source

    Field: TypeAlias = "tuple[str, Any, str]"
    Table: TypeAlias = Mapping[int, Field]

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_SIZES = {_FIXED64: 8, _FIXED32: 4}
_BUFFER = 1 << 20
_HEADER = 20  # a tag and a length or value, as varints of up to 10 bytes
_RECORDED = 16  # damages of one source that are kept: what follows the first is mostly its echo


class Decoder:
    """Decodes the messages of one source.

    What is cut off or broken ends its own message early and is recorded in `damage`; the messages around it go on.
    `part` names the source there.
    """

    def __init__(self, source: Source, limits: Limits = DEFAULT_LIMITS, part: str = "") -> None:
        self.damage: list[Damage] = []
        self._source = source
        self._part = part
        self._depth = limits.depth
        self._messages = limits.json_containers
        self._cut = False

    def message(self, table: Table, start: int = 0) -> dict[str, Any]:
        """Decode the message that fills the source from `start`.

        Raises `LimitExceeded` for one of too many messages.
        """
        return self._message(table, start, self._source.size, 0, b"", 0)

    def _message(self, table: Table, start: int, end: int, depth: int, data: bytes, base: int) -> dict[str, Any]:
        """Decode the message between two offsets; `data` are the bytes from `base` as far as they were read before."""
        if depth > self._depth:
            raise LimitExceeded("messages nested too deep", start)
        found: dict[str, Any] = {}
        position = start
        try:
            while position < end:
                at = position - base
                if at < 0 or (at + _HEADER > len(data) and base + len(data) < end):
                    base, at = position, 0
                    data = self._source.read(base, min(_BUFFER, end - base))
                tag = data[at]
                at += 1
                if tag > 127:
                    tag, at = varint(data, at - 1)
                wire = tag & 7
                field = table.get(tag >> 3)
                if wire == _LENGTH:
                    length = data[at]
                    at += 1
                    if length > 127:
                        length, at = varint(data, at - 1)
                    position = base + at + length
                    if position > end:
                        self._overrun(position - end, base + at, end)
                        if field and isinstance(field[1], dict):
                            self._take(found, field, base + at, end, depth, data, base)
                        break
                    if field and field[1] != "int" and field[1] != "fixed":
                        self._take(found, field, base + at, position, depth, data, base)
                elif wire == _VARINT:
                    value = data[at]
                    at += 1
                    if value > 127:
                        value, at = varint(data, at - 1)
                    position = base + at
                    if field and field[1] == "int":
                        _keep(found, field, value - (1 << 64) if value >> 63 else value)
                elif wire in _SIZES:
                    position = base + at + _SIZES[wire]
                    if position > end:
                        self._overrun(position - end, base + at, end)
                        break
                    if field and field[1] == "fixed":
                        _keep(found, field, int.from_bytes(self._source.read(base + at, _SIZES[wire]), "little"))
                else:  # groups, which nobody writes, and two types that do not exist
                    self._note("structure", f"a field of the wire type {wire}", position)
                    break
        except (IndexError, Truncated):
            self._overrun(1, position, end)
        return found

    def _take(
        self, found: dict[str, Any], field: Field, start: int, end: int, depth: int, data: bytes, base: int
    ) -> None:
        """Keep the value of a field with a length."""
        _, kind, many = field
        value: Any
        if many == "map":
            entry = self._message({1: ("key", "text", ""), 2: ("value", kind, "")}, start, end, depth + 1, data, base)
            found.setdefault(field[0], {})[entry.get("key", "")] = entry.get("value", {})
            return
        if isinstance(kind, dict):
            self._messages -= 1
            if self._messages < 0:
                raise LimitExceeded("too many messages", start)
            value = self._message(kind, start, end, depth + 1, data, base)
        elif isinstance(kind, int):
            if start >= base and end <= base + len(data):
                value = _text_of(data, start - base, end - base, kind)
            else:
                value = None
            if value is None:  # broken, or too long to be at hand: the long way, which says what is wrong
                value = self._message({kind: ("", "text", "")}, start, end, depth + 1, data, base).get("", "")
        elif start >= base and end <= base + len(data):
            value = data[start - base : end - base]
        else:
            value = self._source.read(start, end - start)
        if kind == "text":
            value = value.decode("utf-8", "replace")
        _keep(found, field, value)

    def _overrun(self, missing: int, position: int, end: int) -> None:
        """Record a field that is longer than what is left of its message."""
        if end < self._source.size:
            self._note("structure", f"a field goes {missing} bytes past the end of its message", position)
        elif not self._cut:  # every message around the cut ends there too; the outermost says how much is missing
            self._cut = True
            self._note("truncated", f"{missing} bytes are missing at the end", end)

    def _note(self, kind: str, what: str, position: int) -> None:
        if len(self.damage) < _RECORDED:
            self.damage.append(Damage(kind, what, self._part, position))


def _keep(found: dict[str, Any], field: Field, value: Any) -> None:
    name, _, many = field
    if many == "list":
        found.setdefault(name, []).append(value)
    elif many == "set":
        found.setdefault(name, set()).add(value)
    else:
        found[name] = value


def _text_of(data: bytes, at: int, end: int, number: int) -> str | None:
    """Return the text field `number` of the message between two places, the last one if there are several.

    This is `Decoder._message` for one field, with no more steps than graphs of 100,000 nodes need. None when the
    message is broken.
    """
    wanted = number << 3 | _LENGTH
    first = last = 0
    try:
        while at < end:
            tag = data[at]
            at += 1
            if tag > 127:
                tag, at = varint(data, at - 1)
            wire = tag & 7
            if wire == _LENGTH:
                length = data[at]
                at += 1
                if length > 127:
                    length, at = varint(data, at - 1)
                if tag == wanted:
                    first, last = at, at + length
                at += length
            elif wire == _VARINT:
                while data[at] > 127:
                    at += 1
                at += 1
            else:
                at += _SIZES[wire]
    except (IndexError, KeyError, Truncated):
        return None
    return data[first:last].decode("utf-8", "replace") if at == end else None


def varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the varint at `at`, of up to 64 bits, and where the next byte stands.

    Raises `Truncated` when it does not end.
    """
    value = shift = 0
    for byte in data[at : at + 10]:
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
    raise Truncated("a number does not end", at)
