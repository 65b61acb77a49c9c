"""A class gets a keyword that it does not take in this release.

**What happens.** `Unrecognized keyword arguments passed to LSTM: {'time_major': False}`, `Keyword argument not
understood: groups`, `__init__() got an unexpected keyword argument 'ragged'`; Keras 3 wraps it in `Error when
deserializing class 'Dense' using config={…}` or `could not be deserialized properly`.

**Why.** `get_config` writes every argument of the constructor, also those that stand at their default, and an older or
newer release whose constructor has no such argument refuses the whole config. The models themselves are mostly equal.

**How to mend.** Load the file with a release that takes the keyword. Where it stands at its default it can be left out
without any loss, which is what a repair does.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import named, release_of, shown
from keras_doctor.rules.strangers import stage_cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD303", "keyword-unknown", "unknown-keyword", "error", ("keyword:refused",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the keywords that a constructor does not take, with their values."""
    made: Built = step.subject
    several = "s" if len(made.refused) > 1 else ""
    names = ", ".join(shown(name, 40) for name in made.refused[:8])
    given = ", ".join(f"{shown(name, 40)} = {shown(made.config.get(name), 60)}" for name in made.refused[:8])
    yield RULE.finding(
        step,
        f"{named(made.reference)} of {release_of(made.api)} does not take the keyword{several} {names}",
        evidence=(f"the config says: {given}",),
        remedies=ways_out(context),
        cause=stage_cause(step, made.reference) or RULE.cause,
    )


EXAMPLES = (
    Ill(
        lambda: sequential(("Dense", {"units": 3, "quantization_config": None}), env="keras==3.8.0 tensorflow==2.18.0"),
        "does not take the keyword quantization_config",
    ),
    Ill(lambda: sequential(("LSTM", {"units": 3, "time_major": False}), form="hdf5-model", module=""), "time_major"),
    Well(lambda: sequential(("Dense", {"units": 3, "quantization_config": None}))),
)
