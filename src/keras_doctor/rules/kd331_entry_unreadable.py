"""An entry of the config has a form that this release takes for no object.

**What happens.** `TypeError: string indices must be integers`, `Improper config format`, `KeyError: 'class_name'`,
`Saved configuration not understood`, `Could not interpret metric function identifier: None`.

**Why.** An object of a config is a name, or `{"class_name": …, "config": {…}}`; the optimizer always the latter. Files
that say it otherwise were edited, written by another program, or hold an object that its release could not save.

**How to mend.** If it stands in the training config, load the model with `compile=False` and compile it; else write the
entry in the form above.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential, trained
from keras_doctor.rules.spoken import release_of, shown, word_for
from keras_doctor.rules.strangers import stage_cause
from keras_doctor.rules.uncompiled import uncompiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD331", "entry-unreadable", "config-value", "error", ("object:unresolved",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an entry that names no object."""
    found: Resolution = step.subject
    reference = found.reference
    if found.problem != "form":
        return
    held = f" of {shown(reference.parent, 60)}" if reference.parent else ""
    yield RULE.finding(
        step,
        f"{release_of(found.api)} makes no {word_for(reference.kind)}{held} of this entry",
        evidence=(f"the config says: {shown(reference.config)}",),
        remedies=uncompiled(context) if step.stage == "compile" else (),
        cause=stage_cause(step, reference) or RULE.cause,
    )


EXAMPLES = (
    Ill(lambda: trained(optimizer_config="adam"), "makes no optimizer of this entry"),
    Ill(lambda: trained(loss=3), "makes no loss of this entry"),
    Ill(
        lambda: sequential(
            ("Dense", {"units": 3, "kernel_initializer": {"odd": 1}}),
            form="hdf5-model",
            module="",
            env="tensorflow==2.15.1",
        ),
        "makes no initializer of Dense",
    ),
    Ill(
        lambda: sequential(
            ("TensorFlowOpLayer", {"name": "op", "node_def": {"op": "Mul"}, "constants": {}}),
            form="hdf5-model",
            module="",
            env="python==3.7 tensorflow==1.14.0",
        ),
        "makes no layer of TensorFlowOpLayer",
    ),
    Well(lambda: trained()),
)
