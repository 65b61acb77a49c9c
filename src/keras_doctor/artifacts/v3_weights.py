"""A `.weights.h5` file: the variable store of Keras 3 (and tf.keras 2.12 to 2.15) alone, without architecture."""

from __future__ import annotations

from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.legacy_hdf5 import opened
from keras_doctor.artifacts.v3_store import is_store, read_store
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.artifacts.probe import Probe

FORMATS = ("v3-weights",)
KIND = "binary"
MAGIC = ((b"\x89HDF\r\n\x1a\n", 0),)
PRIORITY = 30
FALLBACK = True


def recognises(probe: Probe) -> bool:
    """Tell whether the HDF5 file has the groups of a variable store."""
    try:
        return is_store(opened(probe))
    except FormatError:
        return False


def read(probe: Probe) -> ModelDocument:
    """Read the store."""
    store = read_store(opened(probe))
    facts = {**store.facts, "unverified": "HDF5 keeps no checksum of"}
    return ModelDocument(
        probe.path,
        FORMATS[0],
        "hdf5",
        size=probe.source.size,
        provenance=date(config=None, facts=facts, format=FORMATS[0]),
        weights=store.weights,
        training=TrainingState(None, "", store.slots, store.metric_state),
        damage=store.damage,
        oddities=store.oddities,
        facts=facts,
        unverified_bytes=probe.source.size,
    )
