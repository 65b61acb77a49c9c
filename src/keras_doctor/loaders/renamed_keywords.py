"""Keras 1's argument names as Keras 2's constructors take them.

Source: keras/legacy/interfaces.py of 2.0 to 2.3: the tables of its decorators stand in the data of the releases
(`releases.api.Keywords.renamed`, `.translated`), what their functions compute stands here.
"""

from __future__ import annotations

from keras_doctor.layers.keras1 import translate
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api, Definition

_SIDES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))
_ORDERS = (("channels_last", "channels_first"), ("tf", "th"))
_LAYERS = ("layer", "cell", "backward_layer")  # keywords that hold a layer's entry


@record
class _Renaming:
    renamed: dict[str, str]
    values: dict[tuple[str, str], Any]
    old: frozenset[str]


_known: dict[tuple[str, str, str, str], _Renaming] = {}


def received(api: Api, definition: Definition, config: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of a config under the names and with the values that a constructor comes to see."""
    renaming = _renaming(api, definition)
    if renaming.old.isdisjoint(config):
        return config
    made = {}
    for key, value in config.items():
        if isinstance(value, str):
            value = renaming.values.get((key, value), value)
        made[renaming.renamed.get(key, key)] = value
    for sides in _SIDES:
        if all(side in made for side in sides):
            made["kernel_size"] = [made.pop(side) for side in sides]
    return made


def as_built(load: Load, config: Any, depth: int = 0) -> Any:
    """Return a model's config as what is inferred of it depends on: Keras 2's argument names for Keras 2, and the
    order of the dimensions stated in each layer that leaves it to the settings of Keras.
    """
    if depth > DEFAULT_LIMITS.depth or not isinstance(config, dict):
        return config
    held = config.get("config")
    if isinstance(held, list):
        return {**config, "config": [as_built(load, entry, depth + 1) for entry in held]}
    if not isinstance(held, dict):
        return config
    changed = {} if isinstance(held.get("layers"), list) else _stated(load, str(config.get("class_name")), held)
    for key in _LAYERS:
        if isinstance(held.get(key), dict):
            changed[key] = as_built(load, held[key], depth + 1)
    for key in ("layers", "cells"):
        if isinstance(held.get(key), list):
            changed[key] = [as_built(load, entry, depth + 1) for entry in held[key]]
    return {**config, "config": {**held, **changed}}


def _stated(load: Load, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of a layer with what the release puts in place of old names and of nothing."""
    found = load.api.find(class_name, "layers")
    old = load.api.line == "keras-1"
    made = config if old else translate(class_name, config)
    key = "dim_ordering" if old else "data_format"
    if found is not None and made.get(key) in (None, "default") and key in load.api.accepts(found).names():
        first = load.does("channels-first-by-default")
        return {**made, key: _ORDERS[old][first]}
    return dict(made)


def _renaming(api: Api, definition: Definition) -> _Renaming:
    key = (api.line, api.version, definition.kind, definition.name)
    found = _known.get(key)
    if found is None:
        accepted = api.accepts(definition)
        values = {(name, _text(old)): _constant(new) for name, old, new in accepted.translated}
        old = {name for name, _ in accepted.renamed}
        found = _known[key] = _Renaming(dict(accepted.renamed), values, frozenset((*old, *accepted.popped)))
    return found


def _text(source: str) -> str:
    return source.strip("'\"")


def _constant(source: str) -> Any:
    """Return the constant that a table of Keras 2 puts in place of an old value."""
    if source == "None":
        return None
    return int(source) if source.isdigit() else _text(source)
