"""A Merge of Keras 1 with the mode "cos", put together from what it computes: products, their roots, a quotient.

Of vectors that is their cosine, with an axis more than Dot has. Of matrices it is none: each product is divided by the
root of two others that stand at its place. Called from `dialects.recast`, for the small graph is written in the
target's dialect with the rest. Source: `Merge.call` of keras/engine/topology.py (1.2.2).
"""

from __future__ import annotations

from keras_doctor.fixes.entries import Entries, become, layers_wanted
from keras_doctor.fixes.operations import can_write
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.releases.api import Api

_LEAST = 1e-7  # K.epsilon(), unless the user's own settings said otherwise


def merge_by_cosine(draft: Draft, api: Api) -> Iterator[str]:
    """Put graphs in the place of such layers; yield their names."""
    if draft.era != "keras-1":
        return
    for layer, shape in layers_wanted(
        draft, lambda layer: layer.get("class_name") == "Merge" and layer["config"].get("mode") == "cos"
    ):
        name, axes = str(layer["config"].get("name") or layer.get("name")), layer["config"].get("dot_axes", -1)
        given = [one for one in shape.input_shapes if one is not None]
        if len(given) != 2 or len(shape.calls) != 1:
            continue
        refs = [Ref(f"{name}_in_{number}", 0, 0) for number in range(2)]
        graph = Entries(dict(zip(refs, given, strict=True)), name, api)
        try:
            products = [graph.layer("Dot", pair, axes=axes) for pair in ([refs[0]] * 2, [refs[1]] * 2, refs)]
            square = graph.op("numpy.Multiply", products[0], products[1])
            # What has no root is less than the least for TensorFlow 1, which takes the larger of it and that.
            root = graph.op("numpy.Sqrt", graph.op("numpy.Maximum", square, 0.0))
            quotient = graph.op("numpy.TrueDivide", products[2], graph.op("numpy.Maximum", root, _LEAST))
            output = graph.op("numpy.ExpandDims", quotient, axis=1)
        except CannotInferError:
            continue
        entries = graph.needed([output])
        if all(can_write(entry, api) for entry in entries):
            become(layer, name, dict(zip(refs, given, strict=True)), entries, [output])
            yield name
