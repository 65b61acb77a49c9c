"""Who saved a model: the writing release, and what in the file tells it."""

from __future__ import annotations

from keras_doctor.document.provenance import Evidence, Provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def date(
    *,
    config: Any,
    training: Any = None,
    stated_version: str | None = None,
    stated_backend: str | None = None,
    saved_at: str | None = None,
    facts: dict[str, Any],
    format: str,  # noqa: A002 - the document's field
) -> Provenance:
    """Return who wrote an artifact, by what it states and what it shows."""
    if not stated_version:
        return Provenance(backend=stated_backend, saved_at=(saved_at or "").replace("@", "T"))
    return Provenance(
        stated_version,
        stated_version,
        stated_version,
        "tf.keras" if stated_version.endswith("-tf") else "keras",
        "keras-3" if stated_version.startswith("3.") else "tf.keras",
        stated_backend,
        saved_at=(saved_at or "").replace("@", "T"),
        evidence=(Evidence(f"it states Keras {stated_version}"),),
    )
