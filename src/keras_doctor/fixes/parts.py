"""Every layer of a config with the layer whose tensors it owns a part of: the cell in an RNN, both sides of a
Bidirectional.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft

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


class Owned:
    """The tensors of one layer, wherever they are held: by itself, or by the wrapper around it.

    `entry`: the layer; `tensors` by (part, name), parts as the layer has them. Raises LookupError where several parts
    of a wrapper hold them, as the two directions of a Bidirectional do.
    """

    def __init__(self, draft: Draft, entry: Any) -> None:
        found = next(((owner, parts) for owner, parts, one in layers_with_parts(draft.config) if one is entry), None)
        if found is None or len(found[1]) != 1:
            raise LookupError("it is not known where its tensors are held")
        self.entry = entry
        self._draft = draft
        self._owner, (self._part,) = found
        held = draft.tensors(self._owner).items()
        self.tensors = {(self._inside(part), name): one for (part, name), one in held if self._holds(part)}

    def keep(self, tensors: dict[tuple[str, str], TensorRef]) -> None:
        """Give the layer these tensors in the place of those that it had."""
        self._put({(_join(self._part, part) if part else self._part, name): t for (part, name), t in tensors.items()})
        self.tensors = dict(tensors)

    def hand_on(self, layers: list[Any], tensors: dict[int, dict[str, TensorRef]]) -> None:
        """Give tensors to the layers of the model that takes its place: by their number, and by name."""
        if self._owner is self.entry:
            self._draft.give(self.entry, {})
            for number, named in tensors.items():
                self._draft.give(layers[number], {("", name): tensor for name, tensor in named.items()})
            return
        places = {number: _join(self._part, f"layers[{number}]") for number in tensors}
        self._put({(places[number], name): t for number, named in tensors.items() for name, t in named.items()})

    def _put(self, tensors: dict[tuple[str, str], TensorRef]) -> None:
        held = self._draft.tensors(self._owner)
        others = {key: tensor for key, tensor in held.items() if not self._holds(key[0])}
        self._draft.give(self._owner, {**others, **tensors})

    def _holds(self, part: str) -> bool:
        return not self._part or part == self._part or part.startswith(f"{self._part}/")

    def _inside(self, part: str) -> str:
        return part[len(self._part) :].removeprefix("/") if self._part else part
