"""Data of the model lies outside the file.

**What happens.** A link or a dataset points to another file, by a path that the file itself names. h5py follows it:
the "weights" are then whatever lies at that path on the machine that loads. Keras 3 refuses external storage since
3.12.1 and 3.13.2, and links since 3.12.2 and 3.14.1. Nothing here follows them.

**Why.** HDF5 tools can make such files for good reasons; Keras never does. CVE-2026-1669 is the name of its misuse.

**How to mend.** Copy the data into one file where both are, with `h5repack` or h5py.
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
    "KD804",
    "outside-data",
    "security-refused",
    "warning",
    (
        "oddity:external-link",
        "oddity:external-storage",
        "oddity:virtual-dataset",
        "oddity:soft-link",
        "oddity:user-link",
    ),
    effect="unknown",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report data that is elsewhere. A soft link stays inside the file, and is only unusual."""
    soft = step.subject.kind == "soft-link"
    yield RULE.finding(
        step,
        f"{'an unusual link' if soft else 'data outside the file'}: {step.subject.what}",
        severity="info" if soft else "error",
        effect="" if soft else None,
    )


EXAMPLES = (
    Ill(
        lambda: sample(
            "hdf5-model",
            oddity=Oddity("external-link", "/model_weights/dense leads to /etc/passwd", "/model_weights/dense"),
        ),
        "/etc/passwd",
    ),
    Well(lambda: sample("hdf5-model")),
)
