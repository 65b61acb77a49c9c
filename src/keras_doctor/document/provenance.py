"""Who saved a model, and how that is known."""

from __future__ import annotations

from keras_doctor.records import record


@record
class Evidence:
    """One fact in a file that tells who wrote it: `what` it says, `where` it stands."""

    what: str
    where: str = ""


@record
class Provenance:
    """The saving side.

    `keras_version`: as the file states it ("2.2.4-tf"), None when it does not. `earliest`, `latest`: the Keras
    releases between which the writer lies by what the file shows (equal when it is stated); empty when nothing is
    known, and only `latest` when releases later than the newest known one can have written it too. `library`: "keras",
    "tf.keras" or "tf_keras", None when it cannot be told. `era`: "keras-0" (before 1.0), "keras-1", "keras-2",
    "tf.keras", "tf.keras-v3" (2.12 to 2.15, tf_keras) or "keras-3", "" when it cannot be told. `backend`: as stated.
    `tensorflow`: version of TensorFlow as the file has it ("2.8.4"), or the lines that follow from the rest ("2.4",
    "2.3 to 2.4"), "" when none does. `saved_at`: as stated, ISO 8601 without zone where the file has none. `mended_by`:
    the tool that changed the file for the release that it states.
    """

    keras_version: str | None = None
    earliest: str = ""
    latest: str = ""
    library: str | None = None
    era: str = ""
    backend: str | None = None
    tensorflow: str = ""
    saved_at: str = ""
    mended_by: str = ""
    evidence: tuple[Evidence, ...] = ()
