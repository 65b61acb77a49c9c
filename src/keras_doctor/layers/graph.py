"""`infer()`: every layer of a model's config with the shapes that go in and out and the variables that it owns."""

from __future__ import annotations

from keras_doctor.document.model import walk_layers
from keras_doctor.layers.evaluation import Evaluator
from keras_doctor.layers.signature import count
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import LayerNode
    from keras_doctor.layers.evaluation import Visit
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.layers.signature import Variable


@record
class LayerCall:
    """One call of a layer: the shapes that come in, in the order of its arguments, and the shape or shapes that go out.
    None: not known.
    """

    input_shapes: tuple[Shape | None, ...]
    output_shape: Shape | tuple[Shape | None, ...] | None


@record
class LayerShape:
    """What is inferred of one layer of a config.

    `path` as `document.model.walk_layers` gives it. `calls`: every call that the model makes of it; a layer inside a
    nested model has those of the model's own graph. `variables` stand in the order in which the era's legacy HDF5 files
    store them; those of a model or wrapper include its layers', so the parameters of a whole model are the sum over the
    layers that have no other around them. `known`: variables and output were inferred; `reason` says why not;
    `impossible`: because no release can make one of the calls.
    """

    path: str
    calls: tuple[LayerCall, ...] = ()
    variables: tuple[Variable, ...] = ()
    known: bool = True
    reason: str = ""
    impossible: bool = False

    @property
    def input_shapes(self) -> tuple[Shape | None, ...]:
        """The shapes that come in at its first call."""
        return self.calls[0].input_shapes if self.calls else ()

    @property
    def output_shape(self) -> Shape | tuple[Shape | None, ...] | None:
        """The shape that goes out of its first call, a tuple of shapes when there are several."""
        return self.calls[0].output_shape if self.calls else None

    @property
    def parameters(self) -> int:
        """The number of values in the variables."""
        return count(self.variables)


def infer(config: Any, era: str) -> tuple[LayerShape, ...]:
    """Return one entry per layer of a model config and of the models, wrappers and cells in it, in the order of
    `walk_layers`.

    `config` is the whole model's config of any era; `era` one of `document.provenance`. Never raises: what does not
    follow from the config has `known` False.
    """
    nodes = tuple(walk_layers(config))
    evaluator = Evaluator(era, channels_first(nodes, era))
    if isinstance(config, dict) and not isinstance(config.get("class_name"), str):
        config = {**config, "class_name": "Sequential"}
    evaluator.evaluate(config, "", [])
    return tuple(_entry(node.path, evaluator.visits.get(node.path, [])) for node in nodes)


def channels_first(nodes: tuple[LayerNode, ...], era: str) -> bool:
    """Whether layers that leave their data format open mean channels_first: in Keras 1, which wrote down those of some
    classes only, where every layer that states one says so.
    """
    if era not in ("keras-0", "keras-1"):
        return False
    stated = {node.config.get("data_format", node.config.get("dim_ordering")) for node in nodes if _states(node)}
    return bool(stated) and stated <= {"channels_first", "th"}


def _states(node: LayerNode) -> bool:
    return isinstance(node.config.get("data_format", node.config.get("dim_ordering")), str)


def _entry(path: str, visits: list[Visit]) -> LayerShape:
    if not visits:
        return LayerShape(path, known=False, reason="nothing in the config calls it")
    best = next((visit for visit in visits if visit.outcome.known), visits[0])
    refused = next((visit.outcome for visit in visits if visit.outcome.impossible), None)
    signature = best.outcome.signature()
    reason = refused.signature().reason if refused else signature.reason
    calls = tuple(LayerCall(visit.input_shapes, visit.outcome.output_shape) for visit in visits)
    return LayerShape(path, calls, signature.variables, signature.known, reason, refused is not None)
