"""Kernels of convolutions that another backend trained: Theano turns a kernel around before it slides it over the
image, TensorFlow and all others do not.

Sources: keras/utils/conv_utils.py `convert_kernel`; keras/engine/topology.py of 2.0.0 and `_need_convert_kernel` of
2.0.9; tensorflow/python/keras/saving/hdf5_format.py up to 2.3. Keras 1 writes no backend into a file and turns nothing;
its TensorFlow names variables "…_W:0", its Theano "…_W".
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.weights_conversion import TURNED
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.owners import Owner, Owners

_CONVOLVING = (*TURNED, "Conv3DTranspose", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv2D")
# Keras 1's own classes have names of their own.
_OLD_NAMES = ("Convolution1D", "Convolution2D", "Convolution3D", "AtrousConvolution1D", "AtrousConvolution2D",
              "Deconvolution2D", "SeparableConvolution2D")  # fmt: skip
_SIZES = ("kernel_size", "nb_row", "nb_col", "filter_length", "kernel_dim1", "kernel_dim2", "kernel_dim3")


@record
class Unflipped:
    """Convolutions whose kernels the loader leaves, or turns, the wrong way round. `layers`: names; `writer` and
    `reader`: backends.
    """

    layers: tuple[str, ...]
    writer: str
    reader: str


def unflipped(load: Load, owners: Owners, listed: list[Owner]) -> Iterator[Step]:
    """Yield one step about the layers that would compute something else."""
    stated = load.document.facts.get("weights_backend")
    writer = stated or backend_of_names(load.document)
    reader = load.environment.backend or "tensorflow"
    if not writer or writer == reader:
        return
    needs = (writer == "theano") != (reader == "theano")
    flips = _flips(load, stated, writer, reader)
    if not needs and not flips:
        return
    keras_1 = (load.document.facts.get("weights_keras_version") or "1") == "1"
    opens = load.does("converts-inside-models") or (keras_1 and load.does("converts-keras-1-weights"))
    wrong = [owner for owner, reached in _convolutions(load, owners, listed, opens) if needs != (flips and reached)]
    if wrong:
        names = tuple(owner.name for owner in wrong)
        yield Step("weights", ("arrays:unflipped",), Locus(path=wrong[0].node.path), Unflipped(names, writer, reader))


def backend_of_names(document: ModelDocument) -> str:
    """Return the backend that the names of a Keras 1 file's arrays tell, "" when they tell none."""
    names = document.facts.get("weight_names") or ()
    if document.provenance.era != "keras-1" or not names:
        return ""
    return "tensorflow" if any(name.endswith(":0") for name in names) else "theano"


def _flips(load: Load, stated: object, writer: str, reader: str) -> bool:
    """Tell whether the loader turns the kernels of the classes that it knows."""
    if not stated:
        return False
    if load.does("flips-other-kernels"):
        return True
    return load.does("flips-theano-kernels") and (writer == "theano") != (reader == "theano")


def _convolutions(
    load: Load, owners: Owners, layers: list[Owner], opens: bool, reached: bool = True, depth: int = 0
) -> Iterator[tuple[Owner, bool]]:
    """Yield the layers that slide a kernel of more than one place, and whether the loader's conversion reaches them."""
    if depth > 32:
        return
    for owner in layers:
        name = owner.class_name
        if name in _CONVOLVING or name in _OLD_NAMES:
            if _wide(owner):
                yield owner, reached and name in TURNED
            continue
        inner = owners.inside(owner)
        held = owners.held(owner, "layer")
        if held is not None:
            inner = [held]
        models = name != "Functional" or load.does("converts-inside-functional")
        yield from _convolutions(load, owners, inner, opens, reached and opens and models, depth + 1)


def _wide(owner: Owner) -> bool:
    """Tell whether a kernel has more than one place, so that it matters which way round it is."""
    for key in _SIZES:
        size = owner.config.get(key)
        if any(isinstance(one, int) and one > 1 for one in (size if isinstance(size, list) else [size])):
            return True
    return False
