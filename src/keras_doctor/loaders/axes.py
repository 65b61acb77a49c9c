"""Axes that Keras 3 takes out of the configs of HDF5 files: what the class then works along is its default."""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.legacy_view import View
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api


@record
class LostAxis:
    """A layer that works along another axis than the config says: along `default`, its class's own.

    `effect`: "loads-not-runnable" where its inputs do not fit together so, which is noticed when it is called.
    """

    api: Api
    class_name: str
    axis: Any
    default: int
    effect: str = "loads-differently"


def lost_axes(load: Load, view: View, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the layers whose axis is lost where that makes a difference."""
    if not view.lost_axes:
        return
    root = ConfigNode(view.config)
    for shape in shapes:
        axis = view.lost_axes.get(shape.path)
        if axis is None:
            continue
        class_name = str(root.at(shape.path).get("class_name"))
        definition = load.api.find(class_name, "layers")
        default = load.api.accepts(definition).default("axis") if definition is not None else None
        if default is None:
            continue  # the class takes no axis, or requires one and says so
        mean = ConfigNode(root.at(shape.path).get("config")).get("mean")
        if class_name == "Normalization" and axis == [] and isinstance(mean, (int, float)):
            continue  # one number for all is the same along any axis
        where = Locus(path=f"{shape.path}.config.axis")
        first = shape.input_shapes[0] if shape.input_shapes else None
        if first is None:
            yield Step("graph", (), where, unexamined=f"whether {class_name} needs the axis that is lost is not known")
        elif _along(axis, len(first)) != _along(_number(default), len(first)):
            apart = class_name == "Concatenate" and _apart(shape.input_shapes, _number(default))
            effect = "loads-not-runnable" if apart else "loads-differently"
            lost = LostAxis(load.api, class_name, axis, _number(default), effect)
            yield Step("graph", ("axis:lost",), where, lost)


def _apart(shapes: tuple[Shape | None, ...], axis: int) -> bool:
    """Tell whether tensors differ in another dimension than the one along which they are put together."""
    rest = {(*shape[:axis], *shape[axis:][1:]) for shape in shapes if shape}
    return len(rest) > 1


def _number(default: str) -> int:
    return int(default) if default.lstrip("-").isdigit() else -1


def _along(axis: Any, rank: int) -> tuple[int, ...]:
    """Return the axes counted from the front."""
    axes = axis if isinstance(axis, list) else [axis]
    return tuple(one % rank if rank and isinstance(one, int) else -1 for one in axes)
