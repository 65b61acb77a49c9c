"""A layer whose name is no scope for TensorFlow gets one that is.

What is not taken becomes `_`, and letters with accents become those without. Names matter to nothing but loading
weights by name.
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

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

FIX = Fix("name-replaced", ("name:scope",))
_TAKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Rename the layer."""
    layer: Uncallable = step.subject
    place = step.where.path.rpartition(".layers[")[0].removesuffix(".config").removesuffix("config")
    model = draft.at(place) if place else draft.config
    taken = {name_of(entry) for entry in layers_of(model) if isinstance(entry, dict)}
    if layer.name not in taken:
        return
    new = plain = _plain(layer.name)
    number = 1
    while new in taken:
        new = f"{plain}_{number}"
        number += 1
    rename(draft, model, layer.name, new)
    yield Change(FIX.slug, f"call the layer {layer.name!r} {new!r}: TensorFlow takes no scope by that name", step.where)


def _plain(name: str) -> str:
    """Return a name that is a scope."""
    spelt = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    made = "".join(char if char in _TAKEN else "_" for char in spelt)
    return made if made[:1].isalnum() else f"layer{made}" if made else "layer"
