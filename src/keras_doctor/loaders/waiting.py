"""Models that do not know what goes in until they are called: a Sequential whose layers state no shape.

So tf.keras up to 2.1 and Keras 2 write a Sequential whose first layer is an explicit InputLayer: it is not among the
layers that they save.
"""

from __future__ import annotations

from keras_doctor.layers.inbound import read_refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def waits_for_input(config: Any) -> bool:
    """Tell whether a model is a Sequential that does not know what goes in, so that its layers are not built."""
    inner = config.get("config") if isinstance(config, dict) else None
    if not isinstance(config, dict) or config.get("class_name") != "Sequential" or output_names(config):
        return False
    return not (isinstance(inner, dict) and inner.get("build_input_shape"))


def output_names(config: Any) -> tuple[str, ...]:
    """Return the names of a model's outputs; () for one that does not know its inputs before it is called."""
    if not isinstance(config, dict):
        return ()
    inner = config.get("config")
    if isinstance(inner, dict) and "output_layers" in inner:
        return tuple(ref.layer for ref in read_refs(inner["output_layers"]))
    layers = inner.get("layers") if isinstance(inner, dict) else inner
    if not isinstance(layers, list) or not layers or not _sized(layers[0]):
        return ()
    last = layers[-1]
    held = last.get("config") if isinstance(last, dict) else None
    return (str(held.get("name")) if isinstance(held, dict) else "",)


def _sized(layer: Any, depth: int = 0) -> bool:
    """Tell whether the first layer of a Sequential says what goes in."""
    config = layer.get("config") if isinstance(layer, dict) else None
    if isinstance(config, list):
        return bool(config) and depth < 32 and _sized(config[0], depth + 1)
    if not isinstance(config, dict):
        return False
    if config.get("batch_input_shape") or config.get("batch_shape") or "input_layers" in config:
        return True
    layers = config.get("layers")
    first = layers[0] if isinstance(layers, list) and layers else None
    return depth < 32 and _sized(config.get("layer") or first, depth + 1)
