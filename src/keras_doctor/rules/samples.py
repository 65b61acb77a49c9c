"""Small documents for the examples of rules: an intact model, and the same with something wrong."""

from __future__ import annotations

from keras_doctor.document.model import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.wire.errors import Damage, Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CONTAINERS = {
    "keras-v3": ("zip", "model.keras"),
    "hdf5-model": ("hdf5", "model.h5"),
    "savedmodel": ("directory", "model"),
}
NEWEST = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


def sample(
    form: str = "keras-v3",
    *,
    damage: Damage | None = None,
    oddity: Oddity | None = None,
    path: str = "",
    env: str = NEWEST,
    container: str = "",
    **fields: Any,
) -> tuple[ModelDocument, Environment]:
    """Return a document of a format, with one damage or oddity, and the environment that a string names."""
    usual_container, usual_path = _CONTAINERS.get(form, ("hdf5", "model.h5"))
    document = ModelDocument(
        path or usual_path,
        form,
        container or usual_container,
        size=fields.pop("size", 20_000),
        damage=(damage,) if damage else (),
        oddities=(oddity,) if oddity else (),
        **fields,
    )
    return document, Environment.parse(env)


def sequential(
    *layers: tuple[str, dict[str, Any]], form: str = "keras-v3", module: str = "keras", env: str = NEWEST, **fields: Any
) -> tuple[ModelDocument, Environment]:
    """Return a Sequential model of layers, each a class name and its keywords, as `.keras` archives or (`module=""`)
    HDF5 files have them.
    """
    held = [entry(name, keywords, module and f"{module}.layers") for name, keywords in layers]
    config = entry("Sequential", {"name": "sequential", "layers": held}, module)
    return sample(form, env=env, config=config, **fields)


def entry(name: str, keywords: dict[str, Any], module: str = "keras.layers") -> dict[str, Any]:
    """Return one object of a config, with its module (`.keras`) or without (HDF5)."""
    made: dict[str, Any] = {"class_name": name, "config": keywords}
    return {"module": module, **made, "registered_name": None} if module else made
