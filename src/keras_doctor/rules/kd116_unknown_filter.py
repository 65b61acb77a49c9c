"""Tensors are compressed with a filter that HDF5 does not have built in.

**What happens.** The dataset was written through a plugin filter (blosc, zstd, bitshuffle, szip …). h5py reads it only
where that plugin is installed: `OSError: Can't synchronously read data (can't open directory … required filter 'blosc'
is not registered)`.

**Why.** Keras never writes filters: the file was re-packed, or its weights were written by another program.

**How to mend.** Install the plugin package and import it before the load, or re-pack the file without filters where it
can be read.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote
from keras_doctor.wire.errors import Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD116", "unknown-filter", "hdf5-filter-missing", "error", ("oddity:unknown-filter",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Name the filter, and the package that brings it."""
    path = context.document.path
    yield RULE.finding(
        step,
        f"unreadable without a plugin: {step.subject.what}",
        remedies=(
            Remedy(
                "Install the usual plugins and import them before loading:",
                "pip install hdf5plugin\npython -c 'import hdf5plugin, keras; …'",
            ),
            Remedy(
                "Or re-pack the file without filters, where the plugin is:",
                f"h5repack -f NONE {quote(path)} {quote(path + '.plain.h5')}",
            ),
        ),
    )


EXAMPLES = (
    Ill(
        lambda: sample(
            "hdf5-model", oddity=Oddity("unknown-filter", "filter 32001 (blosc)", "/model_weights/dense/dense/kernel:0")
        ),
        "blosc",
    ),
    Well(lambda: sample("hdf5-model")),
)
