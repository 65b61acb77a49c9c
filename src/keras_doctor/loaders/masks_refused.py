"""Layers that a mask must not reach: the graph cannot be put together, or not be called.

In standalone Keras before 3 that is each layer that takes none (`Layer.compute_mask` of keras/engine/base_layer.py of
2.2.4, keras/engine/topology.py of 1.2.2: TypeError where `supports_masking` is not set; tf.keras asks layers without a
`compute_mask` of their own for none). Before Keras 3.12, it is a Concatenate whose masks do not fit together: a mask
gets one number for each vector, a tensor without a mask as many as it has (`Concatenate.compute_mask`). Keras 3.4 to
3.11 lay a mask as wide as its input by the shape that the input had when the graph was made, where None is no size:
who takes such a mask raises when it is called.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.masking import ELEMENTWISE, RECURRENT, Flow, hands_on, held_in
from keras_doctor.layers.models import is_model, name_of
from keras_doctor.layers.semantics import semantics_in
from keras_doctor.layers.stock import is_stock
from keras_doctor.loaders.calling import Uncallable
from keras_doctor.loaders.graphs import Inferred, era_of
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.masking import Call, Mask
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load

# Layers with a `compute_mask` of their own.
_LAID = "laid"
_TAKING = (*RECURRENT, *ELEMENTWISE, "Concatenate", "Dot", "Merge", "TimeDistributed", "Lambda", "Embedding", "Masking")


def steps(load: Load, config: Any, shapes: Sequence[LayerShape]) -> Iterator[Step]:
    """Yield the layers that a mask comes to and that take none, or not that one."""
    flow = _Watching(era_of(load), semantics_in(load.environment), {shape.path: shape.input_shapes for shape in shapes})
    flow.alone = load.api.line in ("keras-1", "keras-2")
    flow.thin, flow.open = load.does("joins-thin-masks"), load.does("lays-masks-by-open-sizes")
    flow.follow(config)
    for call, why in flow.reached:
        told = Inferred(load.api, name_of(call.entry), call.name, f"a mask comes in, and {why}")
        yield Step("graph", ("graph:impossible",), Locus(path=call.path), told)
    for call in flow.stopped:
        why = "this release cannot lay the mask of a Concatenate by sizes that are open"
        stopped = Uncallable(load.api, name_of(call.entry), call.name, why)
        yield Step("call", ("call:unsupported",), Locus(path=call.path), stopped)


class _Watching(Flow):
    """The masks of a model, with the first call of each layer that must not get one.

    `alone`: in standalone Keras before 3. `thin`: masks are joined as they are. `open`: what is joined has no sizes
    when it is called; `stopped` has the calls that go by such a mask.
    """

    alone = False
    thin = False
    open = False

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.reached: list[tuple[Call, str]] = []
        self.stopped: list[Call] = []

    def effective(self, call: Call) -> tuple[Any, ...]:
        used = super().effective(call)
        known = is_stock(call.name) or is_model(call.name, call.config)
        if self.open and known and any(_LAID in _kinds(mask) for mask in used):
            self.stopped.append(call)
        return used

    def after(self, call: Call) -> list[Mask]:
        why = self._unfit(call) or self._unjoined(call)
        if why and any(call.masks) and all(one.path != call.path for one, _ in self.reached):
            self.reached.append((call, why))
        made = super().after(call)
        if self.open and call.name == "Concatenate" and made[0] is not None and self._grows(call):
            made = [(_LAID, made[0][1], made[0])]
        return made

    def _grows(self, call: Call) -> bool:
        """Tell whether a mask is laid as wide as its input, of which a size is open."""
        shapes = self.shapes.get(call.path, ())
        return any(
            mask is not None and shape is not None and mask[1] < len(shape) and None in shape
            for shape, mask in zip(shapes, call.masks, strict=False)
        )

    def _unfit(self, call: Call) -> str:
        """Return why a layer of standalone Keras takes no mask, "" where it does."""
        if not self.alone:
            return ""
        counts = call.name == "GlobalAveragePooling1D" and self.semantics["pooling_mask"] == "counts"
        taken = counts or call.name in _TAKING or hands_on(call.name, self.semantics)
        if not taken and is_stock(call.name) and not is_model(call.name, call.config):
            return "it does not support masking"
        return _unlooped(call)

    def _unjoined(self, call: Call) -> str:
        """Return why the masks that come to a Concatenate do not fit together, "" where they do or nobody knows."""
        shapes, masks = self.shapes.get(call.path, ()), call.masks
        if not self.thin or call.name != "Concatenate" or len(shapes) != len(masks) or not any(masks):
            return ""
        if not all(map(_sure, masks)):
            return ""
        laid = []
        for shape, mask in zip(shapes, masks, strict=True):
            if shape is None:
                return ""
            rank = len(shape) if mask is None else mask[1]
            laid.append((*shape[:rank], 1) if rank < len(shape) else shape)
        axis = call.config.get("axis", call.config.get("concat_axis", -1))
        return "" if isinstance(axis, int) and _fit(laid, axis) else "this release cannot join it to what has no mask"


def _sure(mask: Mask) -> bool:
    """Tell whether it is known that there is a mask, of how many dimensions, or that there is none."""
    return not _kinds(mask) & {"unsure", "of", "given"}


def _kinds(mask: Any) -> set[Any]:
    """Return the kinds of masks that a mask is made of, among other words."""
    kinds: set[Any] = set()
    left: list[Any] = [mask]
    while left:
        value = left.pop()
        if isinstance(value, tuple) and value:
            kinds.add(value[0])
            left += value
    return kinds


def _fit(shapes: list[Shape], axis: int) -> bool:
    """Tell whether arrays can be laid one behind the other."""
    rank = len(shapes[0])
    if any(len(shape) != rank for shape in shapes) or not -rank <= axis < rank:
        return False
    sides = zip(*(shape[: axis % rank] + shape[axis % rank + 1 :] for shape in shapes), strict=True)
    return all(len({size for size in side if size is not None}) < 2 for side in sides)


def _unlooped(call: Call) -> str:
    """Return why a loop cannot go by a mask: TensorFlow's `rnn` lays it out as wide as the output of a step, with two
    dimensions, for every state (keras/backend/tensorflow_backend.py of 2.2.4).
    """
    if call.name.startswith("ConvLSTM"):
        return "its steps put out images"
    cells = call.config.get("cell")
    held = held_in(cells).get("cells")
    sizes = {str(held_in(one).get("units")) for one in held} if isinstance(held, list) else ()
    return "its cells are of several sizes" if len(sizes) > 1 else ""
