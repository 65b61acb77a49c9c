"""`Plain`: a graph of layers alone, some with weights that are numbers of the config.

A number is multiplied and added by a Dense layer whose weights are not trained: of one unit on a tensor that was laid
out as a column, or with one number for each feature on the diagonal of its kernel.
"""

from __future__ import annotations

import struct
from math import prod

from keras_doctor.document.expressions import concatenate, constant, part, reshape, zeros
from keras_doctor.fixes.entries import Entries
from keras_doctor.fixes.operation_layers import layer_of
from keras_doctor.fixes.operations import known
from keras_doctor.fixes.plain import arithmetic, arranging, reducing
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

    Numbers = float | Sequence[float]

FEATURES = 1024  # with one number each
_RULES: dict[str, Callable[[Plain, dict[str, Any]], Ref | list[Ref]]] = {
    **arithmetic.RULES,
    **arranging.RULES,
    **reducing.RULES,
}


class Plain(Entries):
    """A graph without operations. `weights`: of its layers, by entry; `rounded`: whether what it computes is rounded
    otherwise than what it stands for.
    """

    def __init__(self, inputs: dict[Ref, Shape], name: str, api: Api) -> None:
        super().__init__(inputs, name, api)
        self.weights: list[tuple[dict[str, Any], dict[tuple[str, str], TensorRef]]] = []
        self.rounded = False

    def op(self, operation: str, *args: Any, **settings: Any) -> Ref:
        """Enter the layers that compute an operation, called with `args`; return what they put out."""
        row = next((row for row in known() if row.name == operation), None)
        made = self.compute(operation, {**dict(zip(row.call if row else (), args, strict=False)), **settings})
        if isinstance(made, list):
            raise CannotInferError("it has several outputs")
        return made

    def part(self, tensor: Ref, keys: list[Any]) -> Ref:
        """Enter the layers that take a part."""
        return arranging.get_item(self, {"x": tensor, "key": keys})

    def compute(self, operation: str, values: dict[str, Any]) -> Ref | list[Ref]:
        """Enter the layers that compute an operation. Raises CannotInferError where there are none."""
        found = layer_of(operation, values, self.api)
        if found is not None:
            class_name, config, args = found
            return self.layer(class_name, args[0], **config)
        if operation not in _RULES:
            raise CannotInferError(f"no layer computes {operation}")
        return _RULES[operation](self, values)

    def sizes(self, x: Ref) -> list[int]:
        """Return the sizes of a tensor behind the batch. Raises CannotInferError when one is open."""
        found = [size for size in self.shape(x)[1:] if isinstance(size, int)]
        if len(found) < len(self.shape(x)) - 1:
            raise CannotInferError("a size of its tensor is open")
        return found

    def arranged(self, x: Ref, sizes: Sequence[int | None]) -> Ref:
        """Lay a tensor out in other sizes behind the batch, of which one may be open."""
        if list(sizes) == list(self.shape(x)[1:]):
            return x
        if sum(size in (None, -1) for size in sizes) > 1:
            raise CannotInferError("several sizes of its tensor are open")
        return self.layer("Reshape", x, target_shape=[-1 if size is None else size for size in sizes])

    def dense(self, x: Ref, kernel: TensorRef, bias: TensorRef | None = None) -> Ref:
        """Multiply with a matrix and add, without training either."""
        config = {"units": kernel.shape[1], "activation": "linear", "use_bias": bias is not None, "trainable": False}
        made = self.layer("Dense", x, **config)
        stored = {("", "kernel"): kernel, **({("", "bias"): bias} if bias is not None else {})}
        self.weights.append((self.entries[-1], stored))
        return made

    def line(self, x: Ref, factor: Numbers = 1.0, offset: Numbers = 0.0) -> Ref:
        """Multiply a tensor by numbers and add others: one for all, or one for each feature."""
        if isinstance(factor, (int, float)) and isinstance(offset, (int, float)):
            open_sizes = sum(size is None for size in self.shape(x)[1:])
            if len(self.shape(x)) > 1 and open_sizes <= 1:
                column = self.arranged(x, [None, 1])
                kernel = constant("kernel", (1, 1), "float32", struct.pack("<f", factor))
                bias = constant("bias", (1,), "float32", struct.pack("<f", offset))
                return self.arranged(self.dense(column, kernel, bias if offset else None), self.shape(x)[1:])
        count = self.shape(x)[-1]
        if not isinstance(count, int) or len(self.shape(x)) < 2 or count > FEATURES:
            raise CannotInferError("it has too many features, or it is not known how many")
        return self.by_feature(x, self._vector(factor, count), self._vector(offset, count))

    def by_feature(self, x: Ref, factors: TensorRef, offsets: TensorRef | None = None) -> Ref:
        """Multiply and add with the entries of vectors."""
        return self.dense(x, diagonal(factors), offsets)

    @staticmethod
    def _vector(numbers: Numbers, count: int) -> TensorRef:
        listed = [numbers] if isinstance(numbers, (int, float)) else list(numbers)
        if len(listed) not in (1, count):
            raise CannotInferError("its numbers are not one for each feature")
        return constant("numbers", (count,), "float32", struct.pack(f"<{count}f", *listed * (count // len(listed))))

    def along(self, x: Ref, axis: int) -> tuple[Ref, list[int]]:
        """Lay a tensor out as (what stands before an axis, the axis, what stands behind it); return its sizes, too."""
        sizes = self.sizes(x)
        if not 0 < axis <= len(sizes):
            raise CannotInferError("it is about the batch")
        return self.arranged(x, [prod(sizes[: axis - 1]), sizes[axis - 1], prod(sizes[axis:])]), sizes


def diagonal(vector: TensorRef) -> TensorRef:
    """Return the square matrix with a vector on its diagonal."""
    (count,) = vector.shape
    rows = concatenate([reshape(vector, (count, 1)), zeros("zeros", (count, count), vector.dtype)], 1)
    return reshape(part(reshape(rows, (count * (count + 1),)), 0, 0, count * count), (count, count))
