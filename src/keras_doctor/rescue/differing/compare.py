"""`diff`: two documents, side by side."""

from __future__ import annotations

from keras_doctor.rescue.differing.config import config_entries
from keras_doctor.rescue.differing.entries import SECTIONS, Difference, Entry
from keras_doctor.rescue.differing.layer_pairs import layer_pairs
from keras_doctor.rescue.differing.plain import differences, plain
from keras_doctor.rescue.differing.tensors import Tensors, state_entries, weight_entries
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

    from keras_doctor.document.model import Asset, ModelDocument, TrainingState

# What the saving side is known by; when it saved, and in which container, makes no other model.
_STATED = ("keras_version", "library", "backend")
_OPTIMIZER = ("optimizer_config", "optimizer")


def diff(a: ModelDocument, b: ModelDocument, sections: Collection[str] = SECTIONS) -> Difference:
    """Return what differs between two documents, of any formats, in the `sections` that are wanted.

    Values are read piece by piece; never raises for what a file holds.
    """
    entries: list[Entry] = []
    notation: list[Entry] = []
    pairs = layer_pairs(a, b)
    compared: list[Tensors] = []
    if "provenance" in sections:
        entries += _provenance(a, b)
    if "config" in sections:
        found, noted = config_entries(a, b, pairs)
        entries += found
        notation += noted
    if "weights" in sections:
        compared.append(weight_entries(a, b, pairs))
        entries += compared[-1].entries
    if "training" in sections:
        found, noted = _training(a.training, b.training)
        entries += found
        notation += noted
        compared.append(state_entries(a.training.slots, b.training.slots, "optimizer"))
        compared.append(state_entries(a.training.metric_state, b.training.metric_state, "metrics"))
        entries += compared[-2].entries + compared[-1].entries
    if "assets" in sections:
        entries += _assets(a.assets, b.assets)
    both, equal = (sum(getattr(tensors, of) for tensors in compared) for of in ("both", "equal"))
    wanted = tuple(name for name in SECTIONS if name in sections)
    return Difference(tuple(entries), tuple(notation), both, equal, wanted)


def _provenance(a: ModelDocument, b: ModelDocument) -> Iterator[Entry]:
    for key in _STATED:
        first, second = getattr(a.provenance, key), getattr(b.provenance, key)
        if first and second and first != second:  # what a file does not state is not known to differ
            yield Entry("provenance", "", key, "changed", first, second)


def _training(a: TrainingState, b: TrainingState) -> tuple[list[Entry], list[Entry]]:
    raw_a, raw_b = _state(a), _state(b)
    plain_a, plain_b = plain(raw_a), plain(raw_b)
    found = [Entry("training", "", *rest) for rest in differences(plain_a, plain_b)]
    real = {entry.key for entry in found}
    notation = [
        Entry("training", "", key, *rest)
        for key, *rest in differences(raw_a, raw_b)
        if not any(key == other or key.startswith((f"{other}.", f"{other}[")) for other in real)
    ]
    return found, notation


def _state(state: TrainingState) -> dict[str, Any]:
    """Return the training config in the words of `compile_config`."""
    if state.config is None:
        return {}
    kept = {key: value for key, value in state.config.items() if key not in _OPTIMIZER}
    return {"optimizer": state.optimizer, **kept}


def _assets(a: tuple[Asset, ...], b: tuple[Asset, ...]) -> Iterator[Entry]:
    first, second = ({asset.path: asset for asset in assets} for assets in (a, b))
    for path in [*first, *(path for path in second if path not in first)]:
        one, other = first.get(path), second.get(path)
        if one is None or other is None:
            change = "only-b" if one is None else "only-a"
            yield Entry("assets", path, "", change, one and one.size, other and other.size)
            continue
        try:
            same = one.size == other.size and one.read() == other.read()
        except FormatError as error:
            yield Entry("assets", path, "", "unreadable", one.size, other.size, note=error.what)
            continue
        if not same:
            yield Entry("assets", path, "", "changed", one.size, other.size)
