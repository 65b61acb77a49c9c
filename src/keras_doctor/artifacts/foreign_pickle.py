"""Python pickles, and what they hold: by the names in them, never by unpickling.

A pickle of a Keras model is worth a closer look: since Keras 2.7 it keeps the whole model as one string of bytes (a
tar of a SavedModel in 2.7 to 2.12, a `.keras` archive since), which can be cut out without running the pickle. Source:
keras/saving/pickle_utils.py (2.7 to 2.15), keras/src/saving/keras_saveable.py (3.x).
"""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document
from keras_doctor.wire.pickled import Pickled, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source

FORMATS = ("pickle", "pickled-keras", "joblib", "pytorch-legacy")
KIND = ("binary", "text")
MAGIC = tuple((bytes((0x80, protocol)), 0) for protocol in range(2, 6))
FALLBACK = True  # protocols 0 and 1 have no signature
PRIORITY = 45

# torch/serialization.py: the first of the pickles in a file of torch.save before 1.6 is this number.
_TORCH = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e"
_KERAS = ("keras.", "tensorflow.keras.", "tensorflow.python.keras.", "tf_keras.", "keras_core.")
_JOBLIB = ("joblib.numpy_pickle", "sklearn.externals.joblib.numpy_pickle")
# Names that say how something is put together, not what it is.
_MACHINERY = (
    "copy_reg.", "copyreg.", "__builtin__.", "builtins.", "_codecs.", "_io.", "collections.", "functools.",
    "joblib.numpy_pickle", "numpy.core.multiarray.", "numpy._core.", "numpy.dtype", "numpy.ndarray",
)  # fmt: skip
_LONG = 1_000  # opcodes
_TAR_MARK = 257  # offset of "ustar" in a tar header


def recognises(probe: Probe) -> bool:
    """Tell whether the bytes are the opcodes of a pickle."""
    head = probe.head
    if head.startswith(b"PK") or not head:
        return False
    found = scan(probe.source)
    if head[0] == 0x80:
        return found.opcodes >= 3 and (found.whole or found.cut or bool(found.names))
    # Without a signature only a whole pickle is believed, or a long one that begins like one and names classes.
    rest = probe.source.read_up_to(found.end, 16)
    long = found.opcodes >= _LONG and bool(found.names)
    return found.opcodes >= 3 and (
        (found.whole and not rest.strip()) or (head[0] in b"(}]c" and (long or _is_joblib(found)))
    )


def read(probe: Probe) -> ModelDocument:
    """Return a document that says what the pickle holds."""
    if probe.head.startswith(_TORCH):
        return document(probe, "pytorch-legacy")
    return describe(probe, scan(probe.source))


def describe(probe: Probe, found: Pickled) -> ModelDocument:
    """Return the document of a scanned pickle."""
    keras = next((name for name in found.names if name.startswith(_KERAS)), None)
    held = next((name for name in found.names if not name.startswith(_MACHINERY)), None)
    kind = "pickled-keras" if keras else "joblib" if _is_joblib(found) else "pickle"
    detail = f" ({held})" if held and not keras else "" if held or not found.names else " (NumPy arrays)"
    return document(
        probe,
        kind,
        detail,
        protocol=found.protocol,
        names=found.names[:50],
        held=held or "",
        cut=found.cut,
        inside=_inside(probe.source, found) if keras else (),
    )


def _is_joblib(found: Pickled) -> bool:
    return any(name.startswith(_JOBLIB) for name in found.names)


def _inside(source: Source, found: Pickled) -> tuple[tuple[str, str, int, int], ...]:
    """Return the models that the pickle keeps as bytes: ending, what it is, where it starts, how long it is."""
    models = []
    for blob in found.blobs:
        if blob.head.startswith(b"PK\x03\x04"):
            models.append((".keras", "a .keras archive", blob.offset, blob.length))
        elif blob.head.startswith(b"\x89HDF\r\n\x1a\n"):
            models.append((".h5", "an HDF5 model", blob.offset, blob.length))
        elif source.read_up_to(blob.offset + _TAR_MARK, 5) == b"ustar":
            models.append((".tar", "a tar archive of a SavedModel", blob.offset, blob.length))
    return tuple(models)
