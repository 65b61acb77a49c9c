"""Two readers of this archive would see two different things.

**What happens.** A name occurs twice, members overlap, or the local header contradicts the directory. Python's reader
takes the last one of a name; a scanner or another tool may look at the first.

**Why.** Some tools append instead of replacing. It is also a known way to show a harmless config to a scanner and
another to the loader.

**How to mend.** Unpack it, look at what is there, and pack it again.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.wire.errors import Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD803",
    "ambiguous-archive",
    "security-refused",
    "warning",
    ("oddity:duplicate-member", "oddity:overlapping-members", "oddity:encrypted-member", "oddity:header-mismatch"),
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an ambiguity of the archive."""
    yield RULE.finding(step, f"the archive is ambiguous: {step.subject.what}")


EXAMPLES = (
    Ill(lambda: sample(oddity=Oddity("duplicate-member", "config.json is there twice", "config.json")), "twice"),
    Well(sample),
)
