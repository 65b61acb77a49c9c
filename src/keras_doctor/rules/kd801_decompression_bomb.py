"""A member inflates to far more than it stores.

**What happens.** A few kilobytes of the archive become gigabytes when they are read. Keras releases before 3.12.3 (of
that line) and 3.15.0 inflate config and weights without a bound, and the process runs out of memory.

**Why.** Weights of a real model hardly compress; a ratio of hundreds to one is made on purpose (or is a tensor of
zeros).

**How to mend.** Do not load it. If the source is trusted, unpack it in a process with a memory limit.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.wire.errors import Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD801", "decompression-bomb", "resource-limit", "error", ("oddity:zip-bomb",), effect="unknown")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a member that would inflate beyond all bounds."""
    yield RULE.finding(
        step,
        f"inflates far beyond its size: {step.subject.what}",
        remedies=(Remedy("Do not load a file of unknown origin that does this."),),
    )


EXAMPLES = (
    Ill(lambda: sample(oddity=Oddity("zip-bomb", "config.json stores 4 kB and declares 4 GB", "config.json")), "4 GB"),
    Well(sample),
)
