"""Layers that a release saves and does not get back: mistakes of single releases, by layer."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.objects import Resolution
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition


def steps(load: Load, reference: Reference, definition: Definition) -> Iterator[Step]:
    """Yield that the release cannot rebuild a layer of this class, whatever the file."""
    config = reference.config if isinstance(reference.config, dict) else {}
    name = definition.class_name
    if name in _MISTAKES and load.does(f"misbuilds-{name.lower()}") and _MISTAKES[name](config):
        found = Resolution(reference, load.api, definition)
        yield Step("construct", ("build:refused",), Locus(path=reference.path), found)


def _built_layer(config: dict[str, Any]) -> bool:
    """Tell whether the layer that a wrapper holds states how it was built."""
    layer = config.get("layer")
    return isinstance(layer, dict) and bool(layer.get("build_config"))


# Classes that some release gets wrong (`misbuilds-CLASS` of behaviours.tsv), and the configs that it concerns.
_MISTAKES = {"Dot": lambda config: True, "Bidirectional": _built_layer}
