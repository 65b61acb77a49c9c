"""Sequential models without an InputLayer, as Keras 3 reads them from HDF5 files: the input shape of the first layer,
which includes the batch, is taken for one that does not, and gets a batch in front.

Source: keras/src/legacy/saving/saving_utils.py `model_from_config` (`input_shape` from `batch_input_shape`) and
keras/src/models/sequential.py `Sequential.add` of 3.0 to 3.15; `_adjust_input_rank` of keras/src/models/functional.py.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.shapes import read_shape
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.legacy_view import View
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

_MODELS = ("Sequential", "Functional", "Model")


@record
class DoubledBatch:
    """A model whose input has a dimension too many. `stated`: the shape in the config, with the batch.

    `effect`: "fails" when it cannot be put together so, "loads-not-runnable" when its inputs do not fit, and
    "loads-differently" when Keras makes them fit.
    """

    api: Api
    class_name: str
    stated: Shape
    effect: str


def steps(load: Load, view: View, shapes: tuple[LayerShape, ...]) -> Iterator[tuple[str, Step]]:
    """Yield the models whose first layer brings its input shape: the path of each, and what comes of it."""
    unsized = tuple(shape.path for shape in shapes if not shape.known and "dimension that is not known" in shape.reason)
    stack = [(ConfigNode(view.config), 0)]
    while stack:
        model, depth = stack.pop()
        layers = model_layers(model)
        if depth < DEFAULT_LIMITS.depth:
            stack.extend((node, depth + 1) for node in layers if node.get("class_name") in _MODELS)
        first = layers[0] if layers and model.get("class_name") == "Sequential" else None
        if first is None or first.get("class_name") == "InputLayer":
            continue
        config = first.get("config")
        stated = read_shape(config.get("input_shape")) if isinstance(config, dict) else None
        if stated is None:
            continue
        inside = f"{model.path}.config." if model.path else "config."
        effect = "loads-differently" if stated and stated[-1] == 1 else "loads-not-runnable"
        if any(path.startswith(inside) for path in unsized):
            effect = "fails"
        told = DoubledBatch(load.api, str(first.get("class_name")), stated, effect)
        stage = "graph" if effect == "fails" else "call"
        where = Locus(path=f"{first.path}.config.batch_input_shape")
        yield model.path, Step(stage, ("input:doubled-batch",), where, told)
