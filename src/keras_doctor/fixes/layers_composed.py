"""Layers of tf.keras that Keras 3 dropped become the layers that they consist of.

A LinearModel on one tensor is a Dense. RandomFourierFeatures are the cosine of a Dense that is not trained. A
CategoryEncoding in the mode tf-idf counts and weighs what it counted. Called from `dialects.recast`, for the small
graphs are written in the target's dialect with the rest.
Sources: keras/src/premade_models/linear.py and keras/src/layers/kernelized.py (2.15),
tensorflow/python/keras/layers/preprocessing/category_encoding.py (2.4).
"""

from __future__ import annotations

from keras_doctor.document.expressions import concatenate, multiply, reciprocal, reshape
from keras_doctor.fixes.entries import Entries, become, layers_wanted
from keras_doctor.fixes.fix import EXACT, LOSSY, Change
from keras_doctor.fixes.operations import can_write
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft, Tensors
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

SLUG = "layer-composed"
MOST = 1 << 22  # numbers of a kernel that one number is copied for
_CLASSES = ("LinearModel", "RandomFourierFeatures")
_DENSE = (
    "name", "trainable", "dtype", "units", "activation", "use_bias", "kernel_initializer", "bias_initializer",
    "kernel_regularizer", "bias_regularizer",
)  # fmt: skip


def compose_layers(draft: Draft, api: Api) -> Iterator[Change]:
    """Put other layers in the place of such; yield what became of them."""
    gone = tuple(name for name in _CLASSES if api.find(name, "layers") is None)

    def wanted(layer: dict[str, Any]) -> bool:
        weighs = layer.get("class_name") == "CategoryEncoding" and layer["config"].get("output_mode") == "tf-idf"
        return layer.get("class_name") in gone or (weighs and api.line == "keras-3")

    for layer, shape in layers_wanted(draft, wanted):
        name, kind = str(layer["config"].get("name") or layer.get("name")), layer["class_name"]
        given = _given(shape)
        trained = kind == "RandomFourierFeatures" and layer["config"].get("trainable") is not False
        if given is not None and _MADE[kind](draft, layer, name, given, api):
            note = "the scale of its features is no longer trained" if trained else ""
            message = f"make the {kind} {name} of layers that the target has"
            yield Change(SLUG, message, kind=LOSSY if note else EXACT, note=note)


def _given(shape: LayerShape) -> Shape | None:
    """Return the shape of what each call of a layer takes, where that is one tensor of one shape."""
    shapes = {call.input_shapes for call in shape.calls}
    first = next(iter(shapes), ())
    return first[0] if len(shapes) == 1 and len(first) == 1 else None


def _arrays(draft: Draft, layer: dict[str, Any]) -> dict[str, TensorRef]:
    return {name: tensor for (_, name), tensor in draft.tensors(layer).items()}


def _linear(draft: Draft, layer: dict[str, Any], name: str, given: Shape, api: Api) -> bool:
    arrays, config = _arrays(draft, layer), layer["config"]
    held: Tensors = {("", one): arrays[one] for one in ("kernel", "bias") if one in arrays}
    if "kernel" not in arrays or ("bias" in arrays) != bool(config.get("use_bias", True)):
        return False
    told = {key: config[key] for key in _DENSE if key in config}
    layer.pop("module", None)
    layer.pop("registered_name", None)
    layer.update(class_name="Dense", config={**told, "name": name, "units": arrays["kernel"].shape[1]})
    draft.give(layer, held)
    return True


def _features(draft: Draft, layer: dict[str, Any], name: str, given: Shape, api: Api) -> bool:
    arrays, config = _arrays(draft, layer), layer["config"]
    kernel, bias, scale = (arrays.get(one) for one in ("unscaled_kernel", "bias", "kernel_scale"))
    if kernel is None or bias is None or scale is None or config.get("dtype", "float32") != "float32":
        return False
    rows, units = kernel.shape
    if rows * units > MOST:
        return False
    start = Ref(f"{name}_in", 0, 0)
    graph = Entries({start: given}, name, api)
    try:
        dense = graph.layer("Dense", start, units=units, activation="linear", use_bias=True)
        entry = graph.entries[-1]
        entry["config"]["trainable"] = False
        output = graph.op("numpy.Cos", dense)
    except CannotInferError:
        return False
    entries = graph.needed([output])
    if not all(can_write(one, api) for one in entries):
        return False
    row = reshape(concatenate([reciprocal(scale)] * units, 0), (1, units))
    scaled = multiply(concatenate([row] * rows, 0), kernel)
    draft.give(layer, {})
    draft.give(entry, {("", "kernel"): scaled, ("", "bias"): bias})
    become(layer, name, {start: given}, entries, [output])
    return True


def _weighted(draft: Draft, layer: dict[str, Any], name: str, given: Shape, api: Api) -> bool:
    weights = next(iter(draft.tensors(layer).values()), None)
    if weights is None or len(weights.shape) != 1 or layer["config"].get("sparse"):
        return False
    count = weights.shape[0]
    start = Ref(f"{name}_in", 0, 0)
    graph = Entries({start: given}, name, api)
    try:
        counted = graph.layer("CategoryEncoding", start, num_tokens=count, output_mode="count")
        told = {"equation": "ab,b->ab", "output_shape": [count], "bias_axes": None, "activation": "linear"}
        output = graph.layer("EinsumDense", counted, **told)
    except CannotInferError:
        return False
    graph.entries[-1]["config"]["trainable"] = False
    draft.give(layer, {})
    draft.give(graph.entries[-1], {("", "kernel"): weights})
    inputs = {start: given}
    become(layer, name, inputs, graph.needed([output]), [output])
    layer["config"]["layers"][0]["config"]["dtype"] = "int64"
    return True


_MADE = {"LinearModel": _linear, "RandomFourierFeatures": _features, "CategoryEncoding": _weighted}
