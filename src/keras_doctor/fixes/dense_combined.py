"""Highway and MaxoutDense, which Keras 2 dropped, become dense layers and what merges them.

A Highway lets its input pass where its gate is shut: x + t (y - x), with dense layers y and t. A MaxoutDense is the
largest of several dense layers. A TimeDistributed around them goes, for dense layers look at the last axis alone.
Called from `dialects.recast`, for the small graph is written in the target's dialect with the rest.
Before 1.2, the bias of a Highway stood before its second kernel.
Sources: keras/layers/core.py of 1.1.2 and 1.2.2.
"""

from __future__ import annotations

from keras_doctor.document.expressions import part, reshape
from keras_doctor.fixes.entries import Entries, become, layers_wanted, unwrapped
from keras_doctor.layers.evaluation import layer_config
from keras_doctor.layers.inbound import Ref

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.releases.api import Api

    # A dense layer: its activation, its kernel and its bias.
    Dense = tuple[str, TensorRef, TensorRef | None]

_CLASSES = ("Highway", "MaxoutDense")


def order_gates(draft: Draft) -> Iterator[str]:
    """Give the arrays of a Highway, which were named in the order of 1.2, the names that their dimensions want where
    that is another; yield its name.
    """
    if draft.era != "keras-1":
        return
    for layer, _ in layers_wanted(draft, lambda layer: unwrapped(layer)[0]["class_name"] == "Highway"):
        stored = draft.tensors(layer)
        ordered = sorted(stored.values(), key=lambda tensor: -len(tensor.shape))
        if len(stored) == 4 and ordered != list(stored.values()):
            draft.give(layer, dict(zip(stored, ordered, strict=True)))
            yield str(layer["config"].get("name"))


def combine(draft: Draft, api: Api) -> Iterator[str]:
    """Put graphs in the place of such layers where the release has none; yield what became of them."""
    gone = tuple(name for name in _CLASSES if api.find(name, "layers") is None)
    for layer, shape in layers_wanted(draft, lambda layer: unwrapped(layer)[0]["class_name"] in gone):
        class_name = unwrapped(layer)[0]["class_name"]
        if _combined(draft, layer, shape, api):
            yield f"the {class_name} {layer['config']['name']}"


def _combined(draft: Draft, layer: dict[str, Any], shape: LayerShape, api: Api) -> bool:
    inner, steps = unwrapped(layer)
    class_name = inner["class_name"]
    config = layer_config(inner, class_name, draft.era)
    tensors = {name: tensor for (_, name), tensor in draft.tensors(layer).items()}
    given, made = (*shape.input_shapes, None)[0], shape.output_shape
    known = given is not None and len(given) == 2 + steps and made is not None
    parts = _highway(config, tensors) if class_name == "Highway" else _maxout(tensors)
    if not parts or given is None or not known:
        return False
    name = str(layer["config"].get("name") or layer.get("name"))
    start = Ref(f"{name}_in", 0, 0)
    refs = [Ref(f"{name}_dense_{number}", 0, 0) for number in range(len(parts))]
    units = parts[0][1].shape[1]
    graph = Entries({start: given, **dict.fromkeys(refs, (*given[:-1], units))}, name, api)
    if class_name == "Highway":
        values, gate = refs
        change = graph.layer("Multiply", [gate, graph.layer("Subtract", [values, start])])
        output = graph.layer("Add", [start, change])
    else:
        output = graph.layer("Maximum", refs) if len(refs) > 1 else refs[0]
    entries = [_entry(draft, ref.layer, dense, graph.tensor(start)) for ref, dense in zip(refs, parts, strict=True)]
    draft.give(layer, {})
    become(layer, name, {start: given}, [*entries, *graph.needed([output])], [output])
    return True


def _entry(draft: Draft, name: str, dense: Dense, value: Any) -> dict[str, Any]:
    activation, kernel, bias = dense
    config = {"name": name, "units": kernel.shape[1], "activation": activation, "use_bias": bias is not None}
    entry = {"class_name": "Dense", "config": config, "name": name, "inbound_nodes": [{"args": [value], "kwargs": {}}]}
    draft.give(entry, {("", "kernel"): kernel, **({("", "bias"): bias} if bias is not None else {})})
    return entry


def _highway(config: dict[str, Any], tensors: dict[str, TensorRef]) -> list[Dense]:
    if "W" not in tensors or "W_carry" not in tensors:
        return []
    activation = str(config.get("activation") or "linear")
    return [
        (activation, tensors["W"], tensors.get("b")),
        ("sigmoid", tensors["W_carry"], tensors.get("b_carry")),
    ]


def _maxout(tensors: dict[str, TensorRef]) -> list[Dense]:
    kernels, biases = tensors.get("W"), tensors.get("b")
    if kernels is None or len(kernels.shape) != 3:
        return []
    count, last, units = kernels.shape
    return [
        (
            "linear",
            reshape(part(kernels, 0, number, number + 1), (last, units)),
            None if biases is None else reshape(part(biases, 0, number, number + 1), (units,)),
        )
        for number in range(count)
    ]
