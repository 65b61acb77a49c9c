"""The config lacks a keyword that the class requires in this release.

**What happens.** `Dense.__init__() missing 1 required positional argument: 'units'`, `KeyError: 'query_shape'`.

**Why.** Keras 1 had other names for most arguments (`output_dim`, `nb_filter`), and no release but Keras 2.0 to 2.3
translates them. tf.keras 2.4 wrote MultiHeadAttention without the shapes that later releases build it by. Or the config
was written by hand, or by a `get_config` that forgets some.

**How to mend.** Load a Keras 1 model with Keras 2.3.1, or repair it; else add the keyword to the config.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import named, release_of
from keras_doctor.rules.strangers import stage_cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD304", "keyword-missing", "missing-keyword", "error", ("keyword:missing",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the keywords without a default that the config does not give."""
    made: Built = step.subject
    # The constructor never comes into it where `from_config` takes a key out itself: KeyError: 'query_shape'.
    by_loader = set(made.missing) & set(made.api.wanted_before(made.definition))
    yield RULE.finding(
        step,
        f"{named(made.reference)} lacks {', '.join(made.missing)}, which {release_of(made.api)} requires",
        evidence=(f"the config gives: {', '.join(sorted(map(str, made.config))[:24])}",),
        remedies=ways_out(context),
        cause=stage_cause(step, made.reference) or ("config-value" if by_loader else RULE.cause),
    )


EXAMPLES = (
    Ill(lambda: sequential(("Dense", {"name": "dense"})), "lacks units"),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
