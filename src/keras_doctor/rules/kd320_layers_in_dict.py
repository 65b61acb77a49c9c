"""The config of a Sequential model is a dict, and this release wants the bare list of its layers.

**What happens.** `KeyError: 0`, `TypeError: string indices must be integers`, `AttributeError: 'str' object has no
attribute 'get'`.

**Why.** Up to 2.2.2 Keras wrote a Sequential model as the list of its layers. Keras 2.2.3, tf.keras and Keras 3 write a
dict with the name and the layers, in which older releases look for the first layer under the key 0.

**How to mend.** Load it with a release from Keras 2.2.3 on, or repair it: the dict becomes the list in it.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample, sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD320", "layers-in-dict", "config-value", "error", ("sequential:dict",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a Sequential model whose config is a dict."""
    reference, api = step.subject
    name = reference.config.get("name") if isinstance(reference.config, dict) else None
    called = f" {shown(name, 60)}" if isinstance(name, str) else ""
    yield RULE.finding(
        step,
        f"the config of the Sequential model{called} is a dict, and {release_of(api)} wants a list of layers",
        remedies=ways_out(context),
    )


_OLD = "python==3.6 keras==2.2.2 tensorflow==1.10.1"
_LIST = {"class_name": "Sequential", "config": []}

EXAMPLES = (
    Ill(
        lambda: sequential(("Dense", {"units": 3}), form="hdf5-model", module="", env=_OLD),
        "the Sequential model sequential is a dict",
    ),
    Well(lambda: sequential(("Dense", {"units": 3}), form="hdf5-model", module="", env="keras==2.2.4")),
    Well(lambda: sample("hdf5-model", config=_LIST, env=_OLD)),
)
