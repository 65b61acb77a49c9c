"""`repair()`: a file that the target environment loads, from one that it does not."""

from __future__ import annotations

import os

from keras_doctor.artifacts import read
from keras_doctor.document.expressions import Expression
from keras_doctor.document.joining import with_architecture
from keras_doctor.document.model import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.fixes.fix import APPROXIMATE, LOSSY, Change
from keras_doctor.fixes.planning import Plan, plan, target_of
from keras_doctor.layers.stored_order import writes_store
from keras_doctor.records import record, replace
from keras_doctor.rescue.salvage import LEGACY, STORES, LostTensor, Salvage, salvage
from keras_doctor.rescue.unwrapping import unwrapped
from keras_doctor.rescue.verification import IN_RELEASES, Case, Verification, Verifier
from keras_doctor.rescue.wishes import ARCHITECTURE, MODEL, WEIGHTS, Kind, Wishes, kind_of, wished
from keras_doctor.rules import diagnose
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from keras_doctor.findings import Diagnosis, Finding
    from keras_doctor.wire.errors import Damage

# What whoever loads the file brings: the repair has done its part.
_GIVEN = ("custom-object-missing", "third-party-object-missing")


@record
class RepairReport:
    """What a repair did.

    `path`: the file that was written, "" when none was; `holds`: what of the model that is, "model", "weights" or
    "architecture". `changes`: what was changed, in order. `remaining`: what stands in the way still. `diagnosis`: what
    the target does with the result (of weights or an architecture alone: with the model that they are of), by the rules
    that judge any file. `verification`: whether it computes the same, and how that is known. `damage`: what was wrong
    with the source; `lost_tensors`: the variables whose tensors the source does not have. `refused`: why nothing was
    written though the plan ends well, "" when that is not so.
    """

    source: str
    path: str
    plan: Plan
    diagnosis: Diagnosis
    verification: Verification
    holds: str = MODEL
    damage: tuple[Damage, ...] = ()
    lost_tensors: tuple[LostTensor, ...] = ()
    refused: str = ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed, in order."""
        return self.plan.changes

    @property
    def lost(self) -> tuple[tuple[str, str], ...]:
        """What is left out: groups of tensors that could not be told apart, and layers whose tensors have no place in
        the format, with the reason.
        """
        return (*self.plan.lost, *self.plan.unplaced)

    @property
    def verdict(self) -> str:
        """What the target does with the result: as the rules say, and where they do not know, as it was seen to do."""
        seen = self.verification.equal and self.verification.result.interpreter
        return "loads" if self.diagnosis.verdict == "unknown" and seen else self.diagnosis.verdict

    @property
    def awaits_custom_objects(self) -> bool:
        """Whether nothing stands in the way of a load but custom objects that whoever loads the file is to give."""
        found = self.remaining
        whole = not (self.refused or self.lost)
        return bool(whole and found) and all(finding.cause in _GIVEN for finding in found)

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """What stands in the way of a load still."""
        return tuple(finding for finding in self.diagnosis.findings if finding.effect)


def repair(
    source: str | PathLike[str] | ModelDocument,
    destination: str | PathLike[str],
    target: Environment | None = None,
    *,
    verify: str | Verifier = "auto",
    source_python: str | PathLike[str] = "",
    force: bool = False,
    dry: bool = False,
    architecture: str | PathLike[str] | ModelDocument | None = None,
    wishes: Wishes = Wishes(),  # noqa: B008 - frozen
) -> RepairReport:
    """Write `source` to `destination` so that `target` (default: the current environment) loads it with plain defaults.

    The ending of `destination` and `wishes.to` say the format (`wishes.kind_of`). `architecture`: a file whose config
    is borrowed, for weights and for a file that lost its own. `verify`: how both are compared, "auto", "real", "numpy"
    or "none" as a `Verifier` takes it, or a `Verifier` that is used for several files and stays open (one with
    `custom_code` gives both loads what that defines); `source_python`: the interpreter that the source is run in.

    Nothing is written with `dry`, nor over a file that is there without `force`, nor where the target would refuse the
    result for anything but custom objects that are to be given, nor where tensors are lost and `wishes.fill` does not
    say what stands in for them: then `path` of the report is "", and `remaining` or `refused` says why. Raises
    ValueError for another ending, for wishes that cannot be granted or an environment without a Keras,
    `writers.Refused` for what cannot be written.
    """
    document = _opened(source)
    if architecture is not None:
        document = _joined(document, architecture)
    path = os.fspath(destination)
    environment = target or Environment.current()
    kind = kind_of(path, wishes.to, writes_store(target_of(environment, "").api.version))
    given = isinstance(verify, Verifier)
    verifier = verify if isinstance(verify, Verifier) else Verifier(verify, os.fspath(source_python))
    try:
        return _repaired(_Doing(document, path, environment, kind, wishes, verifier, force, dry))
    finally:
        if not given:
            verifier.close()


def _repaired(doing: _Doing) -> RepairReport:
    document, wishes = doing.document, doing.wishes
    saved = _saved(document, wishes)
    try:
        report = _done(doing, saved)
        tried = saved.document is not document
        if tried or not any(one.stage == "weights" and one.effect == "fails" for one in report.remaining):
            return report
    except FormatError:  # values that cannot be read, though nothing said so
        pass
    return _done(doing, _saved(document, wishes, read_all=True))


@record
class _Doing:
    """What `repair` was asked, looked up."""

    document: ModelDocument
    path: str
    environment: Environment
    kind: Kind
    wishes: Wishes
    verifier: Verifier
    force: bool
    dry: bool


def _done(doing: _Doing, saved: Salvage) -> RepairReport:
    document, path, environment, kind = doing.document, doing.path, doing.environment, doing.kind
    holds_any = any(group.tensors for group in document.weights)
    if kind.written == "safetensors" and saved.lost and holds_any and not doing.wishes.fill:
        return _weights_alone(doing, replace(saved, document=_survivors(saved.document)))
    if document.config is None:
        if kind.holds != WEIGHTS or not holds_any:
            raise ValueError(_no_model(document, path))
        return _weights_alone(doing, saved)
    asked, wanted = wished(saved.document, doing.wishes, kind.holds)
    # Weights and architecture are judged in the model that they belong to, which has the ending of its own format.
    model = path if kind.holds == MODEL else f"{path}{'.keras' if kind.planned == 'keras-v3' else '.h5'}"
    given = doing.verifier.given
    asks = doing.wishes.dequantize
    made = plan(asked, environment, kind.planned, model, given, doing.verifier.code, asks)
    made = replace(made, changes=(*_salvaged(saved, doing.wishes), *wanted, *made.changes))
    refused = ""
    if kind.holds != ARCHITECTURE:
        refused = _refusal(document, saved, path, doing.wishes) or _no_place(document, made, path)
    else:
        bare = made if not holds_any else plan(asked.changed(weights=()), environment, kind.planned, model, given)
        made = replace(made, changes=(*made.changes, *_weights_needed(bare.document)))
    diagnosis = None if refused else made.diagnosis
    diagnosis = diagnosis or diagnose(document if refused else made.document, environment, custom_objects=given)
    stops = any(finding.effect == "fails" and finding.cause not in _GIVEN for finding in diagnosis.findings)
    can_be = not refused and not stops
    write_it = can_be and not doing.dry
    if write_it:
        _write(made.document, document.path, path, kind, doing.force)
    lost = saved.lost if kind.holds != ARCHITECTURE or holds_any else ()  # of an architecture, which has none to lose
    if saved.lost and not lost:
        verification = Verification(reason="there are no weights to compute with")
    elif saved.lost or saved.found:
        what = "are lost" if saved.lost else "were found by a search"
        verification = Verification(reason=f"tensors of the source {what}: there is nothing to compare with")
    else:
        case = Case(asked, document, made.document, diagnosis, environment, weights=kind.holds == WEIGHTS)
        verification = _verified(doing, case, write_it, can_be)
    return RepairReport(
        document.path,
        path if write_it else "",
        made,
        diagnosis,
        verification,
        kind.holds,
        document.damage,
        lost,
        refused,
    )


def _verified(doing: _Doing, case: Case, written: bool, can_be: bool) -> Verification:
    """Return what a comparison shows; of a plan that is to be compared in releases, with a result written for that."""
    verify, path, kind = doing.verifier.verify, doing.path, doing.kind
    if not (can_be and kind.runs):
        return verify(case)
    if written:
        return verify(replace(case, file=path))
    if doing.verifier.mode != IN_RELEASES:
        return verify(case)
    import tempfile

    with tempfile.TemporaryDirectory(prefix="keras-doctor-") as folder:
        path = os.path.join(folder, os.path.basename(path))
        _write(case.result, case.original.path, path, kind, force=True)
        return verify(replace(case, file=path))


def _opened(source: str | PathLike[str] | ModelDocument) -> ModelDocument:
    return unwrapped(source if isinstance(source, ModelDocument) else read(os.fspath(source)))


def _joined(document: ModelDocument, architecture: str | PathLike[str] | ModelDocument) -> ModelDocument:
    """Return the document with the config of another. Raises ValueError when there is none."""
    other = _opened(architecture)
    if other.config is None:
        raise ValueError(f"there is no architecture in {other.path}: {other.title or other.format}")
    if not any(group.tensors for group in document.weights) and not document.damage:
        raise ValueError(f"no weights are read of {document.path}: {document.title or document.format}")
    return with_architecture(document, other)


def _saved(document: ModelDocument, wishes: Wishes, read_all: bool = False) -> Salvage:
    """Return what survives of a document; all of it, unread, when nothing says that it is damaged."""
    if not (document.damage or wishes.fill or read_all):
        return Salvage(document, ())
    if not wishes.fill:
        return salvage(document)
    from keras_doctor.rescue.filling import stand_in

    return salvage(document, stand_in(wishes.fill))


def _salvaged(saved: Salvage, wishes: Wishes) -> tuple[Change, ...]:
    made = [Change("salvage", saved.dropped, kind=LOSSY, note="the model computes the same")] if saved.dropped else []
    for name, by in saved.found:
        note = f"told by {by}, since nothing in the file leads to it"
        made.append(Change("salvage", f"found the tensor of {name} again", kind=APPROXIMATE, note=note))
    for one in saved.lost if wishes.fill else ():
        how = "zeros" if wishes.fill == "zeros" else "the first values of its initializer"
        made.append(Change("fill", f"{one.layer}/{one.name} is lost: {how} stand in", kind=LOSSY, note=one.reason))
    return tuple(made)


def _weights_needed(bare: ModelDocument) -> tuple[Change, ...]:
    """Return what is said of an architecture in which layers stand for formulas, with the numbers in their weights.
    `bare`: the plan of a model without weights; those that it has are such numbers.
    """
    count = sum(len(group.tensors) for group in bare.weights)
    if not count:
        return ()
    what = f"{count} numbers of formulas are weights of layers, which an architecture leaves out"
    note = "without the weights of a repair that has them, a model made of it computes something else"
    return (Change("numbers-in-weights", what, kind=APPROXIMATE, note=note),)


_SHOWN = 8


def _refusal(document: ModelDocument, saved: Salvage, path: str, wishes: Wishes) -> str:
    """Return why a model with lost tensors is not written; "" when none are lost or something stands in for them."""
    if not saved.lost or wishes.fill:
        return ""
    if not any(group.tensors for group in document.weights):
        return (
            f"it holds no weights: those of another file go into it with keras-doctor repair WEIGHTS {path} "
            f"--architecture {document.path}; --fill initializer gives it those of a model that is not trained"
        )
    count = sum(len(group.tensors) for group in saved.document.weights)
    told = "; ".join(str(one) for one in saved.lost[:_SHOWN]) + (" …" if len(saved.lost) > _SHOWN else "")
    return (
        f"{len(saved.lost)} of the model's {count} tensors are lost: {told}. The others can be saved alone "
        f"(--to safetensors), or something can stand in: keras-doctor repair {document.path} {path} --fill zeros"
    )


def _no_place(document: ModelDocument, made: Plan, path: str) -> str:
    """Return why a model is not written whose format has no place for what some layers own: it would not load. ""
    where there are none.
    """
    if not made.unplaced:
        return ""
    names = [name for name, _ in made.unplaced]
    shown = f"{', '.join(names[:_SHOWN])}{' …' if len(names) > _SHOWN else ''}"
    told = f"layers of the user's own would lose their weights: {shown}: {made.unplaced[0][1]}"
    if document.format not in LEGACY and document.format not in STORES:
        return told
    ending = ".h5" if document.format in LEGACY else ".keras"
    return f"{told}. They keep them with keras-doctor repair {document.path} {os.path.splitext(path)[0]}{ending}"


def _no_model(document: ModelDocument, path: str) -> str:
    what = document.title or document.format
    if any(group.tensors for group in document.weights):
        stem = os.path.splitext(path)[0]
        return (
            f"no architecture is left in it: borrow that of a sister file with --architecture FILE, or save the "
            f"weights alone: keras-doctor repair {document.path} {stem}.safetensors"
        )
    return f"there is no model in it to be written: {what}"


def _survivors(document: ModelDocument) -> ModelDocument:
    """Return the weights of a salvaged document by the names of their layers, without what stands in for lost ones."""
    groups = (
        replace(
            group,
            tensors=tuple(
                tensor
                for tensor in group.tensors
                if not (isinstance(tensor, Expression) and tensor.operation == "zeros")
            ),
        )
        for group in document.weights
    )
    return document.changed(config=None, weights=tuple(group for group in groups if group.tensors))


def _weights_alone(doing: _Doing, saved: Salvage) -> RepairReport:
    """Write the tensors that survive, in the layout that they have, where no architecture is known."""
    document, kind = doing.document, doing.kind
    result = saved.document
    form = kind.written
    if form != "safetensors":
        form = "hdf5-weights" if result.format in LEGACY else "v3-weights"
        if result.format not in (*LEGACY, *STORES):
            raise ValueError(f"the weights of a {result.format} without its architecture go to .safetensors only")
    if not doing.dry:
        _write(result, document.path, doing.path, replace(kind, written=form), doing.force)
    made = Plan(result, target_of(doing.environment, kind.planned), _salvaged(saved, Wishes()))
    verification = Verification(reason="there is no architecture to compute with")
    where = "" if doing.dry else doing.path
    diagnosis = diagnose(document, doing.environment)
    return RepairReport(document.path, where, made, diagnosis, verification, WEIGHTS, document.damage, saved.lost)


def _write(result: ModelDocument, source: str, path: str, kind: Kind, force: bool) -> None:
    from keras_doctor.writers import write

    if kind.holds == WEIGHTS:
        result = result.changed(config=None)
    result.path = source  # which the writer never writes over
    write(result, path, kind.written, force=force)
