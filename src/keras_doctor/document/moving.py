"""Evaluation of the expressions that only move values, on bytes and with the standard library alone."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Literal

    from keras_doctor.document.expressions import Evaluate, Expression

_PIECE = 1 << 20
# Bytes of an element → the format under which a memoryview steps over such elements.
_STEPPING: dict[int, Literal["B", "H", "I", "Q"]] = {1: "B", 2: "H", 4: "I", 8: "Q"}


class Taker:
    """Takes an exact number of bytes after the other from pieces of any length."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._rest = memoryview(b"")

    def pieces(self, count: int) -> Iterator[memoryview]:
        """Yield the next `count` bytes as they come. Raises `FormatError` when there are no more."""
        while count > 0:
            if not self._rest:
                self._rest = memoryview(self._next())
            taken = self._rest[:count]
            self._rest = self._rest[count:]
            count -= len(taken)
            yield taken

    def take(self, count: int) -> bytes | memoryview:
        """Return the next `count` bytes in one piece. Raises `FormatError` when there are no more."""
        if count <= len(self._rest):
            taken = self._rest[:count]
            self._rest = self._rest[count:]
            return taken
        return b"".join(self.pieces(count))

    def skip(self, count: int) -> None:
        """Pass over the next `count` bytes."""
        for _ in self.pieces(count):
            pass

    def _next(self) -> bytes:
        for piece in self._source:
            if piece:
                return piece
        raise FormatError("a tensor has fewer bytes than its shape needs")


def gathered(source: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """Yield the same bytes in pieces of about 1 MiB: many small ones cost time wherever they pass."""
    held: list[bytes | memoryview] = []
    size = 0
    for piece in source:
        held.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def whole(source: Iterable[bytes], size: int) -> bytearray:
    """Return all the bytes in one buffer. Raises `FormatError` when there are fewer than `size`."""
    buffer = bytearray(size)
    fill(memoryview(buffer), source)
    return buffer


def fill(buffer: memoryview, source: Iterable[bytes]) -> None:
    """Put the first bytes into a buffer. Raises `FormatError` when there are fewer than it holds."""
    at = 0
    for piece in Taker(source).pieces(len(buffer)):
        buffer[at : at + len(piece)] = piece
        at += len(piece)


def _around(tensor: Expression, axis: int) -> tuple[int, int]:
    """Return how often the axis is gone through, and the bytes of one of its entries."""
    outer = 1
    for length in tensor.shape[:axis]:
        outer *= length
    entries = outer * tensor.shape[axis]
    return outer, tensor.nbytes // entries if entries else 0


def _same(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return evaluate(tensor.inputs[0])


def _part(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return gathered(_parts(tensor, evaluate))


def _parts(tensor: Expression, evaluate: Evaluate) -> Iterator[memoryview]:
    axis, start, stop = (tensor.arguments[name] for name in ("axis", "start", "stop"))
    outer, entry = _around(tensor, axis)
    if not entry:
        return
    taker = Taker(evaluate(tensor.inputs[0]))
    behind = tensor.inputs[0].shape[axis] - stop
    for _ in range(outer):
        taker.skip(start * entry)
        yield from taker.pieces((stop - start) * entry)
        taker.skip(behind * entry)


def _concatenate(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    return gathered(_interleaved(tensor, evaluate))


def _interleaved(tensor: Expression, evaluate: Evaluate) -> Iterator[memoryview]:
    axis = tensor.arguments["axis"]
    outer, entry = _around(tensor, axis)
    takers = [(Taker(evaluate(one)), one.shape[axis] * entry) for one in tensor.inputs]
    for _ in range(outer):
        for taker, count in takers:
            yield from taker.pieces(count)


def _zeros(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    for at in range(0, tensor.nbytes, _PIECE):
        yield bytes(min(_PIECE, tensor.nbytes - at))


def _constant(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    values = tensor.arguments["values"]
    if len(values) == tensor.nbytes:
        yield values
        return
    count = _PIECE // len(values)
    for at in range(0, tensor.size, count):
        yield values * min(count, tensor.size - at)


def _transpose(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    """Yield the values in the new order: runs of elements a constant step apart, read where they lie."""
    source = tensor.inputs[0]
    strides: list[int] = []
    step = 1
    for length in reversed(source.shape):
        strides.insert(0, step)
        step *= length
    axes = [(tensor.shape[i], strides[axis]) for i, axis in enumerate(tensor.arguments["axes"])]
    return _rearranged(whole(evaluate(source), source.nbytes), axes, 0, source.nbytes // (source.size or 1))


def _flip(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    source = tensor.inputs[0]
    axes: list[tuple[int, int]] = []
    step, first = 1, 0
    for axis in reversed(range(len(source.shape))):
        length = source.shape[axis]
        turned = axis in tensor.arguments["axes"]
        axes.insert(0, (length, -step if turned else step))
        first += (length - 1) * step if turned else 0
        step *= length
    return _rearranged(whole(evaluate(source), source.nbytes), axes, first, source.nbytes // (source.size or 1))


def _strided(tensor: Expression, evaluate: Evaluate) -> Iterator[bytes]:
    source = tensor.inputs[0]
    axes = list(zip(tensor.shape, tensor.arguments["steps"], strict=True))
    data = whole(evaluate(source), source.nbytes) if tensor.size else bytearray()
    return _rearranged(data, axes, 0, source.nbytes // (source.size or 1))


def _rearranged(data: bytearray, axes: list[tuple[int, int]], first: int, width: int) -> Iterator[bytes]:
    """Yield the elements of `data` that `axes` (length and step in elements, outermost first) lead through.

    `first`: the element to begin with; `width`: bytes of one.
    """
    if not data:
        return iter(())
    axes = [axis for axis in axes if axis[0] != 1]
    joined: list[tuple[int, int]] = []
    for length, step in axes:  # axes that lie together are one
        if joined and joined[-1][1] == step * length:
            joined[-1] = joined[-1][0] * length, step
        else:
            joined.append((length, step))
    if width not in _STEPPING:  # complex128: two steps for one element
        half = width // 2
        joined = [(length, step * 2) for length, step in joined] + [(2, 1)]
        first, width = first * 2, half
    view = memoryview(data).cast(_STEPPING[width])
    count, step = joined.pop() if joined else (1, 1)
    return gathered(_runs(view, joined, first, count, step))


def _runs(view: memoryview, axes: list[tuple[int, int]], first: int, count: int, step: int) -> Iterator[bytes]:
    for start in _starts(axes, first):
        last = start + count * step
        yield view[start : last if last >= 0 else None : step].tobytes()


def _starts(axes: list[tuple[int, int]], first: int) -> Iterator[int]:
    if not axes:
        yield first
        return
    (length, step), inner = axes[0], axes[1:]
    for index in range(length):
        yield from _starts(inner, first + index * step)


# Operation → its evaluation: the expression, and what evaluates its inputs
MOVES: dict[str, Callable[[Expression, Evaluate], Iterator[bytes]]] = {
    "renamed": _same,
    "reshape": _same,
    "part": _part,
    "concatenate": _concatenate,
    "transpose": _transpose,
    "flip": _flip,
    "strided": _strided,
    "zeros": _zeros,
    "constant": _constant,
}
