"""The call of a model that was loaded: what would raise when it predicts for the first time.

What is looked for is known from calls in real releases: kernels that a CPU does not have, names that TensorFlow does
not take for scopes. (Lambda layers and inputs of another rank are told of where they are built.)
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.dtypes import compute_dtype
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.releases.unrunnable import unrunnable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from keras_doctor.document.model import LayerNode
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api
    from keras_doctor.releases.unrunnable import Unrunnable

# tensorflow/python/framework/ops.py: _VALID_SCOPE_NAME_REGEX; the outermost scope starts with a letter, digit or dot.
_SCOPE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.\\/>-")
_TRANSPOSED = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")
_FIRST = _SCOPE - set("_\\/>-")


@record
class Uncallable:
    """A layer that cannot be called, and why."""

    api: Api
    name: str
    class_name: str
    why: str
    keyword: str = ""
    value: Any = None


def steps(load: Load, shapes: Sequence[LayerShape]) -> Iterator[Step]:
    """Yield what happens when the model is called on inputs of the shapes that its config states.

    `shapes`: every layer of the model, as `graphs.shapes` infers them for this load.
    """
    names = {node.class_name for node in load.document.layers}
    if "TextVectorization" in names:
        from keras_doctor.loaders import texts  # few models have one

        yield from texts.steps(load)
    if "RMSNormalization" in names and load.does("scales-last-axes-only"):
        yield from _scaled(load, shapes)
    if not names.isdisjoint(_TRANSPOSED):
        from keras_doctor.loaders import lost_padding

        yield from lost_padding.steps(load, shapes)
    known = unrunnable(load.api.library, load.api.version)
    scoped = load.environment.backend in ("", "tensorflow") and load.does("opens-scopes")
    inner = load.api.line == "keras-3"  # Keras 3 opens the scope of the model first, and only when it is called
    for position, node in enumerate(load.document.layers):
        for row in known.get(node.class_name, ()):
            rank = _rank(shapes, position, node) if row.rank else 0
            if _applies(row, node.config) and rank == row.rank:
                where = Locus(path=f"{node.path}.config.{row.keyword}")
                told = Uncallable(
                    load.api, node.name, node.class_name, row.why, row.keyword, node.config.get(row.keyword)
                )
                yield Step("call", ("call:unsupported",), where, told)
        if node.config.get("data_format") == "channels_first" and _as_wide_as_deep(shapes, position, node):
            yield Step(
                "call", ("call:square",), Locus(path=node.path), Uncallable(load.api, node.name, node.class_name, "")
            )
        if scoped and node.class_name != "InputLayer" and not _is_scope(node.name, inner or node.depth > 0):
            told = Uncallable(load.api, node.name, node.class_name, "")
            yield Step("call" if inner else "graph", ("name:scope",), Locus(path=node.path), told)


def _scaled(load: Load, shapes: Sequence[LayerShape]) -> Iterator[Step]:
    """Yield the RMSNormalizations whose scale, which lies along the last dimensions whatever the axes, does not fit
    there (keras/src/layers/normalization/rms_normalization.py).
    """
    for position, node in enumerate(load.document.layers):
        shape = shapes[position] if position < len(shapes) else None
        if node.class_name != "RMSNormalization" or shape is None or shape.path != node.path or not shape.variables:
            continue
        scale, given = shape.variables[0].shape, shape.input_shapes[0] if shape.input_shapes else None
        last = given[-len(scale) :] if given and len(scale) > 1 else scale
        if last != scale:
            why = "the scale has the sizes of its axes, and is laid along the last ones"
            told = Uncallable(load.api, node.name, node.class_name, why, "axis", node.config.get("axis"))
            yield Step("call", ("call:refused",), Locus(path=f"{node.path}.config.axis"), told)


def _applies(row: Unrunnable, config: dict[str, Any]) -> bool:
    value = config.get(row.keyword)
    if row.keyword == "dtype":
        return compute_dtype(value) == row.value
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if row.value == ">1":
        return isinstance(value, int) and value > 1
    return str(value) == row.value


def _as_wide_as_deep(shapes: Sequence[LayerShape], position: int, node: LayerNode) -> bool:
    """Tell whether a convolution with a bias puts out as many channels as its last dimension is long."""
    if "Conv" not in node.class_name or "LSTM" in node.class_name or node.config.get("use_bias") is False:
        return False
    shape = shapes[position] if position < len(shapes) else None
    out = shape.output_shape if shape is not None and shape.path == node.path else None
    if not out or len(out) < 3:
        return False
    channels = out[1]
    return isinstance(channels, int) and channels > 1 and out[-1] == channels


def _rank(shapes: Sequence[LayerShape], position: int, node: LayerNode) -> int:
    """Return the rank of a layer's first input, -1 when it is not known."""
    shape = shapes[position] if position < len(shapes) else None
    if shape is None or shape.path != node.path or not shape.input_shapes or shape.input_shapes[0] is None:
        return -1
    return len(shape.input_shapes[0])


def _is_scope(name: str, inner: bool) -> bool:
    """Tell whether TensorFlow takes a layer's name for a scope."""
    return not name or (all(letter in _SCOPE for letter in name) and (inner or name[0] in _FIRST))
