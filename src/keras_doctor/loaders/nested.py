"""Which keywords of a config hold objects, and of which kind."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_KINDS = {
    "activation": "activations", "recurrent_activation": "activations", "inner_activation": "activations",
    "layer": "layers", "cell": "layers", "cells": "layers", "forward_layer": "layers", "backward_layer": "layers",
    "init": "initializers", "inner_init": "initializers", "forget_bias_init": "initializers",
    "beta_init": "initializers", "gamma_init": "initializers",
    "inner_optimizer": "optimizers", "optimizer": "optimizers",
}  # fmt: skip
_ENDINGS = (("_initializer", "initializers"), ("_regularizer", "regularizers"), ("_constraint", "constraints"))
# Keywords that hold an object only where they hold a dict: a number or a name stands for itself.
_DICTS = {"fn": "losses", "dtype": "policies", "learning_rate": "schedules", "lr": "schedules"}

_known: dict[str, str] = {}


def kind_of(key: str, value: Any) -> str:
    """Return the kind of the object that a keyword holds, "" when it holds none."""
    found = _known.get(key)
    if found is None:
        found = _KINDS.get(key) or next((kind for ending, kind in _ENDINGS if key.endswith(ending)), "")
        if len(_known) < 10_000:  # names come from files
            _known[key] = found
    if not found and isinstance(value, dict):
        return _DICTS.get(key, "")
    return found
