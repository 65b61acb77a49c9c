"""What a stated version says: which writers call themselves so."""

from __future__ import annotations

from keras_doctor.artifacts.dating_writers import WRITERS, order
from keras_doctor.records import record


@record
class Stated:
    """A version as a file states it, the writers that call themselves so (none for a release that is not known here),
    its library and era.
    """

    text: str
    writers: int
    library: str | None
    era: str
    release: bool = True  # of Keras, not of TensorFlow.js


# The first release of each era in the one order of versions, its library and its name; "-tf" makes those before 2.6
# tf.keras's.
_ERAS = (
    ((0,), "keras", "keras-1"),
    ((2,), "keras", "keras-2"),
    ((2, 4), "tf.keras", "tf.keras"),
    ((2, 12), "tf.keras", "tf.keras-v3"),
    ((2, 16), "tf_keras", "tf.keras-v3"),
    ((3,), "keras", "keras-3"),
)


def parse(text: str | None) -> Stated | None:
    """Return what a stated version means, None when there is none. Any text is taken: "2.2.4-tf", "3.0.0.dev2023",
    "tfjs-layers 4.22.0".
    """
    if not text or type(text) is not str:
        return None
    text = text.strip()[:80]
    if text.startswith("tfjs"):  # TensorFlow.js writes the configs of Keras 2
        return Stated(text, 0, None, "keras-2", False)
    key = order(text)
    if key == (0,):
        return None
    own = text.endswith("-tf")
    writers = 0
    for index, (_, low, high, _, library, _) in enumerate(WRITERS):
        fits = text in (low, high) or (low != high and own and order(low) <= key <= order(high))
        writers |= (fits and own <= (library == "tf.keras")) << index
    library, era = next((library, era) for first, library, era in reversed(_ERAS) if key >= first)
    if own:
        library, era = "tf.keras", "tf.keras"
    return Stated(text, writers, library, era)
