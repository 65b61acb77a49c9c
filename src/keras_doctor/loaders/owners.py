"""The layers of a model as its loader lists them when it fills them with weights, and what each of them owns."""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.call import MOST_VARIABLES
from keras_doctor.layers.models import is_input, is_model, model_layers
from keras_doctor.layers.signature import Variable
from keras_doctor.layers.stock import ALIASES, is_operation
from keras_doctor.records import record, replace
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load

_GRAPHS = ("Model", "Functional", "Container", "Network")


@record
class Owner:
    """A layer of the model that the release builds.

    `class_name` is what the release's own class is called, whatever alias the config has. `variables` stand in the
    order in which the loader fills them: trainable ones first. `known` is False when they could not be inferred.
    """

    name: str
    class_name: str
    node: ConfigNode
    variables: tuple[Variable, ...] = ()
    known: bool = True
    reason: str = ""

    @property
    def config(self) -> dict[str, Any]:
        """The layer's keywords."""
        config = self.node.get("config")
        return config if isinstance(config, dict) else {}

    @property
    def trainable(self) -> int:
        """How many of its variables can be trained: they come first."""
        return sum(variable.trainable for variable in self.variables)


class Owners:
    """The owners of one load. `shapes`: what is inferred of every layer of `config`, as the release builds it."""

    def __init__(self, load: Load, config: Any, shapes: tuple[LayerShape, ...]) -> None:
        self.load = load
        self.root = ConfigNode(config)
        self.shapes = {shape.path: shape for shape in shapes}

    def listed(self) -> Iterator[Owner]:
        """Yield the layers of the whole model, in order, also those that own nothing."""
        return self._listed(self.root)

    def inside(self, owner: Owner) -> list[Owner]:
        """Return the layers of a model that is a layer."""
        return [self.owner(node) for node in model_layers(owner.node)]

    def held(self, owner: Owner, *keys: str) -> Owner | None:
        """Return the layer that a wrapper holds under the first of the keywords that it has."""
        for key in keys:
            entry = owner.config.get(key)
            if isinstance(entry, dict):
                return self.owner(ConfigNode(entry, f"{owner.node.path}.config.{key}"))
        return None

    def owner(self, node: ConfigNode, depth: int = 0) -> Owner:
        """Return the layer at a place of the config."""
        config = node.get("config")
        name = str(node.get("name") or (config.get("name") if isinstance(config, dict) else None) or "")
        class_name = self.called(str(node.get("class_name")))
        shape = self.shapes.get(node.path)
        if class_name in ("Lambda", "Merge"):
            return Owner(name, class_name, node)  # whatever they compute, and whatever models a Merge joins
        if is_model(class_name, config) and depth < DEFAULT_LIMITS.depth:
            return self._model(name, class_name, node, depth)
        if shape is None:
            return Owner(name, class_name, node, known=False, reason="it is not part of the graph")
        variables, known = self._added(class_name, node, shape.variables), shape.known
        return Owner(name, class_name, node, variables, known, shape.reason)

    def _model(self, name: str, class_name: str, node: ConfigNode, depth: int) -> Owner:
        """Return a model that is a layer: the trainable variables of its layers, then the others."""
        inside = [self.owner(child, depth + 1) for child in model_layers(node)]
        variables = [variable for owner in inside for variable in owner.variables]
        config = node.get("config")
        if isinstance(config, dict) and config.get("trainable") is False:
            variables = [replace(variable, trainable=False) for variable in variables]
        variables.sort(key=lambda variable: not variable.trainable)
        reason = next((owner.reason for owner in inside if not owner.known), "")
        return Owner(name, class_name, node, tuple(variables[:MOST_VARIABLES]), not reason, reason)

    def _added(self, class_name: str, node: ConfigNode, variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
        """Return a layer's variables with those that only some releases give it."""
        config = node.get("config")
        if not isinstance(config, dict):
            return variables
        if class_name == "Discretization" and not variables and self.load.does("keeps-bins-as-variable"):
            return (Variable("bins", (None,), trainable=False),)
        held = config.get("layer")
        built = class_name == "Bidirectional" and isinstance(held, dict) and held.get("build_config")
        if built and self.load.does("builds-wrapped-layer-too"):
            return (*variables[: len(variables) // 2], *variables)
        return variables

    def called(self, class_name: str) -> str:
        """Return what the release's class is called to which a name in a config leads."""
        if class_name in _GRAPHS:
            return "Functional" if self.load.does("names-models-functional") else "Model"
        found = self.load.api.find(class_name, "layers")
        if found is None or found.kind == "functions":  # Keras 2's AtrousConvolution2D makes a Conv2D
            return ALIASES.get(class_name, class_name)
        return found.class_name

    def _listed(self, model: ConfigNode) -> Iterator[Owner]:
        sequential = model.get("class_name") == "Sequential"
        unbuilt = sequential and model is self.root and self._waits(model)
        for position, node in enumerate(model_layers(model)):
            if (sequential and is_input(node.value)) or is_operation(node.value):
                continue
            merge = sequential and position == 0 and node.get("class_name") == "Merge"
            if merge and self.load.does("flattens-merges"):
                for branch in model_layers(node):
                    yield from self._listed(branch) if model_layers(branch) else [self.owner(branch)]
            elif unbuilt and position:
                yield Owner(self.owner(node).name, self.called(str(node.get("class_name"))), node)
            else:
                yield self.owner(node)

    def _waits(self, model: ConfigNode) -> bool:
        """Tell whether a Sequential is built only when it is called: behind a model, in Keras 3.0 to 3.4, and behind
        one that begins with an InputLayer, where the release looks for the shape on the layer after that.
        """
        layers = model_layers(model)
        if not layers or ConfigNode(model.get("config")).get("build_input_shape"):
            return False
        if self.load.does("looks-past-inputs"):
            return hides_input(layers[0])
        if self.load.api.line != "keras-3" or self.load.does("builds-behind-models"):
            return False
        return is_model(str(layers[0].get("class_name")), layers[0].get("config"))


def hides_input(node: ConfigNode) -> bool:
    """Tell whether the first layer of a Sequential is one that begins with an InputLayer, and says no shape behind it.

    `Sequential.layers` leaves the InputLayer out; a Functional's does not.
    """
    hidden = False
    for _ in range(DEFAULT_LIMITS.depth):
        layers = model_layers(node)
        if not layers or not is_model(str(node.get("class_name")), node.get("config")):
            break
        if node.get("class_name") == "Sequential" and is_input(layers[0].value):
            hidden, layers = True, layers[1:]
        if not layers:
            return False  # refused as an empty model
        node = layers[0]
    config = ConfigNode(node.get("config"))
    return hidden and not (config.get("batch_input_shape") or config.get("batch_shape"))
