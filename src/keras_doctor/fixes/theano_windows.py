"""A ConvLSTM2D that Theano trained with a window of an even size gets one of the next odd size, which has a middle.

Its state is padded whatever `padding` says, and of what pads an even window Theano puts the larger half in front, not
behind. A window that ends in a row of zeros computes the same with as much on both sides, where the image ends in a row
of zeros, too.
Sources: `conv2d` of keras/backend/theano_backend.py (1.2.2, 2.2.4); `reccurent_conv` of
keras/layers/convolutional_recurrent.py (1.2.2).
"""

from __future__ import annotations

from keras_doctor.document.expressions import concatenate, zeros
from keras_doctor.fixes.entries import Entries, become, standing
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.graphs import rewrite
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.nesting import count_calls
from keras_doctor.fixes.theano_kernels import trained_by
from keras_doctor.fixes.theano_padding import numbers
from keras_doctor.layers.inbound import Ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.tracing import Step

FIX = Fix("theano-windows", ("draft",), rank=6)  # once kernels are turned and padding is written down
_KERNELS = ("kernel", "recurrent_kernel")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Enlarge the windows of such layers."""
    if trained_by(draft) != "theano" or target.environment.backend == "theano":
        return
    for entry, shape in standing(draft, target.era):
        config = entry["config"]
        if entry.get("class_name") != "ConvLSTM2D":
            continue
        sizes, dilation = (numbers(config.get(key, 1), 2) for key in ("kernel_size", "dilation_rate"))
        if sizes is None or not any(size % 2 == 0 for size in sizes):
            continue
        given = shape.input_shapes[0] if len(shape.input_shapes) == 1 else None
        plain = shape.path.endswith("]") and dilation == [1, 1] and config.get("padding", "valid") == "valid"
        if plain and given is not None:
            _enlarge(draft, entry, sizes, given, target)
            yield Change(FIX.slug, f"give the window {sizes} of {config['name']} a middle, as Theano pads its state")
        else:
            note = "Theano pads an even window otherwise than others: outputs differ"
            yield Change(FIX.slug, f"{config.get('name')} pads its state", kind=APPROXIMATE, note=note)


def _enlarge(draft: Draft, entry: dict[str, Any], sizes: list[int], given: Shape, target: Target) -> None:
    config, more = entry["config"], [1 - size % 2 for size in sizes]
    tensors = draft.tensors(entry)
    for key, tensor in list(tensors.items()):
        if key[1] in _KERNELS:
            tensors[key] = _longer(tensor, more)
    config["kernel_size"] = [size + one for size, one in zip(sizes, more, strict=True)]
    name = str(config["name"])
    start = Ref(f"{name}_in", 0, 0)
    graph = Entries({start: given}, name, target.api)
    first = config.get("data_format") == "channels_first"
    form = {"data_format": "channels_first" if first else "channels_last"}
    ends = [[0, 0], *([0, one] for one in more)]
    larger = graph.layer("ZeroPadding3D", start, padding=ends, **form)
    output = graph.layer("ConvLSTM2D", larger, **{key: value for key, value in config.items() if key not in _OWN})
    entries = graph.needed([output])
    draft.move(entry, entries[-1])
    become(entry, name, {start: given}, entries, [output])
    rewrite(entry, "keras-3", target.api)
    count_calls(draft.config, entry, target.api)
    for one in (*entries, entry):
        name_module(one, "layers", target.api)


_OWN = ("name", "batch_input_shape", "batch_shape")


def _longer(kernel: TensorRef, more: list[int]) -> TensorRef:
    """Return a kernel with a row of zeros at the end of the sides that get one."""
    for axis, one in enumerate(more):
        if one:
            rest = [1 if place == axis else size for place, size in enumerate(kernel.shape)]
            kernel = concatenate([kernel, zeros(kernel.name, rest, kernel.dtype)], axis)
    return kernel
