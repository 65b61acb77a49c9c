"""Models inside a model that Keras 3 calls on another size than they declare: it raises, where older releases warned.

Source: `Functional.input_spec` of keras/src/models/functional.py (3.3 to 3.15). Axes that either leaves open fit; a
TimeDistributed around the model calls it on what no spec is asked about.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import model_layers, name_of
from keras_doctor.layers.shapes import read_shape
from keras_doctor.loaders.graphs import GRAPHS, Inferred
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load


def steps(load: Load, root: ConfigNode, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the models with one input that get a tensor of another size."""
    for shape in shapes:
        if not shape.path.endswith("]"):
            continue
        entry = root.at(shape.path)
        declared = _declared(entry) if entry.get("class_name") in ("Sequential", *GRAPHS) else None
        if declared is None:
            continue
        given = [call.input_shapes[0] for call in shape.calls if len(call.input_shapes) == 1]
        other = next((one for one in given if one is not None and _apart(one, declared)), None)
        if other is not None:
            reason = f"it declares an input of shape {_shown(declared)}, and gets one of {_shown(other)}"
            subject = Inferred(load.api, name_of(entry.value), str(entry.get("class_name")), reason)
            yield Step("graph", ("graph:impossible",), Locus(path=shape.path), subject)


def _declared(model: ConfigNode) -> Shape | None:
    """Return the shape of the one input of a model, None where it has several or says nothing."""
    inputs = [layer for layer in model_layers(model) if layer.get("class_name") == "InputLayer"]
    config = inputs[0].get("config") if len(inputs) == 1 else None
    if not isinstance(config, dict):
        return None
    return read_shape(config.get("batch_shape", config.get("batch_input_shape")))


def _apart(given: Shape, declared: Shape) -> bool:
    """Tell whether two shapes of as many axes have another size along one behind the batch."""
    pairs = list(zip(given, declared, strict=False))[1:]
    return len(given) == len(declared) and any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _shown(shape: Shape) -> str:
    return f"({', '.join('None' if size is None else str(size) for size in shape)})"
