"""The names of layers, and what a release does not take for one."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.config import ConfigNode
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference


def steps(load: Load, reference: Reference) -> Iterator[Step]:
    """Yield that a layer's or a model's name is refused when that is built: "/" is for the paths of variables."""
    name = reference.config.get("name") if isinstance(reference.config, dict) else None
    if isinstance(name, str) and "/" in name and load.does("refuses-slash-in-names"):
        place = f"{reference.path}.config.name".lstrip(".")
        yield Step("construct", ("name:slash",), Locus(path=place), (load.api, name))


def twice(load: Load, model: ConfigNode) -> Iterator[Step]:
    """Yield that two layers of one model have the same name, which Keras 3 refuses."""
    layers = model.get("layers")
    if load.api.line != "keras-3" or not isinstance(layers, list):
        return
    names: set[str] = set()
    for entry in layers:
        config = entry.get("config") if isinstance(entry, dict) else None
        name = config.get("name") if isinstance(config, dict) else None
        if isinstance(name, str) and name in names:
            yield Step("graph", ("name:twice",), Locus(path=model.path), (load.api, name))
            return
        if isinstance(name, str):
            names.add(name)
