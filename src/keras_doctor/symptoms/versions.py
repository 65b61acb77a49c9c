"""Which versions a text gives away: by the modules that its frames pass through, by paths, and by what people say."""

from __future__ import annotations

from keras_doctor.symptoms.explanation import Inferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.symptoms.scene import Scene

_PACKAGES = {
    "keras-1": "Keras", "keras-2": "Keras", "keras-2.6": "tf.keras of TensorFlow", "keras-3": "Keras",
    "tensorflow": "TensorFlow", "tf-keras": "tf_keras",
}  # fmt: skip


def inferred(scene: Scene) -> Iterator[Inferred]:
    """Yield the versions of a scene, the certain ones first."""
    for line, releases in scene.place.releases:
        how = (
            "its frames pass through modules that these releases have"
            if scene.parsed.frames and scene.place.packages
            else "these releases say so"
        )
        yield Inferred(_PACKAGES[line], "", releases[0], releases[-1], how)
    if scene.place.python:
        yield Inferred("Python", scene.place.python, how="a path in the text")
    for name, version in scene.stated:
        yield Inferred(name, version, how="said in the text, which is not always so")
