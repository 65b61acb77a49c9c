"""The file is not a Keras model.

**What happens.** No release of Keras opens it, whatever it is called. What the loader says depends on the name and the
release: `Unable to open file (file signature not found)`, `File not found: filepath=… Please ensure the file is an
accessible .keras zip file`, `File format not supported`, `SavedModel file does not exist at`, `Not a zip file`.

**Why.** The download brought an error message or a web page, the model was saved by another library or pickled, the
wrong file of a project was taken, or nothing was ever written.

**How to mend.** The finding names what the file is, and the way from there. A model of another library is loaded with
that library; an error page is downloaded again from the right address; an empty file must come from another copy.
"""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import KINDS, names
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import literal, python, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD103",
    "not-a-model",
    "not-a-model",
    "error",
    ("format:unknown", *(f"format:{name}" for name in names("foreign"))),
    effect="fails",
)

# Which page was saved in place of the file → how to get the file.
_PAGES: dict[str, tuple[Remedy, ...]] = {
    "google-drive-scan": (
        Remedy(
            (
                "Google Drive asks before it sends a large file, and the page with the question was saved. "
                "gdown answers it:"
            ),
            "pip install gdown && gdown --fuzzy 'https://drive.google.com/file/d/FILE_ID/view'",
        ),
    ),
    "google-drive-quota": (
        Remedy(
            "Google Drive sends this file no more today: try again tomorrow, or copy it to a drive of your own first."
        ),
    ),
    "google-drive": (
        Remedy("Share the file with everyone who has the link, then download it with gdown.", "pip install gdown"),
    ),
    "github": (
        Remedy(
            "Take the address of the file, not of the page that shows it: /raw/ in place of /blob/, or "
            "the Download button."
        ),
    ),
    "huggingface": (
        Remedy("Take the address of the file, not of the page that shows it: /resolve/ in place of /blob/."),
        Remedy("Or download it with the Hub's own tool:", "pip install huggingface_hub && hf download REPOSITORY FILE"),
    ),
    "dropbox": (Remedy("Let the address end in dl=1 in place of dl=0: then Dropbox sends the file."),),
    "kaggle": (Remedy("Kaggle sends files only to who is signed in; its tool does that:", "pip install kaggle"),),
    "onedrive": (Remedy("Take the Download button's address; a shared link opens a page."),),
    "login": (Remedy("The server wants to know who asks: sign in, or send the access token with the download."),),
    "browser-check": (Remedy("The server checks for a browser first: download the file with one."),),
}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report what the file is."""
    document = context.document
    if document.format == "unknown":
        if not document.damage:  # damage is other rules' matter
            yield RULE.finding(
                step,
                "nothing here that a loader of Keras reads, nor any other kind of file that is known here",
                evidence=(f"{document.size:,} bytes",),
                remedies=(Remedy("Check which file was meant, and whether its copy or download was complete."),),
            )
        return
    kind = KINDS[document.format]
    yield RULE.finding(
        step,
        f"{'this is' if kind.cause == 'damaged-file' else 'not a Keras model but'} {document.title}",
        evidence=tuple(_evidence(document)),
        remedies=(*_special(document), *(_remedy(text, document.path) for text in kind.remedies)),
        cause=kind.cause,
    )


def _evidence(document: ModelDocument) -> Iterator[str]:
    facts = document.facts
    if document.format == "pickled-keras":
        yield f"the pickle refers to {facts.get('held')}"
    if document.format == "npz" and document.path.endswith((".keras", ".h5", ".hdf5")):
        yield "a NumPy archive is a zip too, and was given a model's name"


def _special(document: ModelDocument) -> Iterator[Remedy]:
    """Yield what can be done about this very file, before what holds for its kind."""
    facts = document.facts
    yield from _PAGES.get(facts.get("page", ""), ())
    if document.format != "pickled-keras":
        return
    for ending, what, offset, length in facts.get("inside", ()):
        target = f"{document.path.rpartition('.')[0] or document.path}-rescued{ending}"
        source, made = literal(document.path), literal(target)
        code = f"f = open({source}, 'rb'); f.seek({offset}); open({made}, 'xb').write(f.read({length}))"
        unpack = f"\npython -m tarfile -e {quote(target)} {quote(target[: -len(ending)])}" if ending == ".tar" else ""
        yield Remedy(
            f"The pickle keeps {what} as it is: cut it out, without running the pickle.",
            python(code.replace("'", '"')) + unpack,
        )


def _remedy(text: str, path: str) -> Remedy:
    """Return a remedy of the table, with the path put into its command."""
    words, _, command = text.partition("\n")
    if command.startswith("python: "):
        return Remedy(words, python(command[len("python: ") :].replace("{literal}", literal(path))))
    return Remedy(words, command.replace("{path}", quote(path)))


EXAMPLES = (
    Ill(lambda: sample("onnx", container="file", title="an ONNX model, written by pytorch 2.1.0"), "an ONNX model"),
    Ill(lambda: sample("empty", container="file", title=KINDS["empty"].title), "an empty file"),
    Ill(
        lambda: sample(
            "html", container="text", title="a web page (HTML)", facts={"page": "github"}, path="model.keras"
        ),
        "a web page",
    ),
    Ill(
        lambda: sample(
            "pickled-keras",
            container="file",
            path="model.pkl",
            title=KINDS["pickled-keras"].title,
            facts={"inside": ((".keras", "a .keras archive", 127, 11_583),)},
        ),
        "a Python pickle of a Keras model",
    ),
    Ill(lambda: sample("unknown", container="file"), "nothing here that a loader of Keras reads"),
    Well(sample),
    Well(lambda: sample("git-lfs-pointer", container="text")),
)
