"""The inputs of a model that Keras called by the layers behind them are called by their own names again.

Before Keras 2.0.4 a layer that puts out the very tensor that it is given, such as an ActivityRegularization or a linear
Activation, became that tensor's maker, and the file names it as the model's input. Nothing changes between the two.
Source: `Node.create_node` of keras/engine/topology.py (1.2.2), which copies no tensor.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.functional import calls_of
from keras_doctor.layers.inbound import Ref, read_refs
from keras_doctor.layers.models import is_input, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft

DEPTH = 64
_ERAS = ("keras-1", "keras-2")
_RANDOM = ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianDropout", "GaussianNoise")


def name_inputs(draft: Draft) -> Iterator[str]:
    """Name the inputs in every graph of a draft; yield the names of the layers that stood for them."""
    if draft.era in _ERAS:
        yield from _model(draft.config, 0)


def _model(entry: Any, depth: int) -> Iterator[str]:
    if depth > DEPTH or not isinstance(entry, dict):
        return
    layers = [layer for layer in layers_of(entry) if isinstance(layer, dict)]
    for layer in layers:
        yield from _model(layer, depth + 1)
    config = entry.get("config")
    if not layers or not isinstance(config, dict) or "input_layers" not in config:
        return
    named = {name_of(layer): layer for layer in layers}
    refs = read_refs(config["input_layers"])
    found = [_source(ref, named) for ref in refs]
    if refs and found != refs and isinstance(config["input_layers"], list):
        config["input_layers"] = [[ref.layer, ref.node, ref.tensor] for ref in found]
        yield from (ref.layer for ref, source in zip(refs, found, strict=True) if ref != source)


def _source(ref: Ref, layers: dict[str, Any]) -> Ref:
    """Return the input that an input of the model is handed on from; itself, where it is none of a layer that hands on
    what it gets.
    """
    at = ref
    for _ in range(DEPTH):
        layer = layers.get(at.layer)
        if layer is None:
            return ref
        if is_input(layer):
            return at
        calls = calls_of(layer, frozenset(layers))
        args = calls[at.node].args if 0 <= at.node < len(calls) else []
        if not _hands_on(layer) or len(args) != 1 or not isinstance(args[0], Ref):
            return ref
        at = args[0]
    return ref


def _hands_on(layer: dict[str, Any]) -> bool:
    config = layer.get("config")
    if not isinstance(config, dict):
        return False
    if layer.get("class_name") == "Activation":
        return config.get("activation") == "linear"
    rate = next((config[key] for key in ("p", "rate", "sigma", "stddev") if key in config), None)
    return layer.get("class_name") == "ActivityRegularization" or (
        layer.get("class_name") in _RANDOM and rate in (0, 1)
    )
