"""What the frames alone say when no message is known: the stage that a load (or a save) had reached."""

from __future__ import annotations

from keras_doctor.symptoms.symptom import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene


def readings(scene: Scene) -> tuple[Reading, ...]:
    """Return the readings for the last stage that the frames show, () when they show none."""
    return ()
