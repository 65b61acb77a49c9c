"""The weights of a file are for another number of layers than the model has.

**What happens.** `You are trying to load a weight file containing 3 layers into a model with 2 layers`, `Layer count
mismatch when loading weights from file. Model expected 2 layers, found 3 saved layers`; where the list of layers is
missing, `KeyError: "Can't open attribute (can't locate attribute: 'layer_names')"`.

**Why.** HDF5 weights go to the layers one after the other, whatever their names are, and layers without variables are
not counted. A layer that owns variables in one release and none in another (TensorFlow 2.5 alone keeps the bins of a
Discretization in one), a Merge in a Sequential of Keras 1, or weights that were saved of another model break the count.

**How to mend.** Load the file with the release that saved it. Where the weights belong to another architecture, build
that one in code and call `load_weights` on it.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_hdf5 import Misfit

RULE = Rule(
    "KD507",
    "layers-uncounted",
    "weights-mismatch",
    "error",
    ("arrays:layers", "arrays:unlisted"),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the two numbers, and which layers want weights."""
    misfit: Misfit = step.subject
    if "arrays:unlisted" in step.tags:
        message = f"the weights have no list of layers that {release_of(misfit.api)} could go by"
        evidence: tuple[str, ...] = ("the attribute layer_names is not there",)
    else:
        message = (
            f"the file has weights for {misfit.found} layers, "
            f"and the model in {release_of(misfit.api)} has {misfit.expected} that take some"
        )
        groups = [group.owner for group in context.document.weights if group.tensors]
        evidence = (f"in the file: {_names(groups)}", f"in the model: {_names(misfit.names)}")
    yield RULE.finding(
        step, message, evidence=evidence, remedies=(fresh(context.document, context.environment.python),)
    )


def _names(names: tuple[str, ...] | list[str]) -> str:
    told = ", ".join(shown(name, 40) for name in names[:12])
    return told + (", …" if len(names) > 12 else "") if names else "none"


EXAMPLES = (
    Ill(lambda: in_hdf5({"dense": ((4, 3), (3,)), "more": ((3, 1),)}), "weights for 2 layers"),
    Ill(lambda: in_hdf5({}), "weights for 0 layers"),
    Ill(lambda: in_hdf5({"dense": ((4, 3), (3,))}, layer_names=None), "no list of layers"),
    Well(lambda: in_hdf5({"dense": ((4, 3), (3,))})),
    Well(lambda: in_hdf5({"another_name": ((4, 3), (3,)), "empty": ()})),
)
