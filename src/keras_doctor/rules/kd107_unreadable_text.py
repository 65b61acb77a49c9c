"""The config is not valid JSON (or YAML).

**What happens.** The text that describes the architecture cannot be parsed, and no loader gets past it:
`JSONDecodeError: Expecting value`, `Unterminated string starting at`, `KeyError`.

**Why.** The text ends in the middle, was edited by hand (single quotes, a trailing comma), was written with
`str(config)` instead of `json.dumps`, or its characters were converted by a tool.

**How to mend.** The evidence gives the place. An edit can be mended by hand; a cut text must come from another copy.
The weights are not affected: with the architecture rebuilt in code they can be loaded.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.wire.errors import Damage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD107", "unreadable-text", "damaged-file", "error", ("damage:text",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report text that does not parse.

    Training configs and metadata are not needed for a load that does not compile.
    """
    damage = step.subject
    part = damage.part.rsplit("@", 1)[-1]
    harmless = part == "metadata.json"
    yield RULE.finding(
        step,
        f"unreadable text: {damage.what}",
        severity="warning" if harmless else None,
        effect="" if harmless else None,
        remedies=(
            Remedy("Take another copy, or correct the text at that place; the weights beside it are not affected."),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sample(damage=Damage("text", "config.json: not JSON: Unterminated string", "config.json", 2_814)),
        "Unterminated",
    ),
    Well(sample),
)
