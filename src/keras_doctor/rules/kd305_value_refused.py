"""A keyword has a value that this release does not accept.

**What happens.** `Invalid value for argument `reduction`. Expected one of {…}. Received: reduction=auto`, `The
`interpolation` argument should be one of …`.

**Why.** Constructors compare some arguments with a list, and lists change: losses of Keras 2 say `reduction: "auto"`,
which Keras 3 does not know.

**How to mend.** Load the file with a release that accepts the value; where the newer release has the same under another
name, a repair puts that in its place.
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

RULE = Rule("KD305", "value-refused", "config-value", "error", ("value:refused",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report each keyword whose value is none of those that the constructor accepts."""
    made: Built = step.subject
    for name, value, accepted in made.values:
        yield RULE.finding(
            step,
            f"{named(made.reference)} of {release_of(made.api)} does not accept {name} = {shown(value)!r}",
            evidence=(f"accepted: {', '.join(repr(one) for one in accepted[:12])}",),
            remedies=ways_out(context),
            cause=stage_cause(step, made.reference) or RULE.cause,
        )


EXAMPLES = (
    Ill(lambda: sequential(("Bidirectional", {"merge_mode": "maximum", "layer": None})), "does not accept merge_mode"),
    Well(lambda: sequential(("Bidirectional", {"merge_mode": "concat", "layer": None}))),
)
