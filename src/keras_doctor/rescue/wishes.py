"""What a repair is asked for beyond a file that loads: what goes into the file, and what is left out or renamed."""

from __future__ import annotations

import os

from keras_doctor.document.model import TrainingState
from keras_doctor.fixes.fix import LOSSY, Change
from keras_doctor.records import record
from keras_doctor.rescue.renaming import rename

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument

MODEL, WEIGHTS, ARCHITECTURE = "model", "weights", "architecture"

# Ending of the file → the format that is planned for it, the one that is written, and what of the model that holds.
# The longest ending that fits decides.
ENDINGS = {
    ".keras": ("keras-v3", "keras-v3", MODEL),
    ".h5": ("hdf5-model", "hdf5-model", MODEL),
    ".hdf5": ("hdf5-model", "hdf5-model", MODEL),
    ".weights.h5": ("keras-v3", "v3-weights", WEIGHTS),
    ".safetensors": ("keras-v3", "safetensors", WEIGHTS),
    ".json": ("keras-v3", "json-architecture", ARCHITECTURE),
}
# What is read and not written → what to ask for in its place.
_READ_ONLY = {
    ".weights.json": "weights in shards are read, not written: write one file, .weights.h5, or the model, .keras",
    ".savedmodel": "a SavedModel is a folder with code in it, which only TensorFlow writes: write .keras or .h5",
}
# What --to names → the endings that such a file can have, the usual one first.
KINDS = {
    "keras": (".keras",), "h5": (".h5", ".hdf5"), "weights": (".weights.h5", ".h5", ".hdf5"), "json": (".json",),
    "safetensors": (".safetensors",),
}  # fmt: skip


@record
class Wishes:
    """`to`: one of `KINDS`, "" to go by the ending. `fill`: "zeros" or "initializer" for what stands in for lost
    tensors, "" for nothing. `strip_optimizer`: leave out the optimizer's variables; `inference_only`: leave out the
    whole training state. `renames`: pairs of a layer's name ("encoder/dense" inside a model) and its new one.
    `dequantize`: int8 layers become plain ones.
    """

    to: str = ""
    fill: str = ""
    strip_optimizer: bool = False
    inference_only: bool = False
    renames: tuple[tuple[str, str], ...] = ()
    dequantize: bool = False


@record
class Kind:
    """What is written: `planned` and `written` are formats, `holds` says what of the model the file holds."""

    planned: str
    written: str
    holds: str

    @property
    def runs(self) -> bool:
        """Whether a release of Keras computes something with the file."""
        return self.holds != ARCHITECTURE and self.written != "safetensors"


def kind_of(path: str, to: str, modern: bool) -> Kind:
    """Return what a path is to hold. Raises ValueError when neither its ending nor `to` says it.

    `modern`: the target reads the v3 layout of weights; others read legacy HDF5 under every name.
    """
    name = os.path.basename(path).lower()
    instead = next((why for ending, why in _READ_ONLY.items() if name.endswith(ending)), "")
    if instead and not to:
        raise ValueError(f"{path}: {instead}")
    ending = max((one for one in ENDINGS if name.endswith(one)), key=len, default="")
    if to and ending and ending not in KINDS[to]:
        raise ValueError(f"{path} ends as a file of another kind than --to {to}: end it with {KINDS[to][0]}")
    ending = ending or (KINDS[to][0] if to else "")
    if not ending:
        said = os.path.splitext(path)[1] or f"of {path}"
        raise ValueError(f"the ending {said} names no format: write .keras or .h5")
    planned, written, holds = ENDINGS[ending]
    if ending == ".weights.h5" and not modern:
        return Kind("hdf5-model", "hdf5-weights", WEIGHTS)
    if to == "weights" and holds == MODEL:
        return Kind("hdf5-model", "hdf5-weights", WEIGHTS)
    return Kind(planned if modern or holds == MODEL else "hdf5-model", written, holds)


def wished(document: ModelDocument, wishes: Wishes, holds: str) -> tuple[ModelDocument, tuple[Change, ...]]:
    """Return a document with what is wished left out and renamed, and the changes that this is."""
    changes: list[Change] = []
    state = document.training
    if state.config is not None or state.slots or state.metric_state:
        if wishes.inference_only:
            document = document.changed(training=TrainingState())
            changes.append(Change("inference-only", "left out the training state", kind=LOSSY, note="as was asked"))
        elif wishes.strip_optimizer and (state.slots or state.metric_state):
            document = document.changed(training=TrainingState(state.config, state.path))
            what = f"left out the {len(state.slots)} variables of the optimizer"
            changes.append(Change("strip-optimizer", what, kind=LOSSY, note="as was asked"))
        elif holds != MODEL:
            document = document.changed(training=TrainingState())
            changes.append(
                Change(f"{holds}-only", "left out the training state", kind=LOSSY, note="the file holds none")
            )
    for old, new in wishes.renames:
        document = rename(document, old, new)
        changes.append(Change("rename", f"renamed the layer {old} to {new}"))
    return document, tuple(changes)
