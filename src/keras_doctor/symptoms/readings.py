"""Readings, and ways to make one, that several families share."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import (
    BY_NAME,
    CHECK,
    LEGACY_KERAS,
    NEWER_KERAS_3,
    REBUILD,
    SAME_CODE,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

FIRST_BYTES = "What are the first bytes and the size of the file? keras-doctor check PATH says what it is"


ZIP_FOR_OLD = Reading(
    "format-not-supported",
    "a .keras archive was given to a loader that does not know that format (TensorFlow 2.11 and before, Keras 1 and 2)",
    (UPGRADE, NEWER_KERAS_3, Remedy("Or save it again as .h5 with a release that reads it.", 'model.save("model.h5")')),
    "medium",
    "the file's first bytes are PK (a zip)",
    "KD207",
)


def broken(what: str, *remedies: Remedy, code: str = "KD908", **more: str) -> Reading:
    """Return that the environment is broken."""
    return Reading("environment-broken", what, remedies, code=code, **more)  # type: ignore[arg-type]


def mismatch(what: str, *remedies: Remedy, confidence: str = "high", when: str = "", code: str = "") -> Reading:
    """Return that the weights do not fit."""
    return Reading("weights-mismatch", what, remedies or (SAME_CODE, BY_NAME, REBUILD), confidence, when, code)


def unsaved(what: str, *remedies: Remedy, confidence: str = "high") -> Reading:
    """Return that nothing, or half a file, was written."""
    return Reading("save-refused", what, remedies, confidence, code="KD901")


LOADING = ("load", "construct", "resolve", "graph", "compile", "weights")


OTHER_FORM = (SAME_VERSION, UPGRADE, LEGACY_KERAS, CHECK, REBUILD)


def value(what: str, *remedies: Remedy, confidence: str = "high", **more: str) -> Reading:
    """Return that a value of the config has another form."""
    return Reading("config-value", what, remedies or OTHER_FORM, confidence, **more)  # type: ignore[arg-type]


def build_missing(scene: Scene, match: re.Match[str]) -> Reading:
    """Tell of a build() that misses arguments."""
    return Reading(
        "graph-reconstruction",
        f"{match['name'] or 'a layer'} is built from an older config that does not say which of its inputs are "
        f"which (keyword inputs of a Keras 2 graph)",
        (LEGACY_KERAS, SAME_VERSION, REBUILD),
        "medium" if not match["name"] else "high",
    )


LIST_OR_DICT = Reading(
    "config-value",
    "the config of a Sequential model is a list in old releases (before Keras 2.2.3) and a dict in newer ones; "
    "this loader reads the other form",
    (
        Remedy(
            "Load it with a newer release (Keras 2.2.4 or later, tensorflow>=2; TensorFlow 2.1 alone does not "
            "read the list): most read both forms (upgrade, or TensorFlow 2.0).",
            "pip install -U tensorflow",
        ),
        Remedy("Or wrap the list in a dict in the config.", "keras-doctor check PATH"),
        SAME_VERSION,
    ),
)


def row(
    cause: str,
    code: str,
    what: str,
    marks: tuple[str, ...],
    *remedies: Remedy,
    sure: str = "high",
    strength: int = 5,
) -> Symptom:
    """Return a plain symptom: these words, this cause."""
    return Symptom(marks, (Reading(cause, what, remedies, sure, code=code),), strength=strength)


def field(dump: str, key: str) -> str:
    """Return the text of a key in a printed config, "" when it is not there."""
    match = re.search(rf"['\"]{key}['\"]:\s*(?:['\"](?P<text>[^'\"]*)['\"]|(?P<bare>None))", dump)
    return (match["text"] or match["bare"] or "") if match else ""
