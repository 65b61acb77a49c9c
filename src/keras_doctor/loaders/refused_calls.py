"""Calls that standalone Keras before 3 cannot make, and tf.keras before 2.0 partly: what the layers of later releases
learnt since.

Sources: `Flatten` of keras/layers/core.py, `BatchNormalization.build` of keras/layers/normalization.py,
`SeparableConv1D` of keras/layers/convolutional.py (its padding is refused by `_preprocess_padding` of
keras/backend/tensorflow_backend.py), `TimeDistributed.call` of keras/layers/wrappers.py, each of 2.2.4 and 2.3.1;
`batch_dot` of keras/backend/tensorflow_backend.py of 2.2.4 and tensorflow/python/keras/backend.py of 1.15.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import model_layers, name_of
from keras_doctor.loaders.graphs import Inferred
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load

STANDALONE = ("keras-1", "keras-2")
MATRICES = "multiplies-matrices"
_LOST_PHASE = "loses-learning-phase"
_LOOPS = ("LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM2D")
_MOST_WRAPPERS = 16  # around one layer


def steps(load: Load, root: ConfigNode, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the layers that the release cannot call on what comes in."""
    for shape in shapes:
        entry = root.at(shape.path)
        name, config = str(entry.get("class_name")), entry.get("config")
        check = _CHECKS.get(name) if load.api.line in STANDALONE else None
        if not isinstance(config, dict):
            continue
        inputs = [call.input_shapes for call in shape.calls]
        why = next(filter(None, (check(load, entry, one) for one in inputs)), "") if check is not None else ""
        if why:
            subject = Inferred(load.api, name_of(entry.value), name, why)
            yield Step("graph", ("graph:impossible",), Locus(path=shape.path), subject)
        elif name == "Dot" and load.does(MATRICES):
            yield from _multiplied(load, shape, entry)


def _flatten(load: Load, entry: ConfigNode, shapes: tuple[Shape | None, ...]) -> str:
    shape = shapes[0] if shapes else None
    if shape is None:
        return ""
    if len(shape) < 3 and not entry.path.endswith(".layer"):  # a wrapper calls it without a look at its input
        return "it takes 3 dimensions or more, with the batch, and gets " + str(len(shape))
    return "" if all(shape[1:]) else "a size of what comes in is open"


def _normalized(load: Load, entry: ConfigNode, shapes: tuple[Shape | None, ...]) -> str:
    listed = isinstance(ConfigNode(entry.get("config")).get("axis"), list)
    return "its axis is a list, where this release takes a number" if listed else ""


def _separable(load: Load, entry: ConfigNode, shapes: tuple[Shape | None, ...]) -> str:
    causal = ConfigNode(entry.get("config")).get("padding") == "causal"
    return "this release does not pad a separable convolution causally" if causal else ""


def _distributed(load: Load, entry: ConfigNode, shapes: tuple[Shape | None, ...]) -> str:
    """Where the number of samples is known, a variable is asked for that only a step with dropout sets before."""
    shape = shapes[0] if shapes else None
    if not load.does(_LOST_PHASE) or not shape or shape[0] is None:
        return ""
    inner = ConfigNode(entry.get("config")).get("layer")
    for _ in range(_MOST_WRAPPERS):
        node = ConfigNode(inner)
        layers = model_layers(node)
        config = ConfigNode(node.get("config"))
        if layers:
            ends = config.get("output_layers")
            named = [
                layer.value for layer in layers if isinstance(ends, list) and ends and name_of(layer.value) in ends[0]
            ]
            inner = named[0] if named else layers[-1].value
        elif node.get("class_name") == "TimeDistributed":
            inner = config.get("layer")
        else:
            break
    dropped = config.get("dropout") or config.get("recurrent_dropout")
    loops = node.get("class_name") in _LOOPS and not dropped
    return "the number of samples is known, and then it cannot hold a recurrent layer" if loops else ""


_CHECKS: dict[str, Callable[[Load, ConfigNode, tuple[Shape | None, ...]], str]] = {
    "Flatten": _flatten,
    "BatchNormalization": _normalized,
    "SeparableConv1D": _separable,
    "TimeDistributed": _distributed,
}


def _multiplied(load: Load, shape: LayerShape, entry: ConfigNode) -> Iterator[Step]:
    """Yield a Dot of more than matrices: a release multiplies the last two dimensions, and the others go along."""
    for call in shape.calls:
        one, other = (*call.input_shapes, None, None)[:2]
        if one is None or other is None or max(len(one), len(other)) < 4:
            continue
        along: list[Any] = [pair for pair in zip(one[1:-2], other[1:-2], strict=False) if None not in pair]
        where = Locus(path=shape.path)
        if len(one) > len(other) or any(first != second for first, second in along):
            reason = "it multiplies tensors of more than three dimensions as matrices, and these do not fit so"
            yield Step("graph", ("graph:impossible",), where, Inferred(load.api, name_of(entry.value), "Dot", reason))
        else:
            reason = f"what {name_of(entry.value)[:60]} makes of tensors of more than three dimensions is not known"
            yield Step("graph", (), where, unexamined=reason)
        return
