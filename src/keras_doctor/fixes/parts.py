"""Every layer of a config with the layer whose tensors it owns a part of: the cell in an RNN, both sides of a
Bidirectional.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

DEPTH = 64


def layers_with_parts(
    entry: Any, owner: Any = None, prefixes: tuple[str, ...] = ("",), depth: int = 0
) -> Iterator[tuple[Any, tuple[str, ...], dict[str, Any]]]:
    """Yield (owner, parts, entry) for every layer in a model: `owner` is the entry that holds the tensors in a draft,
    `parts` the parts of its variables that belong to `entry`. Layers inside a wrapper come after it.
    """
    if depth > DEPTH or not isinstance(entry, dict):
        return
    layers = layers_of(entry)
    if layers:
        for number, layer in enumerate(layers):
            inside = tuple(_join(prefix, f"layers[{number}]") for prefix in prefixes) if owner is not None else ("",)
            yield from layers_with_parts(layer, owner, inside, depth + 1)
        return
    holder = entry if owner is None else owner
    yield holder, prefixes, entry
    config = entry.get("config")
    if not isinstance(config, dict):
        return
    for key, steps in _held(entry, config):
        inside = tuple(_join(prefix, step) for prefix in prefixes for step in steps)
        value = config[key]
        if isinstance(value, dict):
            yield from layers_with_parts(value, holder, inside, depth + 1)
        elif isinstance(value, list):
            for number, one in enumerate(value):
                places = tuple(f"{place}[{number}]" for place in inside)
                yield from layers_with_parts(one, holder, places, depth + 1)


def _held(entry: dict[str, Any], config: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keywords of a layer that hold layers, and the attributes under which their variables stand."""
    if entry.get("class_name") == "Bidirectional" and isinstance(config.get("layer"), dict):
        both = not isinstance(config.get("backward_layer"), dict)
        yield "layer", ("forward_layer", "backward_layer") if both else ("forward_layer",)
        if not both:
            yield "backward_layer", ("backward_layer",)
        return
    for key in ("layer", "cell", "cells"):
        if key in config:
            yield key, (key,)


def _join(prefix: str, step: str) -> str:
    return f"{prefix}/{step}" if prefix else step
