"""The model uses a class or function that is not part of Keras, and it is not given to the loader.

**What happens.** `Unknown layer: 'Scale'`, `Could not locate class 'Scale'. Make sure custom classes and functions are
decorated with @keras.saving.register_keras_serializable()`, `Unknown loss function: my_loss`.

**Why.** A file holds the name and the arguments of a custom object, never its code: that is in the program that made
the model.

**How to mend.** Import or copy the definition, and give it: `load_model(path, custom_objects={"Scale": Scale})`. Only
for a loss or metric, `compile=False` is enough to predict.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import known_where, release_of, shown, word_for
from keras_doctor.rules.strangers import is_operation, stage_cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD401", "custom-object-missing", "custom-object-missing", "error", ("object:unresolved",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a name that no release of Keras knows."""
    found: Resolution = step.subject
    reference = found.reference
    if found.problem not in ("unknown", "unlocated", "module", "not-saveable") or is_operation(reference):
        return
    package = (reference.module or "").partition(".")[0]
    if package in ("keras", "tf_keras", "tensorflow") or known_where(reference.name, reference.kind):
        return
    registered = reference.registered_name
    name = shown(registered if registered and registered != "function" else reference.name, 60)
    short = name.rpartition(">")[2]
    held = f", which {shown(reference.parent, 60)} uses" if reference.parent and reference.key != "layers" else ""
    given = {name, reference.name} & set(context.options.custom_objects)
    if given and has("drops-custom-objects", found.api.library, found.api.version):
        yield RULE.finding(
            step,
            f"{release_of(found.api)} does not hand custom_objects on for HDF5, so that {name} is unknown to it",
            remedies=(Remedy("Give its definition by a scope:", _in_scope(context.document.path, name, short)),),
        )
        return
    yield RULE.finding(
        step,
        f"the {word_for(reference.kind)} {name}{held} is not part of Keras, and its definition is not given",
        evidence=(f"the config says that it stands in {shown(reference.module)}",)
        if reference.module and reference.module != "builtins"
        else (),
        remedies=(
            Remedy(
                "Give its definition to the loader:",
                f"load_model({context.document.path!r}, custom_objects={{{name!r}: {short}}})",
            ),
        ),
        cause=_stumbling(step, found) or RULE.cause,
    )


def _in_scope(path: str, name: str, short: str) -> str:
    """Return lines of Python that load a model inside a scope of custom objects."""
    return (
        f"with keras.utils.custom_object_scope({{{name!r}: {short}}}):\n    model = keras.models.load_model({path!r})"
    )


def _stumbling(step: Step, found: Resolution) -> str:
    """Return the cause where the release does not miss the object but stumbles over its name: Keras 3, which asks a
    name of a training config in HDF5 for the config that it would have.
    """
    bare = found.problem == "unknown" and found.api.line == "keras-3"
    return stage_cause(step, found.reference) if bare else ""


EXAMPLES = (
    Ill(lambda: sequential(("Scale", {}), form="hdf5-model", module=""), "the layer Scale is not part of Keras"),
    Well(lambda: sequential(("Dense", {"units": 3}))),
    Well(lambda: sequential(("LocallyConnected1D", {}), form="hdf5-model", module="")),
)
