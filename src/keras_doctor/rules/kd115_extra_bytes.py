"""There are bytes before or after the model.

**What happens.** Most loaders read past them: a zip is found from its end, HDF5 from its start (or after a user
block). Bytes after the end of a zip of more than 64 kB hide it. Others can be fooled by them: a file that is two
formats at once means one thing to one reader and another to the next.

**Why.** A download that was appended to, two files concatenated, a self-extracting stub, or a container made on
purpose.

**How to mend.** Save the model anew, or cut the extra bytes off.
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

RULE = Rule("KD115", "extra-bytes", "other", "warning", ("oddity:trailing-bytes", "oddity:prefix-bytes"))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report bytes that do not belong to the model."""
    yield RULE.finding(step, f"bytes that are not part of the model: {step.subject.what}")


EXAMPLES = (
    Ill(
        lambda: sample(oddity=Oddity("trailing-bytes", "4,096 bytes after the end of the archive", offset=20_000)),
        "4,096 bytes",
    ),
    Well(sample),
)
