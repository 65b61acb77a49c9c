"""LocallyConnected1D and 2D, which Keras 3 has not, become two layers that compute the same sums.

A convolution whose kernel is the identity lays each patch out as one vector, exactly; an EinsumDense multiplies each
vector with the weights of its own place. Sources: keras/layers/locally_connected/*.py (2.10), `implementation` 1;
`local_conv` of keras/backend.py, which lays patches out by row, column, channel.
"""

from __future__ import annotations

import struct

from keras_doctor.document.expressions import constant, reshape
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("locally-connected", ("object:unresolved",))
_EQUATIONS = {
    "LocallyConnected1D": ("Conv1D", "blp,lpf->blf", "lf"),
    "LocallyConnected2D": ("Conv2D", "brcp,rcpf->brcf", "rcf"),
}
MOST = 4096  # values in a patch: the identity has the square of that


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the two layers in the place of one."""
    found: Resolution = step.subject
    name = found.reference.name
    if name not in _EQUATIONS or target.api.find("EinsumDense", "layers") is None:
        return
    entry = draft.at(found.reference.path)
    config = entry["config"]
    tensors = draft.tensors(entry)
    kernel, bias = tensors.get(("", "kernel")), tensors.get(("", "bias"))
    plain = config.get("padding", "valid") == "valid" and config.get("data_format") in (None, "channels_last")
    shape = next((s for s in infer(draft.config, draft.era) if s.path == found.reference.path), None)
    if kernel is None or len(kernel.shape) != 3 or not plain or config.get("implementation", 1) != 1 or shape is None:
        return
    places = tuple(size for size in (shape.output_shape or ())[1:-1] if isinstance(size, int))
    sizes = config.get("kernel_size")
    patch = kernel.shape[1]
    if not isinstance(sizes, list) or patch > MOST or len(places) != len(sizes):
        return
    own = str(config.get("name", "local"))
    convolution, equation, axes = _EQUATIONS[name]
    channels = patch
    for size in sizes:
        channels //= size
    common = {"trainable": config.get("trainable", True), "dtype": config.get("dtype", "float32")}
    patches = {
        **common, "name": f"{own}_patches", "trainable": False, "filters": patch, "kernel_size": sizes,
        "strides": config.get("strides", [1] * len(sizes)), "padding": "valid", "use_bias": False,
    }  # fmt: skip
    sums = {
        **common, "name": f"{own}_sums", "equation": equation, "output_shape": [*places, kernel.shape[2]],
        "activation": config.get("activation", "linear"), "bias_axes": axes if bias is not None else None,
    }  # fmt: skip
    for key in ("kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint"):
        if config.get(key) is not None:
            sums[key] = config[key]
    first: dict[str, Any] = {"class_name": convolution, "config": patches}
    second: dict[str, Any] = {"class_name": "EinsumDense", "config": sums}
    draft.give(first, {("", "kernel"): _identity(tuple(sizes), channels)})
    held = {("", "kernel"): reshape(kernel, (*places, patch, kernel.shape[2]))}
    draft.give(second, {**held, **({("", "bias"): bias} if bias is not None else {})})
    draft.give(entry, {})
    inputs = shape.input_shapes[0]
    declared = {"class_name": "InputLayer", "config": {"name": f"{own}_input", "batch_shape": list(inputs or ())}}
    entry["class_name"] = "Sequential"
    entry["config"] = {"name": own, "layers": [declared, first, second]}
    for one in (declared, first, second, entry):
        name_module(one, "layers", target.api)
    yield Change(
        FIX.slug, f"make the {name} {own} of a convolution that lays out patches and an EinsumDense", step.where
    )


def _identity(sizes: tuple[int, ...], channels: int) -> Any:
    """Return a kernel that copies each value of a patch to a channel of its own: the identity, as float32."""
    count = channels
    for size in sizes:
        count *= size
    one, zero = struct.pack("<f", 1.0), struct.pack("<f", 0.0)
    rows = (zero * number + one + zero * (count - number - 1) for number in range(count))
    return constant("kernel", (*sizes, channels, count), "float32", b"".join(rows))
