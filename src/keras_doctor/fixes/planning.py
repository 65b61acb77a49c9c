"""`plan()`: from the clashes of a document with a target to none, one fix after the other.

The target's own loader is followed; what clashes there is shown to the fixes that listen to it; then the loader is
followed again, until nothing is left to mend. Whether the result loads is for the same rules to say that judge any
other file.
"""

from __future__ import annotations

from keras_doctor.fixes._index import FIXES
from keras_doctor.fixes.dialects import drop_training, recast, state_modules, training
from keras_doctor.fixes.draft import Draft, GoneError
from keras_doctor.fixes.fix import EXACT, LOSSY, Change, Target
from keras_doctor.fixes.layer_order import order_layers
from keras_doctor.fixes.masked_calls import settle, uses_of
from keras_doctor.fixes.optimizer_state import carry_state
from keras_doctor.fixes.training import SLUG
from keras_doctor.layers.semantics import semantics_in
from keras_doctor.loaders.graphs import ERA_OF_LINE
from keras_doctor.loaders.load import api_of
from keras_doctor.loaders.tracing import Options, Step, trace
from keras_doctor.records import record, replace
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.findings import Diagnosis
    from keras_doctor.fixes.fix import FixModule
    from keras_doctor.sources.parsing import Code

ROUNDS = 40


@record
class Plan:
    """What is to be done: `changes` in order, and the `document` that they make, in the target's format.

    `lost`: groups of tensors that could not be told apart, with the reason; `unplaced`: layers of unknown classes whose
    tensors have no place in the format, with the reason. `exact`: every change is. `diagnosis`: what the target does
    with the document, where planning had to know; else None.
    """

    document: ModelDocument
    target: Target
    changes: tuple[Change, ...]
    lost: tuple[tuple[str, str], ...] = ()
    diagnosis: Diagnosis | None = None
    unplaced: tuple[tuple[str, str], ...] = ()

    @property
    def exact(self) -> bool:
        """Whether the model computes the same after all changes."""
        return all(change.kind == EXACT for change in self.changes)


def target_of(environment: Environment, form: str) -> Target:
    """Return what a repair aims at. Raises ValueError when it is not known which release would load the file."""
    library, version = environment.release
    if not library:
        raise ValueError("which Keras would load the file is not known: name it with --env, such as keras==3.15.1")
    api = api_of(library, version)
    era = ERA_OF_LINE.get(api.line, "").removesuffix("-v3")
    return Target(environment, api, era, form, semantics_in(environment))


def plan(
    document: ModelDocument,
    environment: Environment,
    form: str,
    path: str,
    custom_objects: tuple[str, ...] = (),
    code: Code | None = None,
    dequantize: bool = False,
) -> Plan:
    """Return how `document` becomes a file of the format `form` ("keras-v3", "hdf5-model") at `path` that loads in
    `environment`. `custom_objects`: names that whoever loads it gives; `code`: where they are defined. `dequantize`:
    int8 layers become plain ones.
    """
    target = replace(target_of(environment, form), dequantize=dequantize)
    draft = Draft(document, code)
    masks = uses_of(draft)
    changes = list(recast(draft, target, masks))
    changes += mended(Step("parse", ("draft",)), draft, target)
    changes += settle(draft, target, masks)
    changes += _without_assets(draft, target)
    draft.era = target.era
    state_modules(draft, target)  # of what the fixes put in
    result, diagnosis = made(draft, target, path), None
    for _ in range(ROUNDS):
        # All of it at once: fixes change what the walk goes over.
        steps = tuple(trace(result, environment, Options(custom_objects=custom_objects)))
        found = [change for step in steps for change in mended(step, draft, target)]
        if not found and draft.training is not None:
            diagnosis = diagnose(result, environment, custom_objects=custom_objects)
            if _stops_at_training(diagnosis):
                rewritten = any(change.fix == SLUG for change in changes)
                found = [drop_training(draft)] if rewritten else list(training(draft, target))
        if not found:
            break
        changes += found
        state_modules(draft, target)
        result, diagnosis = made(draft, target, path), None
    carried = list(carry_state(draft, target))
    if draft.slots:
        result, diagnosis = made(draft, target, path), None
    return Plan(result, target, (*changes, *carried), tuple(draft.lost), diagnosis, tuple(draft.unplaced(form)))


def _without_assets(draft: Draft, target: Target) -> list[Change]:
    """Leave out files beside the config where the format has no place for them, and say so."""
    if target.format == "keras-v3" or not draft.assets:
        return []
    names = ", ".join(asset.path.removeprefix("assets/") for asset in draft.assets[:4])
    draft.assets = ()
    note = "what a layer read from them is gone"
    return [Change("assets-dropped", f"leave out {names}: HDF5 has no place for files", kind=LOSSY, note=note)]


def _stops_at_training(diagnosis: Diagnosis) -> bool:
    """Tell whether what the model was compiled with is what stops the load."""
    found = [finding for finding in diagnosis.findings if finding.effect]
    return bool(found) and all(finding.stage == "compile" for finding in found)


def mended(step: Step, draft: Draft, target: Target) -> list[Change]:
    """Show a step to the fixes that listen to it. When one of this round has taken away what it is about, nothing comes
    of it: the next round follows the loader anew.
    """
    changes: list[Change] = []
    try:
        for name in dict.fromkeys(name for tag in step.tags for name in FIXES.get(tag, ())):
            changes.extend(_fix(name).mend(step, draft, target))
    except GoneError:
        pass
    return changes


def made(draft: Draft, target: Target, path: str) -> ModelDocument:
    """Return the draft as the target's own release would have saved it."""
    order_layers(draft.config)
    version = target.api.version
    provenance = replace(
        draft.source.provenance, keras_version=version, earliest=version, latest=version, era=target.era,
        backend=target.environment.backend or "tensorflow", library=target.api.library,
        mended_by="keras-doctor",
    )  # fmt: skip
    return draft.document(target.era, target.format, path, provenance=provenance, release=version)


def _fix(name: str) -> FixModule:
    module: FixModule = __import__(f"keras_doctor.fixes.{name}", None, None, ("FIX",))
    return module
