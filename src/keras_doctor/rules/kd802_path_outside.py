"""A member's path leads out of the folder that it would be unpacked into.

**What happens.** The archive (or a shard index) names a path with `..`, an absolute path, a drive letter or a link.
Unpacking it with a careless tool writes outside the target folder.

**Why.** Keras never writes such names: the file was made on purpose, or by a broken tool. Before 3.12.2 and 3.14.0
Keras compared them with the working folder instead of the target (GHSA-hqp4-2352-xf5r).

**How to mend.** Do not unpack it. Nothing here follows such a path.
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

RULE = Rule("KD802", "path-outside", "security-refused", "error", ("oddity:path-traversal", "oddity:symlink-member"))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a name that leads outside."""
    yield RULE.finding(
        step,
        f"a path leads outside: {step.subject.what}",
        remedies=(Remedy("Do not unpack or load a file of unknown origin that does this."),),
    )


EXAMPLES = (
    Ill(
        lambda: sample(oddity=Oddity("path-traversal", "assets/../../etc/cron.d/x", "assets/../../etc/cron.d/x")),
        "leads outside",
    ),
    Well(sample),
)
