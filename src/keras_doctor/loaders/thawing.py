"""Frozen layers as Keras 3.0 and 3.1 build them: variables that are made after `trainable=False` was given count as
trainable, and in a nested model they are listed among those. Only a functional model that is frozen as a whole, which
happens when its layers are built, freezes its variables.

Source: `Layer._track_variable` and `Layer.trainable` of keras/src/layers/layer.py of 3.0 to 3.1 (3.2 adds
`variable.trainable = False`), keras/src/models/functional.py `Functional.__init__`.
"""

from __future__ import annotations

from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HELD = ("layer", "forward_layer", "backward_layer", "cell")


def thawed(entry: Any, depth: int = 0) -> Any:
    """Return the entry of a model or layer without what freezes no variable; the same object where nothing changes."""
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict) or depth > DEFAULT_LIMITS.depth:
        return entry
    found = config
    if config.get("trainable") is False:
        if "output_layers" in config:
            return entry
        found = {key: value for key, value in config.items() if key != "trainable"}
    layers = config.get("layers")
    if isinstance(layers, list):
        fresh = [thawed(one, depth + 1) for one in layers]
        if any(new is not old for new, old in zip(fresh, layers, strict=True)):
            found = {**found, "layers": fresh}
    for key in _HELD:
        inner = thawed(config.get(key), depth + 1)
        if inner is not config.get(key):
            found = {**found, key: inner}
    return entry if found is config else {**entry, "config": found}
