"""A layer whose name the target does not take gets one that it takes.

TensorFlow takes no name that is no scope, Keras 3 none with a slash, PyTorch none with a dot, and no model two layers
of one name. What is not taken becomes `_`, and letters with accents become those without. Names matter to nothing but
loading weights by name.
"""

from __future__ import annotations

import unicodedata

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.renaming import rename
from keras_doctor.layers.models import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("name-replaced", ("name:scope", "name:slash", "name:dotted", "name:twice"))
_TAKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")
_WHY = {
    "name:scope": "TensorFlow takes no scope by that name",
    "name:slash": "Keras 3 takes no name with a slash",
    "name:dotted": "PyTorch takes no name with a dot",
    "name:twice": "the model has another of that name",
}


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Rename the layer."""
    tag = next(tag for tag in step.tags if tag in _WHY)
    if tag == "name:twice":
        model = draft.at(step.where.path) if step.where.path not in ("", "config") else draft.config
        found = _second(model, step.subject[1])
        if found is None:
            return
        old, new = step.subject[1], _free(step.subject[1], model)
        found["config"]["name"] = new
    else:
        path = step.where.path.removesuffix(".config.name")
        entry = draft.at(path) if path not in ("", "config.name") else draft.config
        model = _holder(draft, path)
        old = name_of(entry)
        new = _plain(old).replace(".", "_") if tag == "name:dotted" else _plain(old)
        if model is not None and any(layer is entry for layer in layers_of(model)):
            new = _free(new, model)
            rename(draft, model, old, new)
        elif isinstance(entry.get("config"), dict):
            entry["config"]["name"] = new
        else:
            return
    yield Change(FIX.slug, f"call the layer {old!r} {new!r}: {_WHY[tag]}", step.where)


def _holder(draft: Draft, path: str) -> Any:
    """Return the model in whose list the layer at a path stands, None for one that stands elsewhere."""
    if not path.endswith("]") or ".layers[" not in path:
        return None
    place = path.rpartition(".layers[")[0].removesuffix(".config").removesuffix("config")
    return draft.at(place) if place else draft.config


def _second(model: Any, name: str) -> Any:
    """Return the second layer of a name in a Sequential, where no call refers to layers by their names."""
    if model.get("class_name") != "Sequential":
        return None
    found = [layer for layer in layers_of(model) if isinstance(layer, dict) and name_of(layer) == name]
    return found[1] if len(found) > 1 and isinstance(found[1].get("config"), dict) else None


def _free(name: str, model: Any) -> str:
    """Return a name that no layer of a model has."""
    taken = {name_of(layer) for layer in layers_of(model) if isinstance(layer, dict)}
    new, number = name, 1
    while new in taken:
        new = f"{name}_{number}"
        number += 1
    return new


def _plain(name: str) -> str:
    """Return a name that is a scope."""
    spelt = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    made = "".join(char if char in _TAKEN else "_" for char in spelt)
    return made if made[:1].isalnum() else f"layer{made}" if made else "layer"
