"""The module and registered name of an object, which Keras 3 looks for and other releases do not."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.api import Api

_MODELS = {"Functional": "keras.src.models.functional", "Sequential": "keras", "Model": "keras"}


def name_module(entry: dict[str, Any], kind: str, api: Api) -> None:
    """State the module of an object, as Keras 3 looks for it; other releases look for the bare name."""
    name = entry["class_name"]
    if api.line != "keras-3":
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
