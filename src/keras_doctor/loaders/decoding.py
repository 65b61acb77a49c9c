"""Text of an HDF5 file that h5py has decoded when an old loader sets out to decode it.

h5py 3 decodes text of variable length; h5py 2 did so where the file marks it as UTF-8. Keras writes its config and
versions with variable length, as ASCII, and its lists of names with a fixed length, which no h5py decodes; another
program may have written them anew.

Sources: `load_model` and `load_weights_from_hdf5_group` of keras/engine/topology.py and saving.py (2.x),
`load_attributes_from_hdf5_group` of tensorflow/python/keras/saving/hdf5_format.py up to 2.4.
Whether a release decodes at all: `surroundings.reader_signs`.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments.environment import Environment
    from keras_doctor.loaders.load import Load


@record
class Decoded:
    """An attribute that the loader decodes, `stored` as `artifacts.hdf5_parts.storage` says."""

    name: str
    stored: str


def decodes(environment: Environment, stored: str) -> bool:
    """Tell whether the h5py of an environment decodes text that is stored so."""
    return stored.startswith("vlen") if satisfies(environment.h5py or "", ">=3") else stored == "vlen-utf-8"


def weights(load: Load) -> Iterator[Step]:
    """Yield the first attribute of the weights that cannot be decoded, in the order in which they are read."""
    names = ["keras_version", "backend"] if load.does("decodes-versions") else []
    if load.does("decodes-name-lists") or load.document.architecture is not None:  # load_weights always does
        names += ["layer_names", "weight_names"]
    elif load.does("asks-truth-of-weight-names"):
        names.append("weight_names")
    yield from _first(load, "weights", "/model_weights", load.document.facts.get("weights_storage") or {}, names)


def training(load: Load) -> Iterator[Step]:
    """Yield the training config, where it cannot be decoded."""
    storage = load.document.facts.get("attribute_storage") or {}
    yield from _first(load, "compile", "/", storage, ["training_config"])


def _first(load: Load, stage: str, part: str, storage: dict[str, str], names: list[str]) -> Iterator[Step]:
    if not load.environment.h5py:
        return
    for name in names:
        stored = storage.get(name, "")
        if decodes(load.environment, stored):
            yield Step(stage, ("h5py:decodes",), Locus(part=f"{part}@{name}"), Decoded(name, stored))
            return
