"""The file ends too early.

**What happens.** The file is shorter than its own structure says. A loader stops with an error of the container
("truncated file: eof = …", "File is not a zip file", "not an sstable"), or does not recognise the file at all ("File
not found: … Please ensure the file is an accessible `.keras` zip file").

**Why.** A download or a copy stopped, the disk was full, the process died while it saved, or the file was taken while
it was still being written. The end of a `.keras` archive is its table of contents, so every byte that is missing hides
all the members from a loader; an HDF5 file keeps its contents near the start, and loses the tensors at the end.

**How to mend.** Get the file again from where it is whole, and compare the sizes. Where there is no other copy,
everything that the evidence does not list as lost can be recovered.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote
from keras_doctor.wire.errors import Damage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD104", "truncated", "damaged-file", "error", ("damage:truncated",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report where the bytes end and what is lost."""
    damage = step.subject
    yield RULE.finding(
        step,
        f"cut short: {damage.what}",
        remedies=(
            Remedy(
                "Copy or download the file again, and compare its size and checksum with the original's.",
                f"sha256sum {quote(context.document.path)}",
            ),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sample(
            "hdf5-model", damage=Damage("truncated", "21,380 of 42,760 bytes are there", "/", 21_380, 21_380)
        ),
        "cut short",
    ),
    Well(lambda: sample("hdf5-model")),
)
