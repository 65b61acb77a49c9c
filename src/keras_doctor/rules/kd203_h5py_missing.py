"""h5py is not installed, and this file cannot be read without it.

**What happens.** The load fails where the weights are read: `No module named 'h5py'`, "`load_model()` using h5 format
requires h5py", or, in TensorFlow up to 2.6, a misleading `SavedModel file does not exist at`.

**Why.** `.h5` files and the weights inside `.keras` archives are HDF5, which Keras reads with h5py. pip installs it
with Keras and TensorFlow; it is missing where they were installed without their requirements, or where it could not be
built.

**How to mend.** Install h5py, for an old loader one before 3.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.clashes import needs_old_h5py
from keras_doctor.rules.installing import install, installed
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD203", "h5py-missing", "package-missing", "error", ("h5py:missing",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an environment without h5py that would read HDF5."""
    environment, document = context.environment, context.document
    if not environment.lacks("h5py") or document.facts.get("weights_npz"):
        return
    what = "the weights in a .keras archive are HDF5" if document.container != "hdf5" else "this file is HDF5"
    library, version = environment.release
    wanted = "h5py<3" if needs_old_h5py(library, version) else "h5py"
    yield RULE.finding(
        step,
        f"h5py is not installed, and {what}",
        evidence=(f"looked at: {environment.origin}",),
        remedies=(Remedy("Install it:", install(environment, wanted)),),
    )


EXAMPLES = (
    Ill(lambda: installed("hdf5-model", "keras==3.15.1 tensorflow==2.21.0"), "h5py is not installed"),
    Ill(lambda: installed("keras-v3", "keras==3.15.1 tensorflow==2.21.0"), "a .keras archive"),
    Ill(lambda: installed("hdf5-model", "tensorflow==2.4.4"), "h5py is not installed"),
    Well(lambda: installed("hdf5-model", "keras==3.15.1 tensorflow==2.21.0 h5py==3.14.0")),
    Well(lambda: installed("savedmodel", "tensorflow==2.4.4")),
    Well(lambda: sample("hdf5-model", env="keras==3.15.1 tensorflow==2.21.0")),
)
