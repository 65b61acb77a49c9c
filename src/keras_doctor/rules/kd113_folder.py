"""The path is a folder, and not one that is a model.

**What happens.** A loader that wants a file opens a folder: `Permission denied` on Windows, `Is a directory`, `Unable
to open file`; a loader that knows SavedModel folders looks for `saved_model.pb` in it and does not find it.

**Why.** The folder around the model was given in place of the model; an unpacked download made a folder with the
file's name; a tool (MLflow, the Hugging Face cache, a training run) keeps the model some levels further down.

**How to mend.** Give the path of the model inside. The finding names those that are there.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.contents import title_of
from keras_doctor.artifacts.foreign_kinds import KINDS, names
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD113",
    "folder",
    "path-problem",
    "error",
    tuple(f"format:{name}" for name in names("folder")),
    effect="fails",
)

_FILE_ENDINGS = (".h5", ".hdf5", ".keras", ".json", ".weights")
_SHOWN = 8


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the folder, and the models in it."""
    document = context.document
    models = document.facts.get("models", ())
    kind = KINDS[document.format]
    what = document.title or kind.title
    if document.path.rstrip("/\\").lower().endswith(_FILE_ENDINGS):
        what += ", although its name is a file's"
    if not models:
        message = f"this is {what}; there is no Keras model in it"
        if document.format == "orbax-step":
            message = f"this is {what}; the loader wants the folder around the steps"
    elif len(models) == 1:
        name, form = models[0]
        message = f"this is {what}; the model is inside: {name}, {title_of(form)}"
    else:
        message = f"this is {what} with {len(models)}{'' if len(models) < 20 else ' or more'} models in it"
    yield RULE.finding(
        step,
        message,
        evidence=tuple(_evidence(document, models)),
        remedies=tuple(_remedies(document, models)),
        cause=kind.cause,
    )


def _evidence(document: ModelDocument, models: tuple[tuple[str, str], ...]) -> Iterator[str]:
    if len(models) > 1:
        yield from (f"in it: {name}: {title_of(form)}" for name, form in models[:_SHOWN])
    entries = document.facts.get("entries", ())
    if not models and entries:
        yield f"in it: {', '.join(entries[:_SHOWN])}{', …' if len(entries) > _SHOWN else ''}"


def _remedies(document: ModelDocument, models: tuple[tuple[str, str], ...]) -> Iterator[Remedy]:
    path = document.path
    if document.format == "transformers-model":
        yield Remedy(
            "Load the folder with transformers: AutoConfig.from_pretrained tells which class it wants, and that "
            "class's from_pretrained loads it. load_model cannot."
        )
        return
    if document.format == "orbax-step":
        parent = os.path.dirname(path.rstrip("/")) or "."
        yield Remedy("Give the folder around the steps (Keras 3.14 and later):", f"keras-doctor check {quote(parent)}")
        return
    if document.format == "mlflow-model":
        yield Remedy("Load the folder with MLflow (mlflow.keras.load_model), or the Keras model in it by its own path.")
    if models:
        inner = os.path.join(path, models[0][0])
        yield Remedy("Give the loader the model's own path:", f"keras-doctor check {quote(inner)}")
    else:
        yield Remedy("Check the path; a model is a .keras or .h5 file, or a folder with saved_model.pb in it.")


EXAMPLES = (
    Ill(
        lambda: sample(
            "folder",
            container="directory",
            path="model.h5",
            title="a folder",
            facts={"models": (("model.h5", "hdf5-model"),)},
        ),
        "although its name is a file's; the model is inside: model.h5",
    ),
    Ill(
        lambda: sample(
            "folder",
            container="directory",
            path="runs",
            title="a folder",
            facts={"models": (("a.keras", "keras-v3"), ("b/saved", "savedmodel"))},
        ),
        "2 models in it",
    ),
    Ill(lambda: sample("folder", container="directory", path="data", title="a folder"), "no Keras model in it"),
    Ill(
        lambda: sample(
            "orbax-step", container="directory", path="checkpoints/3", title="one step of an Orbax checkpoint"
        ),
        "the folder around the steps",
    ),
    Well(lambda: sample("savedmodel")),
    Well(lambda: sample("keras-v3-directory", container="directory", path="model")),
)
