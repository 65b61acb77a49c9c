"""Convolutions and pooling layers that another backend trained: Theano turns a kernel around before it slides it over
the image, TensorFlow and all others do not, and it lays windows otherwise where it pads.

Sources: keras/utils/conv_utils.py `convert_kernel`; keras/engine/topology.py of 2.0.0 and `_need_convert_kernel` of
2.0.9; tensorflow/python/keras/saving/hdf5_format.py up to 2.3. Keras 1 writes no backend into a file and turns nothing;
its TensorFlow names variables "…_W:0", its Theano "…_W".
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.keras1 import translate
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.weights_conversion import TURNED
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

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


@record
class Misaligned:
    """Layers whose padding `same` begins at another place with the backend that reads than with the one that wrote."""

    layers: tuple[str, ...]
    writer: str
    reader: str


def unflipped(load: Load, owners: Owners, listed: list[Owner]) -> Iterator[Step]:
    """Yield one step about the layers that would compute something else."""
    stated = load.document.facts.get("weights_backend")
    writer, reader = _backends(load)
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


def misaligned(load: Load, owners: Owners, listed: list[Owner]) -> Iterator[Step]:
    """Yield one step about the layers whose windows lie otherwise."""
    writer, reader = _backends(load)
    silent = not writer and load.document.provenance.era == "keras-1"  # no variable whose name would tell
    if not silent and (not writer or (writer == "theano") == (reader == "theano")):
        return
    wrong = [owner for owner in _padded(owners, listed) if not _aligned(owner, owners)]
    if wrong and silent:
        reason = f"which backend {wrong[0].name[:80]} comes from is not known, and each pads otherwise"
        yield Step("call", (), Locus(path=wrong[0].node.path), unexamined=reason)
    elif wrong:
        names = tuple(owner.name for owner in wrong)
        yield Step("call", ("theano:padding",), Locus(path=wrong[0].node.path), Misaligned(names, writer, reader))


def _backends(load: Load) -> tuple[str, str]:
    """Return the backends of the file and of the environment; "" where a file does not tell its own."""
    stated = load.document.facts.get("weights_backend")
    return str(stated or backend_of_names(load.document)), load.environment.backend or "tensorflow"


def _padded(owners: Owners, layers: list[Owner], depth: int = 0) -> Iterator[Owner]:
    """Yield the layers that pad so that an image keeps its size, at every depth."""
    if depth > DEFAULT_LIMITS.depth:
        return
    for owner in layers:
        held = owners.held(owner, "layer")
        config = owner.config
        if config.get("padding", config.get("border_mode")) == "same" and "Transpose" not in owner.class_name:
            yield owner
        yield from _padded(owners, [held] if held is not None else owners.inside(owner), depth + 1)


def _aligned(owner: Owner, owners: Owners) -> bool:
    """Tell whether Theano begins its windows where TensorFlow begins them, along every side."""
    config = {**translate(owner.class_name, owner.config)}
    pools = "pool_size" in config or "Pool" in owner.class_name
    windows, steps = _numbers(config.get("pool_size" if pools else "kernel_size")), _numbers(config.get("strides"))
    if not windows:
        return True
    steps = steps or (windows if pools else [1])
    dilation = _numbers(config.get("dilation_rate")) or [1]
    windows = [(size - 1) * dilation[-1] + 1 for size in windows]
    shape = owners.shapes.get(owner.node.path)
    came = shape.input_shapes[0] if shape is not None and shape.input_shapes else None
    rank = int(next((letter for letter in owner.class_name if letter in "123"), "2"))
    sides: tuple[int | None, ...] = (None,) * rank
    if came is not None and len(came) >= rank + 2:
        sides = came[-rank:] if config.get("data_format") == "channels_first" else came[-rank - 1 : -1]
    for place, side in enumerate(sides):
        window, step = windows[place % len(windows)], steps[place % len(steps)]
        theano = (window - 2 if window > 2 and window % 2 else window - 1) if pools else window // 2
        if step > 1 and side is None:
            return False
        total = window - 1 if step == 1 or side is None else max((-(-side // step) - 1) * step + window - side, 0)
        if theano != total // 2:
            return False
    return True


def _numbers(value: object) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, int) and one > 0]


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
    if depth > DEFAULT_LIMITS.depth:
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
