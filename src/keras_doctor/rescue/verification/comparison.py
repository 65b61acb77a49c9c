"""One comparison: both models on the same inputs, each where it can be run, and what follows from their outputs."""

from __future__ import annotations

from keras_doctor.records import replace
from keras_doctor.rescue.verification.comparing import difference, parting, renamed_layers
from keras_doctor.rescue.verification.outcome import Verification, kind_of
from keras_doctor.rescue.verification.sides import ByNumpy, Computed, InRelease
from keras_doctor.rescue.verification.workers import WorkerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.rescue.verification.checking import Case

    Side = ByNumpy | InRelease

TOLERANCE = 1e-5  # of the outputs' scale
HALF = 1e-3  # where half precision is computed with


def compare(
    case: Case,
    inputs: Sequence[Any],
    source: InRelease | None,
    result: InRelease | None,
    notes: tuple[str, ...] = (),
) -> Verification:
    """Compare the outputs of both models. What cannot be run in a release, or for which there is none (None), is
    computed by NumPy, and `notes` says why; but a result that the target refuses has failed.
    """
    after = _tried(result, inputs)
    if result is not None and after.stage == "load":
        reason = f"{result.who.name} does not load the result: {after.reason}"
        return Verification(kind_of(ByNumpy.who, result.who), False, float("inf"), reason, result=result.who)
    before = _tried(source, inputs)
    if result is not None and after.stage == "run" and source is not None and before.outputs is not None:
        reason = f"{result.who.name} does not run the result on what {source.who.name} runs the source on"
        reason = f"{reason}: {after.reason}"
        return Verification(kind_of(source.who, result.who), False, float("inf"), reason, source.who, result.who)
    told = list(notes)
    one, before = _else_by_numpy(source, before, case.source, inputs, "the source", told)
    other, after = _else_by_numpy(result, after, case.result, inputs, "the result", told)
    found = Verification(source=one.who, result=other.who, notes=tuple(told))
    for what, computed in (("the source", before), ("the result", after)):
        if computed.outputs is None:
            return replace(found, reason=f"{what} could not be evaluated: {computed.reason}")
    tolerance = HALF if _is_half(case.source) else TOLERANCE
    apart = difference(before.outputs or (), after.outputs or ())
    found = replace(found, kind=kind_of(one.who, other.who), difference=apart, equal=apart <= tolerance)
    return found if found.equal else _explained(found, (one, before), (other, after), inputs, tolerance)


def _explained(
    found: Verification,
    before: tuple[Side, Computed],
    after: tuple[Side, Computed],
    inputs: Sequence[Any],
    tolerance: float,
) -> Verification:
    """Return a difference with the layer at which it begins, or with the reason why it says nothing."""
    approximate = (*before[1].approximations, *after[1].approximations)
    if approximate and before[0].who != after[0].who:
        reason = f"outputs differ by {found.difference:.2g}, but NumPy only approximates: {'; '.join(approximate)}"
        return _undecided(found, reason)
    try:
        again = [(what, side.compute(inputs, True), first) for what, (side, first) in _both(before, after)]
    except WorkerError as error:
        return replace(found, notes=(*found.notes, f"where they part is not known: {error}"))
    for what, second, first in again:
        if second.outputs is not None and difference(first.outputs or (), second.outputs) > tolerance:
            return _undecided(found, f"{what} computes something else each time")
    names = renamed_layers(before[0].document, after[0].document)
    return replace(found, parting=parting(again[0][1].layers, again[1][1].layers, tolerance, names))


def _both(before: Any, after: Any) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return ("the source", before), ("the result", after)


def _undecided(found: Verification, reason: str) -> Verification:
    return replace(found, kind="", equal=None, difference=0.0, reason=reason)


def _tried(side: InRelease | None, inputs: Sequence[Any]) -> Computed:
    """Return what a release computes; without outputs and reason where there is none."""
    if side is None:
        return Computed()
    try:
        return side.compute(inputs)
    except WorkerError as error:
        return Computed(None, str(error))


def _else_by_numpy(
    side: InRelease | None,
    computed: Computed,
    document: ModelDocument,
    inputs: Sequence[Any],
    what: str,
    notes: list[str],
) -> tuple[Side, Computed]:
    """Return who computed a model, and what; by NumPy when the release did not."""
    if side is not None and computed.outputs is not None:
        return side, computed
    if side is not None:
        notes.append(f"{what} could not be run in {side.who.name}: {computed.reason}")
    numpy = ByNumpy(document)
    return numpy, numpy.compute(inputs)


def _is_half(document: ModelDocument) -> bool:
    if any(tensor.dtype in ("float16", "bfloat16") for tensor in document.tensors()):
        return True
    return any("16" in str(layer.config.get("dtype", "")) for layer in document.layers)
