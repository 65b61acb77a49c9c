"""Bytes are not those that were written.

**What happens.** A checksum that was stored with the bytes does not match them. For a `.keras` archive Python's zip
reader raises `BadZipFile: Bad CRC-32 for file` when it comes to the end of that member; HDF5 files of the newer layout
refuse the object; many loaders read tensors without noticing and compute something else.

**Why.** A disk, memory or network error, a transfer that converted text, or an edit that did not update the checksum.

**How to mend.** Get the file again. A checksum says that something changed, not what: a model whose weights fail it
should not be trusted even where it loads.
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

RULE = Rule("KD105", "changed-bytes", "damaged-file", "error", ("damage:checksum",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a checksum that does not match."""
    yield RULE.finding(
        step,
        f"damaged bytes: {step.subject.what}",
        remedies=(
            Remedy("Copy or download the file again: the bytes at this place are not the ones that were saved."),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sample(
            damage=Damage(
                "checksum", "the bytes of model.weights.h5 are not those that were written", "model.weights.h5"
            )
        ),
        "damaged bytes",
    ),
    Well(sample),
)
