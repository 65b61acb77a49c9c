"""Layers of Keras 1 that no release has had since, and whose parameters belong to single features: SReLU,
ParametricSoftplus, and the modes 1 and 2 of BatchNormalization.

An EinsumDense multiplies each feature with a number of its own and adds one; what stands between are operations. An
SReLU keeps its ends where they are when the model is trained on. A BatchNormalization of mode 1 normalizes each
example, of mode 2 each batch, even when it predicts. The axes along which a PReLU shares its numbers, which its config
leaves out, are read from the stored array. Called from `dialects.recast`, for the small graphs are written in the
target's dialect with the rest.
Sources: keras/layers/advanced_activations.py and normalization.py of 1.2.2.
"""

from __future__ import annotations

import struct

from keras_doctor.document.expressions import add, concatenate, constant, reshape, scale, square, square_root
from keras_doctor.fixes.entries import Entries, become, layers_wanted, unwrapped
from keras_doctor.fixes.keras_1 import as_object
from keras_doctor.fixes.operations import can_write
from keras_doctor.fixes.theano_kernels import trained_by
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft, Tensors
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

    Made = Callable[["_Graph", Ref, dict[str, Any], list[TensorRef]], Ref]

MOST = 4096  # features that one number is copied for
_LETTERS = "abcdefghijklmnop"


def compose_features(draft: Draft, api: Api) -> Iterator[str]:
    """Put graphs in the place of such layers; yield what became of them."""
    if draft.era != "keras-1":
        return
    for layer, shape in layers_wanted(draft, lambda layer: _is_gone(_inner(layer), api)):
        name = layer["config"].get("name")
        what = _inner(layer)["class_name"]
        if _composed(draft, layer, shape, api):
            yield f"the {what} {name}"


def share_axes(draft: Draft) -> Iterator[str]:
    """State the axes along which a PReLU shares its numbers; yield its name."""
    if draft.era != "keras-1":
        return
    for layer, shape in layers_wanted(draft, lambda layer: _inner(layer)["class_name"] == "PReLU"):
        given, stored = _common(shape), list(draft.tensors(layer).values())
        config = _inner(layer)["config"]
        if given is None or len(stored) != 1 or len(stored[0].shape) >= len(given) or config.get("shared_axes"):
            continue
        sizes = stored[0].shape
        ours = given[len(given) - len(sizes) :]
        shared = [axis for axis, (size, one) in enumerate(zip(sizes, ours, strict=True), 1) if size == 1 and one != 1]
        if shared:
            config["shared_axes"] = shared
            yield str(config.get("name"))


def _inner(layer: Any) -> dict[str, Any]:
    return unwrapped(layer)[0]


def _is_gone(layer: dict[str, Any], api: Api) -> bool:
    name = layer["class_name"]
    if name == "BatchNormalization":
        return layer["config"].get("mode") in (1, 2)
    return name in _GRAPHS and api.find(name, "layers") is None


def _common(shape: LayerShape) -> Shape | None:
    """Return what every call of a layer has in common: a size where all have it."""
    given = [call.input_shapes[0] for call in shape.calls if len(call.input_shapes) == 1]
    first = given[0] if given and len(given) == len(shape.calls) else None
    if first is None or any(one is None or len(one) != len(first) for one in given):
        return None
    return tuple(size if all(one and one[axis] == size for one in given) else None for axis, size in enumerate(first))


class _Graph(Entries):
    """A graph that is called on tensors of a shape, with arrays for its layers. `steps`: how many axes behind the batch
    the layer knows nothing of.
    """

    def __init__(self, draft: Draft, start: Ref, given: Shape, name: str, api: Api, steps: int) -> None:
        super().__init__({start: given}, name, api)
        self.draft = draft
        self.given = given
        self.steps = steps

    def affine(self, x: Ref, kernel: TensorRef | float, bias: TensorRef | None = None, **config: Any) -> Ref:
        """Enter x * kernel + bias, feature by feature: the arrays lie along the last axes, whole or shared (size 1)."""
        if isinstance(kernel, float):
            assert bias is not None
            kernel = constant("kernel", bias.shape, "float32", struct.pack("<f", kernel))
        rank = len(self.given)
        if not 0 < len(kernel.shape) < rank:
            raise CannotInferError("its arrays have not the rank of what comes in")
        if all(size == 1 for size in kernel.shape):
            count = self.given[-1]
            if not isinstance(count, int) or count > MOST:
                raise CannotInferError("the number of features is not known")
            last = len(kernel.shape) - 1
            kernel = concatenate([kernel] * count, last)
            bias = None if bias is None else concatenate([bias] * count, last)
            own = [len(kernel.shape) - 1]
        else:
            own = [axis for axis, size in enumerate(kernel.shape) if size != 1]
        letters, offset = _LETTERS[:rank], rank - len(kernel.shape)
        words = "".join(letters[offset + axis] for axis in own)
        made = self.layer(
            "EinsumDense",
            x,
            equation=f"{letters},{words}->{letters}",
            output_shape=list(self.given[1:]),
            bias_axes=None if bias is None else words,
            **config,
        )
        held: Tensors = {("", "kernel"): reshape(kernel, [kernel.shape[axis] for axis in own])}
        if bias is not None:
            held["", "bias"] = reshape(bias, bias.shape[own[0] :])
        self.draft.give(self.entries[-1], held)
        return made


def _srelu(graph: _Graph, x: Ref, config: dict[str, Any], arrays: list[TensorRef]) -> Ref:
    """`t + min(relu(x - t), d) - a relu(t - x) + b relu(x - t - d)`, with t the left end and d the way to the right.

    Theano has `min(relu(x - t) - a relu(t - x), d)`, which is less where a is below zero.
    """
    left, slope_left, right, slope_right = arrays
    way, fixed = square_root(square(right)), {"trainable": False}
    moved = graph.affine(x, 1.0, scale(left, -1.0), **fixed)
    over = graph.layer("Activation", moved, activation="relu")
    under = graph.layer("Activation", graph.layer("Rescaling", moved, scale=-1.0, offset=0.0), activation="relu")
    before = graph.affine(under, scale(slope_left, -1.0))
    beyond = graph.layer("Activation", graph.affine(moved, 1.0, scale(way, -1.0), **fixed), activation="relu")
    capped = graph.layer("Add", [over, before]) if trained_by(graph.draft) == "theano" else over
    short = graph.layer("Activation", graph.affine(capped, -1.0, way, **fixed), activation="relu")
    middle = graph.affine(short, -1.0, add(way, left), **fixed)
    ends = [graph.affine(beyond, slope_right), *([before] if capped is over else [])]
    return graph.layer("Add", [middle, *ends])


def _parametric_softplus(graph: _Graph, x: Ref, config: dict[str, Any], arrays: list[TensorRef]) -> Ref:
    alphas, betas = arrays
    return graph.affine(graph.layer("Activation", graph.affine(x, betas), activation="softplus"), alphas)


def _normalized(graph: _Graph, x: Ref, config: dict[str, Any], arrays: list[TensorRef]) -> Ref:
    gamma, beta, *_ = arrays
    rank, epsilon = len(graph.given), float(config.get("epsilon", 1e-6))
    axis = rank - 1
    if config["mode"] == 2:
        told = config.get("axis", -1)
        if not isinstance(told, int) or not (0 < told < rank - graph.steps or graph.steps - rank <= told < 0):
            raise CannotInferError("its axis is not known")
        axis = told + graph.steps if told > 0 else told + rank
    # Keras 1 put all steps into one batch, but where that has a size of its own.
    apart = range(1, graph.steps + 1) if graph.given[0] is not None else ()
    axes = [axis] if config["mode"] == 1 else [one for one in range(rank) if one != axis and one not in apart]
    mean, variance = (graph.op(f"numpy.{what}", x, axis=axes, keepdims=True) for what in ("Mean", "Var"))
    width = graph.op("numpy.Sqrt", graph.op("numpy.Add", variance, epsilon))
    if config["mode"] == 1:
        width = graph.op("numpy.Add", width, epsilon)
    normal = graph.op("numpy.TrueDivide", graph.op("numpy.Subtract", x, mean), width)
    kernel, bias = (reshape(one, [one.shape[0], *[1] * (rank - 1 - axis)]) for one in (gamma, beta))
    regularizers = {
        new: as_object(config[old])
        for old, new in (("gamma_regularizer", "kernel_regularizer"), ("beta_regularizer", "bias_regularizer"))
        if isinstance(config.get(old), dict)
    }
    return graph.affine(normal, kernel, bias, **regularizers)


# Class → what it becomes, and how many arrays it has.
_GRAPHS: dict[str, tuple[Made, int]] = {
    "SReLU": (_srelu, 4),
    "ParametricSoftplus": (_parametric_softplus, 2),
    "BatchNormalization": (_normalized, 4),
}


def _composed(draft: Draft, layer: dict[str, Any], shape: LayerShape, api: Api) -> bool:
    inner, steps = unwrapped(layer)
    config, (made, count) = inner["config"], _GRAPHS[inner["class_name"]]
    given, arrays = _common(shape), list(draft.tensors(layer).values())
    if given is None or len(arrays) != count or api.find("EinsumDense", "layers") is None:
        return False
    name = str(layer["config"].get("name") or layer.get("name"))
    start = Ref(f"{name}_in", 0, 0)
    graph = _Graph(draft, start, given, name, api, steps)
    try:
        output = made(graph, start, config, arrays)
    except (CannotInferError, ValueError):
        return False
    entries = graph.needed([output])
    if not all(can_write(entry, api) for entry in entries):
        return False
    draft.give(layer, {})
    frozen = False in (layer["config"].get("trainable"), config.get("trainable"))
    become(layer, name, {start: given}, entries, [output])
    layer["config"]["trainable"] = not frozen
    return True
