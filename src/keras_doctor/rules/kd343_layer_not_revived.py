"""A layer of the SavedModel cannot be built from its config here, and nothing else is tried.

**What happens.** `Keyword argument not understood: invert`, `Unable to restore object of class 'Normalization' likely
due to name conflict with built-in Keras class`, `Unable to restore a layer of class StringLookup. Layers of class
StringLookup require that the class be provided`, `Error when deserializing class 'InputLayer'`.

**Why.** The loader builds each layer from its config and falls back on the saved functions when that fails; but up to
2.11 only some errors let it fall back, layers that need tables never do, and the input of a Sequential is made of its
config in any case.

**How to mend.** Load it with the release that saved it, or a later one up to 2.15.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived
from keras_doctor.rules.spoken import shown, told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD343", "layer-not-revived", "savedmodel-revive", "error", ("savedmodel:layer",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer and what its class does not take."""
    found = step.subject
    keywords = ", ".join(shown(name, 40) for name in found.keywords[:8])
    why = f"its keywords {keywords} are not known" if keywords else found.problem
    name = f" {shown(found.name, 60)}" if found.name else ""
    yield RULE.finding(
        step,
        f"{told(context.environment)} cannot bring back the {shown(found.class_name, 60)}{name}: {why}",
        remedies=ways_out(context),
        cause=found.cause or RULE.cause,
    )


EXAMPLES = (
    Ill(
        lambda: revived("tensorflow==2.10.1", layer=("Dense", {"units": 3, "brand_new": 1})), "brand_new are not known"
    ),
    Well(lambda: revived("tensorflow==2.15.1", layer=("Dense", {"units": 3, "brand_new": 1}))),
)
