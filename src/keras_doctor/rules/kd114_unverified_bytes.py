"""Some bytes were not verified.

**What happens.** Nothing: this is a note about what the verdict does not cover. A `.keras` archive keeps a checksum of
each member, which is compared by default up to 64 MB a file. HDF5 files keep no checksum of tensors, so a flipped bit
in a weight cannot be noticed by anyone; a SavedModel keeps checksums of its variables, and none of its graph.

**Why.** Comparing checksums means reading every byte, which for large files takes longer than everything else in a
check.

**How to mend.** `--deep` compares every checksum that there is. For bare HDF5, keep a checksum beside the file.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD114", "unverified-bytes", "other", "info", ("unverified",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Say how many bytes nothing vouches for."""
    document = context.document
    why = document.facts.get("unverified", "there is no checksum of")
    remedy = Remedy("Compare every checksum:", f"keras-doctor check --deep {quote(document.path)}")
    yield RULE.finding(
        step,
        f"{document.unverified_bytes:,} of {document.size:,} bytes are not verified: {why} their values",
        remedies=(remedy,) if "--deep" in why else (),
    )


EXAMPLES = (
    Ill(
        lambda: sample("hdf5-model", unverified_bytes=20_000, facts={"unverified": "HDF5 keeps no checksum of"}),
        "not verified",
    ),
    Well(sample),
)
