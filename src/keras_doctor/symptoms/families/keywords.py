"""Keywords that a constructor does not take, or misses."""

from __future__ import annotations

from keras_doctor.symptoms.remedies import LEGACY_KERAS, NEWER_KERAS_3
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


def _unrecognized(scene: Scene, match: re.Match[str]) -> Reading:
    return Reading("unknown-keyword", "x", (LEGACY_KERAS, NEWER_KERAS_3))


SYMPTOMS = (Symptom(("unrecognized keyword argument",), _unrecognized, strength=7),)
