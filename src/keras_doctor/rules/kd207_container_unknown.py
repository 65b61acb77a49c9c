"""This loader does not read such a container, or takes it for another one.

**What happens.** The model is sound, and this release has no reader for what it is stored in, or picks the wrong
reader by the file's name: `File format not supported: filepath=…`, `File not found: filepath=…`, `Unable to open file
(file signature not found)`, `SavedModel file does not exist at`.

**Why.** Keras 3 reads `.keras` archives and `.h5` files, and goes by the name. tf.keras 2.12 to 2.15 and tf_keras read
HDF5, SavedModel and `.keras` archives. tf.keras up to 2.11 reads HDF5 and SavedModel, standalone Keras 1 and 2 HDF5
alone.

**How to mend.** Load it where its container is known, or convert the file.
"""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.installing import mended
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD207", "container-unknown", "format-not-supported", "error", ("opening:refused",), effect="fails")

# A release that reads each format, to be tried at once.
_READERS = {
    "keras-v3": ("keras", "tensorflow-cpu"),
    "keras-v3-directory": ("keras", "tensorflow-cpu"),
    "hdf5-model": ("keras", "tensorflow-cpu"),
    "savedmodel": ("tf-keras", "tensorflow-cpu"),
}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report how the loader refuses the container, and what to do about it."""
    document, found = context.document, step.subject
    described = document.architecture
    if described is not None and step.where.part == described.path:  # not the weights are refused, but their model
        document = described
    remedies: tuple[Remedy, ...] = ()
    if found.ending:
        renamed = _renamed(document.path, found.ending)
        remedies = (Remedy("Name the file after its content:", f"cp {quote(document.path)} {quote(renamed)}"),)
    else:
        remedies = mended(context) if document is context.document and document.config is not None else ()
        if document.format in _READERS:
            packages = " ".join(f"--with {name}" for name in _READERS[document.format])
            command = f"uv run {packages} python"
            remedies += (Remedy("Load it where its container is known, in an environment of its own:", command),)
    yield RULE.finding(
        step,
        found.why,
        evidence=(
            f"this is: {title(document.format, document.title)}",
            *((f"the loader says: {found.says}",) if found.says else ()),
        ),
        remedies=remedies,
    )


def _renamed(path: str, ending: str) -> str:
    """Return a path with another ending: "model.weights.h5" becomes "model_weights.h5"."""
    folder, slash, name = path.rpartition("/")
    stem = name[: -len(".weights.h5")] + "_weights" if name.endswith(".weights.h5") else name.rpartition(".")[0]
    return folder + slash + (stem or name) + ending


EXAMPLES = (
    Ill(lambda: sample("savedmodel"), "does not read SavedModel"),
    Ill(lambda: sample("keras-v3", env="tensorflow==2.4.4"), "not a .keras archive"),
    Ill(lambda: sample("hdf5-model", path="model.keras"), "zip archive"),
    Ill(lambda: sample("tfjs-layers", path="model.json", container="text"), "must be converted"),
    Well(lambda: sample("keras-v3")),
    Well(lambda: sample("savedmodel", env="tensorflow==2.15.1")),
)
