"""Transposed convolutions of Keras 3.0 to 3.14, whose config does not say which `output_padding` they had: any release
builds them without, and they put out less than they did.

That they had one shows where the file states the shape that the next layer gets. Source: `get_config` of
keras/src/layers/convolutional/base_conv_transpose.py (3.15 writes it); seen with files of 3.3.3.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.inbound import read_nodes, refs_in
from keras_doctor.layers.shapes import read_shape
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keras_doctor.document.model import LayerNode
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

_CLASSES = ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose")


@record
class LostPadding:
    """A layer that puts out `made` where the file states that it put out `stated`."""

    api: Api
    name: str
    stated: Shape
    made: Shape


def steps(load: Load, shapes: Sequence[LayerShape]) -> Iterator[Step]:
    """Yield the layers that put out another shape than when the model was saved: stage "graph"."""
    layers = load.document.layers
    root = ConfigNode(load.document.config)
    for position, node in enumerate(layers):
        if node.class_name not in _CLASSES or "output_padding" in node.config or position >= len(shapes):
            continue
        made = _one(shapes[position].output_shape) if shapes[position].path == node.path else None
        stated = _stated(root, layers, node)
        if stated is None or made is None or len(made) != len(stated):
            continue
        pairs = zip(stated, made, strict=True)
        if any(one != other for one, other in pairs if one is not None and other is not None):
            found = LostPadding(load.api, node.name, stated, made)
            yield Step("graph", ("graph:padding-lost",), Locus(path=f"{node.path}.config"), found)


def _one(found: Shape | tuple[Shape | None, ...] | None) -> Shape | None:
    """Return the shape of a layer that puts out one tensor."""
    sizes = tuple(size for size in found or () if size is None or isinstance(size, int))
    return sizes if found and len(sizes) == len(found) else None


def _stated(root: ConfigNode, layers: Sequence[LayerNode], node: LayerNode) -> Shape | None:
    """Return the shape that the file says a layer puts out: that of the next layer's input."""
    near = [one for one in layers if one.parent == node.parent]
    following = near[near.index(node) + 1 :][:1]
    sequence = not any(one.inbound for one in near)
    for one in following if sequence else near:
        if not sequence and node.name not in one.inbound:
            continue
        entry = root.at(one.path)
        if sequence:
            return read_shape(ConfigNode(entry.get("build_config")).get("input_shape"))
        for call in read_nodes(entry.value, frozenset((node.name,))):
            for ref in refs_in([call.args, call.kwargs]):
                if ref.layer == node.name and ref.shape is not None:
                    return ref.shape
    return None
