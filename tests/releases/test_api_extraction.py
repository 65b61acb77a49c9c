"""The reader of sources (tools/extraction) on small packages of our own making."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"

BASE = """
class Layer:
    def __init__(self, **kwargs):
        allowed_kwargs = {"name", "trainable"}
        for key in kwargs:
            if key not in allowed_kwargs:
                raise TypeError(key)

    def get_config(self):
        config = {"name": self.name}
        if self.extra:
            config["extra"] = 1
        return config
"""

LAYERS = """
from .base import Layer
from .checks import normalize

class Windowed(Layer):
    def __init__(self, rank, size, padding="valid", **kwargs):
        self.old = kwargs.pop("old_size", None)
        super(Windowed, self).__init__(**kwargs)
        self.padding = normalize(padding)

    def get_config(self):
        config = {"rank": self.rank, "size": self.size, "nested": {"not_a_key": 1}}
        base = super(Windowed, self).get_config()
        return dict(list(base.items()) + list(config.items()))

class Windowed2D(Windowed):
    def __init__(self, size, mode="sum", **kwargs):
        super().__init__(2, size=size, **kwargs)
        if mode not in {"sum", "mean"}:
            raise ValueError(mode)

    def get_config(self):
        config = super().get_config()
        config.pop("rank")
        return config

    @classmethod
    def from_config(cls, config):
        config.pop("gone", None)
        return cls(**config)

class Open(Layer):
    def __init__(self, **kwargs):
        pass

Square = Windowed2D

def deserialize(config):
    globs = globals()
    globs["Also"] = Windowed2D
    return deserialize_keras_object(config, module_objects=globs)
"""

CHECKS = """
def normalize(value):
    padding = value.lower()
    if padding not in {"valid", "same"}:
        raise ValueError(value)
    return padding
"""


@pytest.fixture(scope="module")
def facts() -> Any:
    sys.path.insert(0, str(TOOLS))
    try:
        release = importlib.import_module("extraction.release")
    finally:
        sys.path.remove(str(TOOLS))
    sources = {
        "keras/__init__.py": "",
        "keras/layers/__init__.py": LAYERS,
        "keras/layers/base.py": BASE,
        "keras/layers/checks.py": CHECKS,
    }
    return release.extract(sources, tf2=True)


def test_signatures_and_where_keywords_go(facts: Any) -> None:
    layers = facts["layers"]
    assert layers["Windowed"]["init"] == ("rank", "size", "padding='valid'", "**kwargs")
    assert layers["Windowed"]["pops"] == ("old_size",)
    assert layers["Windowed"]["passes"] == ()
    assert layers["Windowed2D"]["passes"] == ("rank",)  # the positional one is named by the base
    assert layers["Layer"]["only"] == ("name", "trainable")
    assert "swallows" in layers["Open"]


def test_keys_of_configs(facts: Any) -> None:
    layers = facts["layers"]
    assert layers["Layer"]["config"] == ("name", "extra?")
    assert layers["Windowed"]["config"] == ("+", "rank", "size", "nested")
    assert layers["Windowed2D"]["config"] == ("+", "-rank")
    assert layers["Windowed2D"]["from_config"] == ("-gone",)


def test_checked_values_also_in_helpers(facts: Any) -> None:
    layers = facts["layers"]
    assert layers["Windowed"]["values padding"] == ("~", "'same'", "'valid'")
    assert layers["Windowed2D"]["values mode"] == ("'mean'", "'sum'")


def test_the_table_of_the_loader(facts: Any) -> None:
    table = facts["tables"]["layers"]
    assert table["Also"] == table["Square"] == table["Windowed2D"] == ("layers/Windowed2D",)
    assert "deserialize_keras_object" not in table


def test_modules(facts: Any) -> None:
    assert set(facts["modules"]["keras.layers"]) == {"", "base", "checks"}
