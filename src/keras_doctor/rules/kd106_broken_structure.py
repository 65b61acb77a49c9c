"""The structure of the file is broken.

**What happens.** Where the file's own structure should stand (a header, a table, an index) there is something else:
zeros, or bytes that contradict each other. A loader stops with an error of the container, or misses the part.

**Why.** A disk block that was never written (zeros), an overwritten stretch, a flipped bit in a header, a size that
does not fit the shape that is stated. Of a checkpoint whose structure contradicts itself the process may die, where
TensorFlow is older than 2.4.4, 2.5.2, 2.6.1 or 2.7.0 (CVE-2021-41203).

**How to mend.** Get the file again. Where there is no other copy, what the evidence does not name can still be read.
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

RULE = Rule(
    "KD106",
    "broken-structure",
    "damaged-file",
    "error",
    ("damage:structure", "damage:zeroed", "damage:size"),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report structure that cannot be read."""
    yield RULE.finding(
        step,
        f"the file is damaged: {step.subject.what}",
        remedies=(Remedy("Copy or download the file again; what is not named here can still be read from this one."),),
    )


EXAMPLES = (
    Ill(lambda: sample(damage=Damage("zeroed", "zeros where the superblock should be", "/", 0, 512)), "is damaged"),
    Well(sample),
)
