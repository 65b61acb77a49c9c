"""JSON as Keras writes it: Python's own notation, ASCII, keys in their order."""

from __future__ import annotations

import json

from keras_doctor.document.config import ConfigNode
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import ModelDocument

_COMPILED = "compile_config"


def dumps(value: Any) -> str:
    """Return the JSON of a config; NaN and infinities as Python's readers take them. Raises `Refused`."""
    try:
        return json.dumps(value)
    except RecursionError:
        raise Refused("the config is nested too deep") from None


def compiled_config(document: ModelDocument) -> Any:
    """Return the config with the training state that the document has, as formats keep it that hold both in one.

    An empty `compile_config`, which Keras 3 writes for a model that was not compiled, stays.
    """
    config = document.config
    training = document.training.config
    stands = ConfigNode(config).get(_COMPILED)
    if not isinstance(config, dict) or training == stands or (training is None and not stands):
        return config
    if training is None:
        return {key: value for key, value in config.items() if key != _COMPILED}
    return {**config, _COMPILED: training}
