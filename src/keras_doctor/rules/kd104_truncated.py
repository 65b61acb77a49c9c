"""The file ends too early.

**What happens.** The file is shorter than its own structure says. A loader opens it and stops with an error of the container ("truncated file",
"File is not a zip file", "bad magic number"), or does not recognise it at all.

**Why.** A download or copy stopped, the disk was full, the process died while it saved, or the file was taken while it was still being written.

**How to mend.** Get the file again from where it is whole, and compare sizes. Where there is no other copy, what survives can be recovered.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD104", "truncated", "damaged-file", "error", ("damage:truncated",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a truncation."""
    damage = step.subject
    yield RULE.finding(
        step,
        f"the file is cut short: {damage.what}",
        remedies=(Remedy("Copy or download the file again; compare its size with the original's."),),
    )


EXAMPLES = ()
