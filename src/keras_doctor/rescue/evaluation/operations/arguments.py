"""The operands of one operation as numbers, and the table of what operations compute."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

from keras_doctor.layers.shapes import axis_of
from keras_doctor.layers.tensors import Slice, flatten
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of, is_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

    # Takes the operands, returns an array, or a list of them for several outputs.
    Operation = Callable[["Arguments"], Any]

_OPERATIONS: dict[str, Operation] = {}


class Arguments:
    """Operands by name, as `layers.operations.operands.bind` gives them. `traced`: TensorFlow's own function, not Keras
    3's. `name`: of the operation, as its era spells it.
    """

    __slots__ = ("call", "name", "named", "traced")

    def __init__(self, named: dict[str, Any], traced: bool, call: Call, name: str) -> None:
        self.name = name
        self.named = named
        self.traced = traced
        self.call = call

    def has(self, name: str) -> bool:
        """Whether an operand is given."""
        return self.named.get(name) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """Return an operand as it stands; None counts as absent."""
        found = self.named.get(name)
        return default if found is None else found

    def array(self, name: str = "x", like: Array | None = None) -> Array:
        """Return an operand as an array; a constant in the dtype of `like`, where that can hold it."""
        return numbers(self._given(name), like)

    def arrays(self, name: str = "x") -> list[Array]:
        """Return the arrays of a list of operands, constants in the dtype of the first tensor."""
        found = self._given(name)
        listed = found if isinstance(found, list) else [found]
        like = next((one.array for one in listed if isinstance(one, Value)), None)
        return [numbers(one, like) for one in listed]

    def first(self, *names: str) -> str:
        """Return the first of these names that an operand has."""
        for name in names:
            if self.has(name):
                return name
        raise CannotEvaluateError("an operand is missing")

    def pair(self) -> tuple[Array, Array]:
        """Return `x` and `y`; a constant has the dtype of the tensor."""
        x, y = self._given("x"), self._given("y")
        if not isinstance(x, Value):
            other = numbers(y)
            return numbers(x, other), other
        return x.array, numbers(y, x.array)

    def _given(self, name: str) -> Any:
        found = self.named.get(name)
        if found is None:
            raise CannotEvaluateError("an operand is missing")
        return found

    def number(self, name: str, default: int | None = None) -> int:
        """Return a whole number."""
        if not self.has(name):
            if default is None:
                raise CannotEvaluateError(f"its {name!r} is missing")
            return default
        return int(numbers(self.named[name]).reshape(-1)[0])

    def real(self, name: str, default: float) -> float:
        """Return a number."""
        return float(numbers(self.named[name]).reshape(-1)[0]) if self.has(name) else default

    def integers(self, name: str) -> list[int]:
        """Return whole numbers from a number, a list or a tensor."""
        return [int(one) for one in numbers(self._given(name)).reshape(-1)]

    def axis(self, name: str, rank: int, default: int | None = None) -> int:
        """Return one axis, counted from the start."""
        return axis_of(self.number(name, default), rank)

    def axes(self, rank: int, name: str = "axis") -> tuple[int, ...] | None:
        """Return the axes of a number or list, None (all) when it is absent."""
        return tuple(axis_of(axis, rank) for axis in self.integers(name)) if self.has(name) else None

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a truth value."""
        found = self.named.get(name)
        return default if found is None else bool(found)

    def text(self, name: str, default: str = "") -> str:
        """Return a word, in lower case."""
        found = self.named.get(name)
        return found.lower() if isinstance(found, str) else default


def numbers(given: Any, like: Array | None = None) -> Array:
    """Return a tensor, a number, or nested lists of both as an array. A constant takes the dtype of `like`, unless that
    is whole and it is not.
    """
    if isinstance(given, Value):
        return array_of(given)
    if isinstance(given, list) and any(isinstance(one, (Value, list)) for one in given):
        parts = [numbers(one, like) for one in given]
        return np.stack(parts)
    if isinstance(given, (dict, Slice)) or given is None:
        raise CannotEvaluateError("an operand is missing")
    array = np.asarray(given)
    if array.dtype.kind == "O":
        raise CannotEvaluateError("an operand holds what is no number")
    if array.dtype.kind in "US":
        return array.astype(object)
    if like is not None and like.dtype.kind != "O" and (array.dtype.kind != "f" or like.dtype.kind == "f"):
        return array.astype(like.dtype)
    return array.astype({"f": np.float32, "i": np.int32}.get(array.dtype.kind, array.dtype))


def canonical(name: str) -> str:
    """Return a name without what its package makes of it: "math.reduce_mean" and "ReduceMean" are "reducemean"."""
    return name.rpartition(".")[2].replace("_", "").lower()


def operates(names: str) -> Callable[[Operation], Operation]:
    """Enter the decorated function as what operations of these names compute: words, in `canonical` spelling."""

    def enter(operation: Operation) -> Operation:
        for name in names.split():
            _OPERATIONS[name] = operation
        return operation

    return enter


def enter_all(table: dict[str, Operation]) -> None:
    """Enter operations by their names, several in one key."""
    for names, operation in table.items():
        operates(names)(operation)


def operation_of(name: str) -> Operation:
    """Return what an operation computes. Raises CannotEvaluateError when that is not known."""
    _load()
    found = _OPERATIONS.get(canonical(name))
    if found is None:
        raise CannotEvaluateError(f"there is no computation of the operation {name[:60]!r} yet")
    return found


# Modules of operations that multiply and add up: NumPy's product of matrices of objects can end the process.
_OF_NUMBERS = ("colors", "images", "linear", "placing", "reductions", "spectra", "statistics")


def perform(op: Arguments) -> Any:
    """Return what an operation computes: an array, or a list of them. Raises CannotEvaluateError."""
    operation = operation_of(op.name)
    of_numbers = operation.__module__.rpartition(".")[2] in _OF_NUMBERS
    if of_numbers and any(map(is_text, flatten([list(op.named.values())]))):
        raise CannotEvaluateError("it gets text where numbers belong")
    return operation(op)


@cache
def _load() -> None:
    from keras_doctor.rescue.evaluation import operations

    for module in iter_modules(operations.__path__):
        import_module(f"{operations.__name__}.{module.name}")


def dtype_named(stated: Any) -> np.dtype[Any]:
    """Return the dtype of a name in any spelling: "float32", "DT_FLOAT", TensorFlow's "<dtype: 'float32'>"."""
    name = str(stated.get("config", stated) if isinstance(stated, dict) else stated).lower()
    if "'" in name:
        name = name.split("'")[1]
    name = name.rpartition(".")[2]
    name = {"dt_float": "float32", "dt_double": "float64", "dt_half": "float16", "float": "float32"}.get(name, name)
    name = name.removeprefix("dt_")
    try:
        return np.dtype("float32" if name == "bfloat16" else name)
    except TypeError as error:
        raise CannotEvaluateError(f"it makes tensors of type {name[:40]!r}") from error
