"""Functions of TensorFlow and of Keras's backend as operations of Keras 3: `Composer`.

What has an equal operation stands in `operations.tsv`, what several operations say together in `functions`.
"""

from __future__ import annotations

from keras_doctor.fixes import functions, operations
from keras_doctor.fixes.entries import Entries
from keras_doctor.fixes.operations import is_array
from keras_doctor.fixes.sizes import Size, has_open, is_sizes, of_number
from keras_doctor.layers.inbound import Node, Ref
from keras_doctor.layers.operations.operands import bind
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.stock import is_operation
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

_BOOLEAN = (
    "Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd", "LogicalOr", "LogicalNot",
    "LogicalXor", "Any", "All", "Isnan", "Isinf", "Isfinite", "InTopK", "sequence_mask", "in_top_k",
)  # fmt: skip
_WHOLE = ("Argmax", "Argmin", "Argsort", "argsort", "shape", "size", "rank", "range", "count_nonzero", "searchsorted")
_CALCULATING = (
    "math.floordiv",
    "__operators__.floordiv",
    "compat.v1.floor_div",
    "math.floormod",
    "math.maximum",
    "math.minimum",
)
_BATCH = Ref("", 0, 0)


class Composer(Entries):
    """A graph that functions are entered into. `inputs`: what it is called on, with the shapes; `dtypes`: with what
    they hold, where that is no float32. `centered`: whether the release that wrote the functions resizes images by the
    centers of pixels.
    """

    def __init__(
        self, inputs: dict[Ref, Shape], name: str, api: Api, centered: bool, dtypes: dict[Ref, str] | None = None
    ) -> None:
        super().__init__(inputs, name, api)
        self.centered = centered
        self.inputs_seen = dict(inputs)
        self.dtypes = dtypes or {}
        self.places: dict[tuple[Ref, int], tuple[Ref, int]] = {}  # where a size that is known by another is found

    def sizes(self, ref: Ref) -> list[int | Size]:
        """Return the sizes of a tensor along its axes."""
        found: list[int | Size] = []
        for axis, size in enumerate(self.shape(ref)):
            if size is None:
                place = self.place(ref, axis)
                self.places.setdefault(place, (ref, axis))
                found.append(Size(1, (place,)))
            else:
                found.append(size)
        return found

    def place(self, ref: Ref, axis: int) -> tuple[Ref, int]:
        """Return what an open size is known by: all tensors of one batch have one size of it."""
        return (_BATCH, 0) if axis == 0 and ref in self.inputs_seen else (ref, axis)

    def dtype(self, ref: Ref) -> str:
        """Return what a tensor holds."""
        if Ref(ref.layer, ref.node, 0) not in self._calls:
            return self.dtypes.get(ref, "float32")
        entry, args = self._calls[Ref(ref.layer, ref.node, 0)]
        name, config = entry["class_name"], entry["config"]
        if name in ("Cast", "OneHot"):
            return str(config.get("dtype", "float32"))
        given = args[1:] if name == "Where" else args
        if given and (is_array(given[0]) or isinstance(given[0], float)):
            numbers = given[0] if isinstance(given[0], list) else given[:1]
            return self.result(name, str(operations.constant(numbers)["config"]["dtype"]))
        first = self.first(given)
        return self.result(name, self.dtype(first) if first is not None and is_operation(entry) else "float32")

    @staticmethod
    def result(name: str, held: str) -> str:
        """Return what an operation, or a function, puts out whose first tensor holds that."""
        if name in ("TrueDivide", "truediv", "divide") and held.startswith(("int", "uint")):
            return "float32"
        return "bool" if name in _BOOLEAN else "int32" if name in _WHOLE else held

    @staticmethod
    def first(values: Any) -> Any:
        """Return the first tensor in nested values; None where there is none."""
        return next((one for one in _flat(values) if isinstance(one, Ref)), None)

    def line(self, size: int | Size, dtype: str) -> Ref:
        """Enter a vector of ones as long as an open size."""
        if isinstance(size, int) or len(size.axes) != 1 or size.plus or not 0 < size.factor <= 64:
            raise CannotInferError("how long its tensor gets is not known")
        ref, axis = self.places.get(size.axes[0], size.axes[0])
        keys = [Slice() if place == axis else 0 for place in range(len(self.shape(ref)))]
        part = self.part(ref, keys) if len(keys) > 1 else ref
        ones = self.op("numpy.OnesLike", self.op("core.Cast", part, dtype=dtype))
        return self.op("numpy.Repeat", ones, repeats=size.factor, axis=0) if size.factor > 1 else ones

    def amount(self, size: Any, dtype: str) -> Any:
        """Enter an open size as a tensor; a number stays one."""
        if not isinstance(size, Size):
            return size
        total: Any = None
        for axis in size.axes:
            one = self.op("numpy.Sum", self.line(Size(1, (axis,)), dtype))
            total = one if total is None else self.op("numpy.Multiply", total, one)
        total = total if size.factor == 1 else self.op("numpy.Multiply", total, size.factor)
        return self.op("numpy.Add", total, size.plus) if size.plus else total

    def function(self, paths: list[str], args: list[Any], kwargs: dict[str, Any]) -> Any:
        """Enter what a function does; return the tensor, or the list of tensors or of sizes. `paths`: its names.
        Raises CannotInferError when that is not known.
        """
        if args and isinstance(args[0], list) and self.first(args[0]) is not None and "reduce_" in paths[0]:
            args = [self.op("numpy.Stack", args[0], axis=0), *args[1:]]
        given = [*args, *kwargs.values()]
        sizes = not any(isinstance(one, Ref) for one in _flat(given)) and any(is_sizes(one) for one in given)
        numbers = [one for one in given if one is not None]
        if len(numbers) == 1 and isinstance(numbers[0], (int, float)) and not sizes:
            return of_number(paths[0].rpartition(".")[2], numbers[0])
        for path in paths:
            for table in (functions.OF_SIZES if sizes else {}, functions.FUNCTIONS):
                if path in table:
                    words, function = table[path]
                    operands = bind(words, args, kwargs)
                    if not set(operands) <= set(_names(words)):
                        raise CannotInferError(f"{path} is told what is not known")
                    try:
                        return function(self, operands)
                    except CannotInferError:
                        if table is functions.FUNCTIONS or path not in _CALCULATING:
                            raise
            if any(path in row.functions for row in operations.known()):
                return self._row(path, args, kwargs)
        raise CannotInferError(f"what {paths[0][:60] if paths else 'a function'} does is not known")

    def _row(self, path: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        found = operations.of_function(path, Node(args, kwargs))
        if found is None:
            raise CannotInferError(f"{path} is told what is not known")
        row = next(row for row in operations.known() if row.name == found.name)
        values = dict(found.values)
        if has_open([values[key] for key in row.made if key in values]):
            raise CannotInferError(f"{path} is told an open size")
        first = self.first([values[key] for key in row.call if key in values])
        if first is None and has_open(list(values.values())):
            values = {key: self.amount(value, "int32") for key, value in values.items()}
            first = self.first(list(values.values()))
        if first is None:
            raise CannotInferError(f"{path} is not told what to work on")
        if found.name.startswith("layers."):
            return self.layer(found.name.partition(".")[2], values[row.call[0]])
        whole = self.dtype(first).startswith("int")
        given = [self.amount(values[key], "int32" if whole else "float32") for key in row.call if key in values]
        return self.op(found.name, *given, **{key: values[key] for key in row.made if key in values})


def _names(words: str) -> list[str]:
    return [name for word in words.split() for name in word.split("|")]


def _flat(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [inner for one in value for inner in _flat(one)]
    return [value]
