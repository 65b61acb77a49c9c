"""The config of a model is a list, which Keras 3 and tf.keras 2.1 and 2.2 do not read.

**What happens.** `TypeError: pop expected at most 1 argument, got 2`, `AttributeError: 'list' object has no attribute
'items'`, from text in Keras 3.15 `Expected 'config' to be a dict for Sequential, instead got <class 'list'>`.

**Why.** Up to 2.2.2 Keras wrote a Sequential model as the bare list of its layers. Keras 2.2.3 and later write a dict
with the name and the layers. Keras 3 takes keywords out of the config of each model before it looks at its class, and a
list has none; tf.keras 2.1 and 2.2 go through them one by one.

**How to mend.** Load it with Keras 2.2.3 to 2.15 and save it again, or repair it: the list becomes a dict.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample, sequential
from keras_doctor.rules.spoken import named, release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD313", "keywords-in-list", "config-value", "error", ("config:list",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a model whose config is no dict."""
    reference, api = step.subject
    form = "a list of its layers" if isinstance(reference.config, list) else "no dict of keywords"
    yield RULE.finding(
        step,
        f"the config of {named(reference)} is {form}, which {release_of(api)} does not read",
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(
        lambda: sample("hdf5-model", config={"class_name": "Sequential", "config": []}),
        "is a list of its layers",
    ),
    Well(lambda: sequential(("Dense", {"units": 3}), form="hdf5-model", module="")),
)
