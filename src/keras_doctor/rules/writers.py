"""What the release that saved a model did: questions of the rules about silent changes."""

from __future__ import annotations

from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.provenance import Provenance

_LIBRARIES = {"tf_keras": "tf-keras"}
_LINES = {"keras-1": "1.2.2", "keras-2": "2.3.1", "keras-3": "3.15.1"}
_SPREAD = ("1.13.2", "1.15.5", "2.3.4", "2.6.0", "2.15.0")  # where nothing tells the version of tf.keras


def writer_did(behaviour: str, provenance: Provenance) -> bool | None:
    """Tell whether the saving release behaved so (`releases/behaviours.tsv`); None when it is not known who saved."""
    era, library = provenance.era, provenance.library
    if not era:
        return None
    if era in _LINES and library in (None, "keras"):
        return has(behaviour, "keras", provenance.earliest or _LINES[era])
    # tf.keras up to 2.5 goes by the version of TensorFlow, which is also the minor of its own Keras from 2.6 on.
    versions = [word for word in provenance.tensorflow.split() if word[:1].isdigit()]
    versions = versions or [one for one in (provenance.earliest, provenance.latest) if one] or list(_SPREAD)
    library = _LIBRARIES.get(library or "", library or "tf.keras")
    answers = {has(behaviour, library, version.partition("-")[0]) for version in versions}
    return answers.pop() if len(answers) == 1 else None


def changed(behaviour: str, provenance: Provenance, library: str, version: str) -> bool | None:
    """Tell whether the saving release and the loading one differ in a behaviour; None when that is not known."""
    before = writer_did(behaviour, provenance)
    return None if before is None else before != has(behaviour, library, version)
