"""What functions are told, and tables of functions."""

from __future__ import annotations

from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.fixes.composing import Composer

    Operands = dict[str, Any]
    Function = Callable[[Composer, Operands], Any]
    Table = dict[str, tuple[str, Function]]


def tensor(operands: Operands, name: str = "x") -> Ref:
    """Return an operand that is a tensor."""
    found = operands.get(name)
    if not isinstance(found, Ref):
        raise CannotInferError("its function works on what is no tensor")
    return found


def wants(right: bool) -> None:
    """Raise CannotInferError unless that is so."""
    if not right:
        raise CannotInferError("its function is told what is not known")


def whole(value: Any) -> bool:
    """Tell whether a value is a whole number."""
    return type(value) is int


def known_sizes(graph: Composer, x: Ref, rank: int) -> list[int]:
    """Return the sizes of a tensor behind its first axis, each of them known."""
    sizes = [size for size in graph.shape(x)[1:] if isinstance(size, int)]
    wants(len(sizes) == rank - 1 == len(graph.shape(x)) - 1)
    return sizes


def axis_in(graph: Composer, x: Ref, axis: Any) -> int:
    """Return an axis of a tensor, counted from the first."""
    rank = len(graph.shape(x))
    wants(whole(axis) and -rank <= axis < rank)
    found: int = axis % rank
    return found


def table(*rows: tuple[Function, str, str]) -> Table:
    """Return a table by name. A row: what a function does, its parameters in order ("x axis|dim": an x, then an axis
    that some call dim), the names that it has.
    """
    return {name: (words, function) for function, words, names in rows for name in names.split()}
