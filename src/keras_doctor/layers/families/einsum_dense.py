"""A dense layer whose dimensions an equation names."""

from __future__ import annotations

from keras_doctor.layers.einsum import parse, solve
from keras_doctor.layers.quantization import additions, main_array
from keras_doctor.layers.shapes import CannotInferError, read_number, read_shape
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call
    from keras_doctor.layers.shapes import Shape


@stock("EinsumDense")
def einsum_dense(call: Call) -> Any:
    """A dense layer whose dimensions an equation names."""
    shape = call.input
    stated = call.value("output_shape")
    single = read_number(stated)
    sizes = (single,) if single is not None else read_shape(stated)
    equation = call.value("equation")
    if sizes is None or not isinstance(equation, str):
        raise CannotInferError("its config states no equation and output shape")
    operands, output = parse(equation, 2)
    kernel, full, named = solve(operands, output, shape, sizes, call.era.traced)
    reduced = tuple(place for place, axis in enumerate(operands[1]) if axis not in output)
    ones = (1,) * (len(full) - len(output.replace("...", "")))
    scale = tuple(named[axis] if axis in operands[1] else 1 for axis in output.replace("...", ""))
    main_array(call, "kernel", kernel, (*scale, *ones) if output.endswith("...") else (*ones, *scale), reduced)
    bias_axes = call.value("bias_axes", None)
    if isinstance(bias_axes, str) and bias_axes:
        call.own("bias", _bias(bias_axes, output, named, len(shape) - len(operands[0].replace("...", ""))))
    additions(call, "kernel", kernel)
    return full


def _bias(axes: str, output: str, named: dict[str, int | None], hidden: int) -> Shape:
    """Return the bias's shape: the named axes, and 1 for each other axis that stands after the first of them, under an
    ellipsis too.
    """
    if any(axis not in named for axis in axes):
        raise CannotInferError("its bias axes are not axes of its output")
    after = output.replace("...", "")
    start = min(after.index(axis) for axis in axes)
    ones = (1,) * hidden if "..." in output and not output.startswith("...") else ()
    return (*(named[axis] if axis in axes else 1 for axis in after[start:]), *ones)
