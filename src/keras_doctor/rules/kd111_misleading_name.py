"""The file's name does not say what it is.

**What happens.** The content is known here by its bytes, but many loaders go by the name: Keras 3 opens `.keras` as a
zip and `.h5` as HDF5, whatever is inside, and refuses any other ending, also `.KERAS`. Older loaders look at the
content.

**Why.** Keras 2 and tf.keras up to 2.12 write HDF5 whatever ending they are given; files are renamed by hand, by a
download, or by a tool that adds `.zip`.

**How to mend.** Give the file the ending that its content has.
"""

from __future__ import annotations

from keras_doctor.artifacts.formats import ENDINGS, title
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD111", "misleading-name", "format-not-supported", "warning", ("misnamed",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an ending that is not one of the format's own."""
    document = context.document
    endings, name = ENDINGS[document.format], document.path
    if document.format == "hdf5-weights" and name.endswith(".weights.h5"):
        base = name[: -len(".weights.h5")]
        message = "named .weights.h5, which Keras 2.12 and later read in the new layout, but this file has the old one"
    else:
        base = _stem(name)
        message = f"the content is {title(document.format)}, and the name does not end in {' or '.join(endings)}"
    command = f"mv {quote(name)} {quote(base + endings[0])}"
    yield RULE.finding(step, message, remedies=(Remedy("Rename it:", command),))


def _stem(name: str) -> str:
    folder, slash, last = name.rpartition("/")
    for ending in (".weights.h5", ".h5", ".hdf5", ".keras", ".pb", ".zip", ".model", ".bin"):
        if last.lower().endswith(ending) and len(last) > len(ending):
            last = last[: -len(ending)]
            break
    return folder + slash + last


EXAMPLES = (
    Ill(lambda: sample("hdf5-model", path="model.keras", env="tensorflow==2.4.4"), "does not end in"),
    Ill(lambda: sample("keras-v3", path="MODEL.KERAS", env="python==3.11"), "does not end in"),
    Well(lambda: sample("hdf5-model", path="model.keras")),  # refused for its name: KD207 says so
    Well(lambda: sample("hdf5-model", path="model.hdf5")),
)
