"""The config names a module of Keras that this release does not have.

**What happens.** `Could not deserialize class 'Functional' because its parent module keras.src.engine.functional cannot
be imported`.

**Why.** A `.keras` archive states for some classes the internal module that they stand in, and those move: Functional
stands in `keras.engine.functional` (2.12), `keras.src.engine.functional` (2.13 to 2.15), `keras.src.models.functional`
(3), `tf_keras.src.engine.functional` (tf-keras). So an archive opens in its own line of releases only.

**How to mend.** Load it with the line of releases that saved it, or repair it: the module is one word of the config,
but what follows (keywords, weights' names) differs too.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import named, release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD302", "module-moved", "module-moved", "error", ("object:unresolved",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an internal module of a Keras that the release cannot import."""
    found: Resolution = step.subject
    reference = found.reference
    package = (reference.module or "").partition(".")[0]
    if found.problem != "module" or package not in ("keras", "tf_keras", "tensorflow"):
        return
    yield RULE.finding(
        step,
        f"{release_of(found.api)} has no module {shown(reference.module)}, where {named(reference)} would stand",
        remedies=ways_out(context),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(
            ("Functional", {"layers": []}), module="keras.src.engine.functional", env="keras==3.0.5 tensorflow==2.16.2"
        ),
        "has no module keras.src.engine.functional",
    ),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
