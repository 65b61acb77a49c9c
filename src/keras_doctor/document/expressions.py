"""Tensor expressions: what a fix makes of stored tensors, said without reading anything.

An `Expression` is a `TensorRef` like any other: it knows shape and dtype at once, and `chunks` evaluates it piece by
piece. What only moves values (transpose, reshape, slice, concatenate, flip, zeros) is evaluated here, on bytes, by the
standard library alone; what calculates (scale, add, cast …) is evaluated by `writers.arithmetic`, which needs NumPy:
`pieces` takes its operations as a table. Evaluation holds one input in memory where the order of values changes
(transpose, flip), else about 1 MiB.
"""

from __future__ import annotations

from keras_doctor.document.moving import MOVES
from keras_doctor.document.tensors import ITEM_SIZE, TensorRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    Evaluate = Callable[[TensorRef], Iterator[bytes]]
    Operation = Callable[["Expression", Evaluate], Iterator[bytes]]


class NeedsArithmetic(TypeError):
    """An expression calculates with its values, and the caller gave nothing that can."""


# Operation → what of the result its formula shows, since no argument says it
_SHOWN = {"reshape": "shape", "cast": "dtype", "zeros": "shape", "constant": "shape", "renamed": "name"}


class Expression(TensorRef):
    """A tensor that is made of others.

    `operation`: its name ("transpose"); `inputs`: the tensors that it takes; `arguments`: the rest, by
    name; `exact`: whether every value is the stored one or follows from it without rounding. `name`,
    `path` and `locus` are those of the first input unless others are given.
    """

    __slots__ = ("arguments", "exact", "inputs", "operation")

    def __init__(
        self,
        operation: str,
        inputs: Sequence[TensorRef],
        shape: Sequence[int],
        dtype: str,
        *,
        exact: bool = True,
        **arguments: Any,
    ) -> None:
        first = inputs[0] if inputs else _NOWHERE
        count = 1
        for length in shape:
            count *= length
        width = ITEM_SIZE.get(dtype) or item_size(first)
        super().__init__(first.name, first.path, tuple(shape), dtype, count * width, first.locus, self._evaluated)
        self.operation = operation
        self.inputs = tuple(inputs)
        self.arguments = arguments
        self.exact = exact and all(is_exact(tensor) for tensor in inputs)

    def __repr__(self) -> str:
        words = [repr(tensor) if isinstance(tensor, Expression) else tensor.path for tensor in self.inputs]
        words += [f"{name}={value!r}" for name, value in self.arguments.items()]
        if self.operation in _SHOWN:
            words.append(str(getattr(self, _SHOWN[self.operation])))
        return f"{self.operation}({', '.join(words)})"

    def _evaluated(self) -> Iterator[bytes]:
        return pieces(self)

    @property
    def moves_only(self) -> bool:
        """Whether evaluating it needs no arithmetic, and so no NumPy."""
        return self.operation in MOVES and all(
            tensor.moves_only for tensor in self.inputs if isinstance(tensor, Expression)
        )


def pieces(tensor: TensorRef, arithmetic: Mapping[str, Operation] | None = None) -> Iterator[bytes]:
    """Yield the values of a tensor, stored or made, as little-endian bytes in C order.

    `arithmetic`: the operations that calculate (`writers.arithmetic.OPERATIONS`), and others in place of those here.
    Raises `NeedsArithmetic` where one is needed and not given, and `wire.errors.FormatError` as `TensorRef.chunks`
    does.
    """
    if not isinstance(tensor, Expression):
        return tensor.chunks()
    operation: Operation | None = (arithmetic or {}).get(tensor.operation) or MOVES.get(tensor.operation)
    if operation is None:
        raise NeedsArithmetic(
            f"the values of {tensor.name} have to be calculated ({tensor.operation}), which takes NumPy: "
            "pip install 'keras-doctor[repair]' (pipx inject keras-doctor numpy)"
        )
    return operation(tensor, lambda inner: pieces(inner, arithmetic))


def is_exact(tensor: TensorRef) -> bool:
    """Tell whether the values are the stored ones, or follow from them without rounding."""
    return not isinstance(tensor, Expression) or tensor.exact


def item_size(tensor: TensorRef) -> int:
    """Return the bytes of one element; 1 where nothing tells."""
    return ITEM_SIZE.get(tensor.dtype) or (tensor.nbytes // tensor.size if tensor.size else 0) or 1


def _nothing() -> Iterator[bytes]:
    return iter(())


def _made() -> TensorRef:
    from keras_doctor.document.locus import Locus

    return TensorRef("", "", (), "bool", 0, Locus(), _nothing)


_NOWHERE = _made()


# What only moves values


def renamed(tensor: TensorRef, name: str) -> Expression:
    """Return the tensor under another name: writers store it under `name`."""
    made = Expression("renamed", [tensor], tensor.shape, tensor.dtype)
    made.name = name
    return made


def transpose(tensor: TensorRef, axes: Sequence[int] | None = None) -> Expression:
    """Return the tensor with its axes in another order, as numpy.transpose does; reversed without `axes`."""
    rank = len(tensor.shape)
    order = tuple(range(rank))[::-1] if axes is None else tuple(axis % rank for axis in axes)
    if sorted(order) != list(range(rank)):
        raise ValueError(f"{axes} is no order of the axes of {list(tensor.shape)}")
    return Expression("transpose", [tensor], [tensor.shape[axis] for axis in order], tensor.dtype, axes=order)


def reshape(tensor: TensorRef, shape: Sequence[int]) -> Expression:
    """Return the tensor with another shape, values in C order. One length may be -1."""
    wanted = list(shape)
    if wanted.count(-1) == 1:
        rest = 1
        for length in wanted:
            rest *= 1 if length == -1 else length
        wanted[wanted.index(-1)] = tensor.size // rest if rest else 0
    made = Expression("reshape", [tensor], wanted, tensor.dtype)
    if made.size != tensor.size:
        raise ValueError(f"{list(tensor.shape)} cannot be given the shape {list(shape)}")
    return made


def part(tensor: TensorRef, axis: int, start: int, stop: int) -> Expression:
    """Return the entries `start` to `stop` (not included) along one axis."""
    axis %= len(tensor.shape)
    if not 0 <= start <= stop <= tensor.shape[axis]:
        raise ValueError(f"{start}:{stop} does not lie in axis {axis} of {list(tensor.shape)}")
    shape = [*tensor.shape[:axis], stop - start, *tensor.shape[axis + 1 :]]
    return Expression("part", [tensor], shape, tensor.dtype, axis=axis, start=start, stop=stop)


def split(tensor: TensorRef, axis: int, count: int) -> list[Expression]:
    """Return `count` parts of equal length along one axis, as numpy.split does."""
    length = tensor.shape[axis]
    if count < 1 or length % count:
        raise ValueError(f"axis {axis} of {list(tensor.shape)} cannot be split into {count} equal parts")
    step = length // count
    return [part(tensor, axis, i * step, (i + 1) * step) for i in range(count)]


def concatenate(tensors: Sequence[TensorRef], axis: int) -> Expression:
    """Return the tensors behind each other along one axis. They must agree in dtype and in every other axis."""
    first = tensors[0]
    axis %= len(first.shape)
    for tensor in tensors:
        others = [(*one.shape[:axis], *one.shape[axis + 1 :]) for one in (first, tensor)]
        if others[0] != others[1] or len(tensor.shape) != len(first.shape) or tensor.dtype != first.dtype:
            raise ValueError(f"{first!r} and {tensor!r} cannot be concatenated along axis {axis}")
    shape = [*first.shape[:axis], sum(tensor.shape[axis] for tensor in tensors), *first.shape[axis + 1 :]]
    return Expression("concatenate", tensors, shape, first.dtype, axis=axis)


def flip(tensor: TensorRef, axes: Sequence[int]) -> Expression:
    """Return the tensor with the order of entries reversed along `axes`, as numpy.flip does."""
    rank = len(tensor.shape)
    return Expression("flip", [tensor], tensor.shape, tensor.dtype, axes=tuple(sorted({axis % rank for axis in axes})))


def strided(tensor: TensorRef, shape: Sequence[int], steps: Sequence[int]) -> Expression:
    """Return the tensor whose entry at an index is the value that lies sum(index * steps) values from the first one of
    `tensor` in C order: a window that slides, a diagonal. `steps`: one for each axis, none below 1.
    """
    farthest = sum((length - 1) * step for length, step in zip(shape, steps, strict=True))
    if any(step < 1 for step in steps) or (0 not in shape and farthest >= tensor.size):
        raise ValueError(f"steps of {list(steps)} lead out of {list(tensor.shape)}")
    return Expression("strided", [tensor], shape, tensor.dtype, steps=tuple(steps))


def zeros(name: str, shape: Sequence[int], dtype: str = "float32") -> Expression:
    """Return a tensor of zeros, which stands nowhere in the file."""
    made = Expression("zeros", [], shape, dtype)
    made.name = name
    return made


def constant(name: str, shape: Sequence[int], dtype: str, values: bytes) -> Expression:
    """Return a tensor whose values are given: little-endian bytes in C order, of all elements or of one for all."""
    made = Expression("constant", [], shape, dtype, values=values)
    if len(values) not in (made.nbytes, ITEM_SIZE[dtype]):
        raise ValueError(f"{len(values)} bytes for {list(shape)} of {dtype}")
    made.name = name
    return made


# What calculates


def scale(
    tensor: TensorRef, factor: float, axis: int | None = None, start: int = 0, stop: int | None = None
) -> Expression:
    """Return the tensor times `factor`, or only its entries `start` to `stop` along `axis` times it.

    The product is rounded once to the tensor's dtype; a power of two rounds nothing.
    """
    _want_floats(tensor)
    if axis is not None:
        axis %= len(tensor.shape)
        stop = tensor.shape[axis] if stop is None else stop
        if not 0 <= start <= stop <= tensor.shape[axis]:
            raise ValueError(f"{start}:{stop} does not lie in axis {axis} of {list(tensor.shape)}")
    arguments = {"factor": float(factor), "axis": axis, "start": start, "stop": stop}
    return Expression("scale", [tensor], tensor.shape, tensor.dtype, exact=_is_power_of_two(factor), **arguments)


_FLOATS = ("float16", "bfloat16", "float32", "float64", "complex64", "complex128")


def _want_floats(tensor: TensorRef) -> None:
    if tensor.dtype not in _FLOATS:
        raise ValueError(f"{tensor!r} has no floating-point numbers to calculate with")


def _is_power_of_two(factor: float) -> bool:
    from math import frexp

    return frexp(abs(factor))[0] in (0.0, 0.5)


def shift(tensor: TensorRef, amount: float) -> Expression:
    """Return the tensor plus `amount`, each sum rounded once to the tensor's dtype."""
    _want_floats(tensor)
    return Expression("shift", [tensor], tensor.shape, tensor.dtype, exact=amount == 0, amount=float(amount))


def add(first: TensorRef, second: TensorRef) -> Expression:
    """Return the sum of two tensors of one shape and dtype, each value rounded once."""
    return _of_two("add", first, second)


def multiply(first: TensorRef, second: TensorRef) -> Expression:
    """Return the product, entry by entry, of two tensors of one shape and dtype, each value rounded once."""
    return _of_two("multiply", first, second)


def _of_two(operation: str, first: TensorRef, second: TensorRef) -> Expression:
    if first.shape != second.shape or first.dtype != second.dtype:
        raise ValueError(f"{operation} wants one shape and dtype, not {first!r} and {second!r}")
    return Expression(operation, [first, second], first.shape, first.dtype, exact=False)


def square_root(tensor: TensorRef) -> Expression:
    """Return the square root of each value, rounded once."""
    _want_floats(tensor)
    return Expression("square_root", [tensor], tensor.shape, tensor.dtype, exact=False)


def square(tensor: TensorRef) -> Expression:
    """Return the square of each value, rounded once."""
    _want_floats(tensor)
    return Expression("square", [tensor], tensor.shape, tensor.dtype, exact=False)


def reciprocal(tensor: TensorRef) -> Expression:
    """Return one divided by each value, rounded once."""
    _want_floats(tensor)
    return Expression("reciprocal", [tensor], tensor.shape, tensor.dtype, exact=False)


# dtype → those that hold each of its values
_HOLDERS = {
    "bool": ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32",
             "float64"),
    "int8": ("int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"),
    "uint8": ("int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32", "float64"),
    "int16": ("int32", "int64", "float32", "float64"),
    "uint16": ("int32", "uint32", "int64", "uint64", "float32", "float64"),
    "int32": ("int64", "float64"),
    "uint32": ("int64", "uint64", "float64"),
    "float16": ("float32", "float64"),
    "bfloat16": ("float32", "float64"),
    "float32": ("float64",),
}  # fmt: skip


def cast(tensor: TensorRef, dtype: str) -> Expression:
    """Return the tensor in another dtype: to the nearest value, integers cut off towards zero."""
    exact = dtype == tensor.dtype or dtype in _HOLDERS.get(tensor.dtype, ())
    return Expression("cast", [tensor], tensor.shape, dtype, exact=exact)
