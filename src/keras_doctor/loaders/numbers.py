"""Values that a constructor, or what it calls, cannot calculate with.

Keras 2.0 and 2.1 and TensorFlow up to 1.12 wrote an array of NumPy as {"type": "ndarray", "value": …}, which no release
reads back (`get_json_type` of keras/models.py, 2.1.6): of the weights that an Embedding was given as a `Constant`, or
of the slope of a ReLU. An initializer that has None for a number fails when a layer is built; but for `RandomUniform`
of TensorFlow 1, whose `maxval` may be None (`random_uniform` takes 1 for it), which Keras 3 does not know.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api, Definition

A_NUMBER = ("a number",)  # what stands in a message for any of them
_KINDS = ("layers", "initializers", "regularizers", "constraints")
_DIGITS = "-.0123456789"


def uncounted(load: Load, api: Api, definition: Definition, config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the keywords, with their values, of which the release makes no number."""
    for key, value in config.items():
        if value is None:
            if definition.kind == "initializers" and _wants_number(load, api, definition, key):
                yield key, value
        elif type(value) is dict and is_array(value) and definition.kind in _KINDS:
            yield key, value


def is_array(value: dict[str, Any]) -> bool:
    """Tell whether a value is an array as older releases wrote it."""
    return value.get("type") == "ndarray" and "value" in value and len(value) == 2


def _wants_number(load: Load, api: Api, definition: Definition, key: str) -> bool:
    if key == "maxval" and not load.does("wants-uniform-bounds"):
        return False
    default = api.accepts(definition).default(key)
    return default is not None and default[:1] in _DIGITS
