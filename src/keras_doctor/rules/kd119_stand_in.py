"""The file is a stand-in: the model itself is somewhere else.

**What happens.** A small text, or a file of zeros, lies where the model should be. The loader says that it is no HDF5
file or no zip archive.

**Why.** Git LFS, git-annex and DVC keep large files outside the repository and leave a note in it; without their tool,
or with a download of the repository as a zip, one gets the note. Cloud drives keep files online and show placeholders.
macOS writes side files whose names begin with `._`. A browser's download that is still under way has an extra ending.

**How to mend.** Fetch the real file with the tool that left the note. The note often says how large the file must be.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.foreign_kinds import KINDS, names
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote
from keras_doctor.wire.errors import Damage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD119",
    "stand-in",
    "not-a-model",
    "error",
    ("damage:truncated", "format:zero-filled", *(f"format:{name}" for name in names("pointer"))),
    effect="fails",
)

_DEPTH = 64  # folders that are looked through upwards for the repository


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the stand-in, or that a file that is cut short is a download under way."""
    document = context.document
    if document.format not in KINDS or KINDS[document.format].family != "pointer":
        yield from _under_way(step, document)
        return
    kind = KINDS[document.format]
    size = document.facts.get("object_size")
    yield RULE.finding(
        step,
        f"this is {document.title or kind.title}",
        evidence=(f"the real file has {size:,} bytes, this one has {document.size:,}",) if size else (),
        remedies=(*_remedies(document), *(Remedy(text) for text in kind.remedies)),
        cause=kind.cause,
    )


def _under_way(step: Step, document: ModelDocument) -> Iterator[Finding]:
    from keras_doctor.artifacts.foreign_bytes import PARTIAL

    beside = next((document.path + ending for ending in PARTIAL if os.path.exists(document.path + ending)), "")
    if document.path.lower().endswith(PARTIAL) or beside:
        yield RULE.finding(
            step,
            "the download is not finished" + (f": {os.path.basename(beside)} still lies beside it" if beside else ""),
            remedies=(Remedy("Let it finish, or start it again."),),
            severity="warning",
            effect="",
            cause="damaged-file",
        )


def _remedies(document: ModelDocument) -> Iterator[Remedy]:
    path = document.path
    folder, name = os.path.split(path)
    at = quote(folder or ".")
    if document.format == "git-lfs-pointer":
        if _repository(path):
            yield Remedy("Fetch the file with Git LFS:", f"git lfs install && git -C {at} lfs pull")
        else:
            yield Remedy(
                "Clone the repository with Git LFS instead of downloading it as a zip:",
                "git lfs install && git clone ADDRESS",
            )
            yield Remedy(
                "Or download the file from its page: on GitHub media.githubusercontent.com/media/ in place of "
                "raw.githubusercontent.com/, on Hugging Face /resolve/ in place of /raw/."
            )
    elif document.format == "git-annex-pointer":
        yield Remedy("Fetch the file with git-annex:", f"git -C {at} annex get {quote(name)}")
    elif document.format == "dvc-pointer":
        yield Remedy("Fetch the data with DVC:", f"dvc pull {quote(path)}")
    elif document.format == "icloud-placeholder":
        yield Remedy("On a Mac, download it:", f"brctl download {quote(path)}")
    elif document.format == "apple-double":
        real = os.path.join(folder, name.removeprefix("._"))
        if os.path.exists(real) and real != path:
            yield Remedy("Give the loader the file itself:", f"keras-doctor check {quote(real)}")
        else:
            yield Remedy("Copy the file itself, whose name is the same without the ._ before it.")


def _repository(path: str) -> bool:
    """Tell whether the path lies in a clone of a Git repository."""
    folder = os.path.dirname(os.path.abspath(path))
    for _ in range(_DEPTH):
        if os.path.exists(os.path.join(folder, ".git")):
            return True
        if os.path.dirname(folder) == folder:
            break
        folder = os.path.dirname(folder)
    return False


EXAMPLES = (
    Ill(
        lambda: sample(
            "git-lfs-pointer",
            container="text",
            size=134,
            title=KINDS["git-lfs-pointer"].title,
            facts={"object_size": 102_853_048},
        ),
        "a Git LFS pointer",
    ),
    Ill(lambda: sample("dvc-pointer", container="text", path="model.h5.dvc"), "a DVC file"),
    Ill(
        lambda: sample("hdf5-model", path="model.h5.crdownload", damage=Damage("truncated", "500 bytes are missing")),
        "the download is not finished",
    ),
    Well(lambda: sample("hdf5-model", damage=Damage("truncated", "500 bytes are missing"))),
    Well(sample),
)
