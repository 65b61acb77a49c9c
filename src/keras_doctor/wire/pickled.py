"""What a pickle refers to, without running it: the names of its classes and functions, and the byte strings in it.

A pickle is a program; the only safe thing to do with a stranger's is to read its text. The opcodes and their arguments
are those of Python's pickle protocols 0 to 5 (PEP 3154, PEP 574, CPython Lib/pickletools.py). Nothing is built,
nothing is imported.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.source import Source

PROTO, FRAME, STACK_GLOBAL, MEMOIZE = 0x80, 0x95, 0x93, 0x94
STOP = 0x2E

# Opcodes without an argument.
_BARE = frozenset(b"(.012QRNabd}elo]st)u\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x92\x93\x94\x97\x98")
# Opcodes whose argument is text up to a line end, and how many such lines.
_LINES = {**dict.fromkeys(b"FILPSVgp", 1), **dict.fromkeys(b"ci", 2)}
# Opcodes with an argument of so many bytes.
_FIXED = {
    **dict.fromkeys(b"Khq\x80\x82", 1),
    **dict.fromkeys(b"M\x83", 2),
    **dict.fromkeys(b"Jjr\x84", 4),
    0x47: 8,
    FRAME: 8,
}
# Opcodes whose argument is counted: the width of the count.
_COUNTED = {**dict.fromkeys(b"UC\x8c\x8a", 1), **dict.fromkeys(b"TBX\x8b", 4), **dict.fromkeys(b"\x8d\x8e\x96", 8)}

_UNICODE = frozenset(b"X\x8c\x8d")
_BYTES = frozenset(b"CB\x8e\x96TU")
_PUTS = {0x71: 1, 0x72: 4}  # BINPUT, LONG_BINPUT
_GETS = {0x68: 1, 0x6A: 4}  # BINGET, LONG_BINGET

_BLOCK = 1 << 16
_LONGEST_LINE = 16 << 20
_LONGEST_NAME = 512
_MOST_OPCODES = 50_000
_MOST_NAMES = 200
_MOST_BLOBS = 64
_SMALLEST_BLOB = 32


@record
class Blob:
    """A byte string inside a pickle: where it starts in the source, its length, its first bytes."""

    offset: int
    length: int
    head: bytes


@record
class Pickled:
    """What was read of a pickle.

    `names` are the classes and functions that it refers to ("sklearn.svm._classes.SVC"), each once, in the order of
    the file. `end` is where reading ended; `whole` tells whether it ended at the pickle's own end, `cut` whether the
    bytes ended first. `opcodes` counts what was understood.
    """

    protocol: int
    names: tuple[str, ...]
    blobs: tuple[Blob, ...]
    opcodes: int
    end: int
    whole: bool
    cut: bool


def scan(source: Source, offset: int = 0) -> Pickled:
    """Read the opcodes from `offset` to the end of the pickle, or to the first byte that is none, or as far as the
    bounds go."""
    reader = _Reader(source, offset)
    names: dict[str, None] = {}
    blobs: list[Blob] = []
    memo: dict[int, str] = {}
    texts = ["", ""]  # the two strings that were pushed last
    memoized = opcodes = 0
    protocol = 0
    whole = cut = False
    try:
        while opcodes < _MOST_OPCODES and not whole:
            start = reader.position
            code = reader.take(1)[0]
            if code in _BARE:
                if code == STACK_GLOBAL:
                    _note(names, texts)
                elif code == MEMOIZE:
                    memo[memoized] = texts[1]
                    memoized += 1
                whole = code == STOP
            elif code in _FIXED:
                value = int.from_bytes(reader.take(_FIXED[code]), "little")
                if code == PROTO:
                    protocol = max(protocol, value)
                elif code in _PUTS:
                    memo[value] = texts[1]
                elif code in _GETS:
                    texts = [texts[1], memo.get(value, "")]
            elif code in _COUNTED:
                length = int.from_bytes(reader.take(_COUNTED[code]), "little")
                if code in _UNICODE:
                    texts = [texts[1], reader.text(length)]
                elif code in _BYTES and length >= _SMALLEST_BLOB and len(blobs) < _MOST_BLOBS:
                    blobs.append(Blob(reader.position, length, reader.peek(min(length, 64))))
                    reader.skip(length)
                else:
                    reader.skip(length)
            elif code in _LINES:
                lines = [reader.line() for _ in range(_LINES[code])]
                if len(lines) == 2:
                    _note(names, lines)
            else:
                reader.position = start
                break
            opcodes += 1
    except _EndOfSource:
        cut = True
    return Pickled(protocol, tuple(names), tuple(blobs), opcodes, reader.position, whole, cut)


def _note(names: dict[str, None], parts: list[str]) -> None:
    module, name = parts
    if module and name and len(names) < _MOST_NAMES:
        names[f"{module}.{name}"] = None


class _EndOfSource(FormatError):
    """The bytes end within an opcode."""


class _Reader:
    """Reads forward through a source in blocks; what is skipped is not read."""

    __slots__ = ("_block", "_source", "_start", "position")

    def __init__(self, source: Source, position: int) -> None:
        self._source = source
        self.position = position
        self._start = position
        self._block = b""

    def peek(self, length: int) -> bytes:
        """Return up to `length` bytes without going on."""
        at = self.position - self._start
        if at < 0 or at + length > len(self._block):
            self._start = self.position
            self._block = self._source.read_up_to(self.position, max(length, _BLOCK))
            at = 0
        return self._block[at : at + length]

    def take(self, length: int) -> bytes:
        data = self.peek(length)
        if len(data) < length:
            raise _EndOfSource("the pickle ends within an opcode", self.position)
        self.position += length
        return data

    def skip(self, length: int) -> None:
        if self.position + length > self._source.size:
            raise _EndOfSource("the pickle ends within an opcode", self.position)
        self.position += length

    def text(self, length: int) -> str:
        """Return a string when it is short enough for a name, "" when it is longer."""
        if length > _LONGEST_NAME:
            self.skip(length)
            return ""
        return self.take(length).decode("utf-8", "replace")

    def line(self) -> str:
        """Return the text up to the next line end, "" when it is too long for a name."""
        start = self.position
        while self.position - start < _LONGEST_LINE:
            block = self.peek(_BLOCK)
            end = block.find(b"\n")
            if end >= 0:
                first = self._source.read_up_to(start, _LONGEST_NAME) if self.position > start else block
                self.position += end + 1
                length = self.position - start - 1
                return first[:length].decode("utf-8", "replace") if length < _LONGEST_NAME else ""
            if not block:
                break
            self.position += len(block)
        raise _EndOfSource("a line of the pickle does not end", start)
