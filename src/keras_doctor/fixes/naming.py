"""The module and registered name of an object, by which Keras 3 finds it, and tf.keras from 2.12 on in archives."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.api import Api

_MODELS = {"Sequential": "keras", "Model": "keras"}


def name_module(entry: dict[str, Any], kind: str, api: Api, archive: bool = False) -> None:
    """State the module of an object, as Keras 3 looks for it; in HDF5, other releases look for the bare name.

    `archive`: the object goes into a `.keras` file.
    """
    name = entry["class_name"]
    if api.line != "keras-3" and not archive:
        return
    if name == "function" or (isinstance(entry.get("module"), str) and ".ops" in entry["module"]):
        return
    found = api.find(name, kind)
    if found is None:
        entry.setdefault("module", None)
        entry.setdefault("registered_name", name)
        return
    module = _MODELS.get(found.class_name) if kind == "layers" else None
    if module is None:
        spaces = [public.rpartition(".")[0] for public in api.public_names(found)]
        module = next((space for space in spaces if space == f"keras.{kind}"), spaces[0] if spaces else found.module)
    entry["module"] = module
    entry["class_name"] = found.class_name
    entry["registered_name"] = "Functional" if found.class_name == "Functional" else None
