"""The environment that a text gives away."""

from __future__ import annotations

from keras_doctor.environments import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

# Line of releases → how its newest release is named in an environment.
_SPECS = {
    "keras-1": "keras=={}", "keras-2": "keras=={}", "keras-2.6": "tensorflow=={}", "keras-3": "keras=={}",
    "tensorflow": "tensorflow=={}", "tf-keras": "tf-keras=={}",
}  # fmt: skip


def setting_of(scene: Scene) -> Environment | None:
    """Return the environment in which a text's frames can have been, None where they leave more than one line open.

    Of several releases the newest counts.
    """
    if len(scene.place.releases) != 1:
        return None
    line, releases = scene.place.releases[0]
    words = [_SPECS[line].format(releases[-1])]
    if scene.place.python:
        words.append(f"python=={scene.place.python}")
    try:
        return Environment.parse(" ".join(words))
    except ValueError:
        return None
