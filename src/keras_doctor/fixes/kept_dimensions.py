"""Global pooling that keeps the dimensions of length 1, for releases whose layers cannot: a pooling and a Reshape.

Called from `dialects.recast`, for the small graph is written in the target's dialect with the rest.
Source: keras/layers/pooling.py of 2.6, which brought `keepdims` (2.4 and 2.5 have none).
"""

from __future__ import annotations

from keras_doctor.fixes.entries import Entries, become, layers_wanted
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.releases.api import Api

_POOLINGS = tuple(f"Global{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3))


def keep(draft: Draft, api: Api) -> Iterator[str]:
    """Put graphs in the place of poolings that keep their dimensions; yield the names of the layers."""
    for layer, shape in layers_wanted(draft, _keeps):
        config, class_name = layer["config"], layer["class_name"]
        if not shape.known:
            continue
        definition = api.find(class_name, "layers")
        given, made = (*shape.input_shapes, None)[0], shape.output_shape
        if definition is None or given is None or not made or not api.refused(definition, ("keepdims",)):
            continue
        name = str(config.get("name") or layer.get("name"))
        start = Ref(f"{name}_in", 0, 0)
        graph = Entries({start: given}, name, api)
        plain = {key: value for key, value in config.items() if key not in ("keepdims", "batch_input_shape", "name")}
        try:
            pooled = graph.layer(class_name, start, **plain)
            output = graph.layer("Reshape", pooled, target_shape=list(made[1:]))
        except CannotInferError:
            continue
        become(layer, name, {start: given}, graph.needed([output]), [output])
        yield name


def _keeps(layer: dict[str, Any]) -> bool:
    return layer.get("class_name") in _POOLINGS and layer["config"].get("keepdims") is True
