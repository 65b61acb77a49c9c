"""Models as layers: a sequence of layers, or a graph of their calls. A nested model is a layer like others."""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.call import MOST_VARIABLES
from keras_doctor.layers.evaluation import Outcome
from keras_doctor.layers.shapes import read_shape
from keras_doctor.layers.tensors import Tensor
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.evaluation import Evaluator, Site
    from keras_doctor.layers.functional import Graph
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.layers.signature import Variable

MODELS = ("Sequential", "Functional", "Model", "Network", "Container")


def is_model(class_name: str, config: Any) -> bool:
    """Whether an entry of this class and config is a model that its config describes. A class of the user's counts when
    its config is a graph's.
    """
    if class_name == "Sequential":
        return _layers(config) is not None
    return is_graph(config) and (class_name in MODELS or "output_layers" in config)


def is_sequence(config: Any) -> bool:
    """Whether a config of a class of the user's is that of a Sequential: layers of which the first brings the input."""
    layers = _layers(config) if isinstance(config, dict) else None
    return bool(layers) and layers is not None and (is_input(layers[0]) or stated_input(layers[0]) is not None)


def is_graph(config: Any) -> bool:
    """Whether a config is that of a functional model."""
    return isinstance(config, dict) and "input_layers" in config and isinstance(config.get("layers"), list)


def model_layers(node: ConfigNode) -> list[ConfigNode]:
    """Return the layers that stand in the entry of a model, with their places in the config."""
    config = node.get("config")
    path = f"{node.path}.config" if node.path else "config"
    layers = _layers(config)
    if not isinstance(config, list):
        path = f"{path}.layers"
    return [child for child in ConfigNode(layers, path).children() if isinstance(child.value, dict)]


def _layers(config: Any) -> list[Any] | None:
    if isinstance(config, list):  # Keras 1 and 2 up to 2.2.2
        return config
    layers = config.get("layers") if isinstance(config, dict) else None
    return layers if isinstance(layers, list) else None


def evaluate_model(evaluator: Evaluator, config: Any, site: Site, given: list[Tensor]) -> Outcome:
    """Follow a model that is called on `given`; [] for a model that stands by itself.

    Its own layers are visited once, with the inputs that the model declares, as Keras builds them; what goes out
    follows from what is given.
    """
    follow = _follower(config)
    if evaluator.silent:
        return follow(evaluator, config, site, given).outcome()
    if site.path not in evaluator.declared:
        alone = follow(evaluator, config, site, [])
        if alone.declares:
            evaluator.declared[site.path] = alone.outcome()
    declared = evaluator.declared.get(site.path)
    if declared is None:
        outcome = follow(evaluator, config, site, given).outcome()
        if given:
            evaluator.declared[site.path] = outcome
        return outcome
    if not given or not declared.known:
        return declared
    evaluator.silent += 1
    try:
        called = follow(evaluator, config, site, given).outcome()
    finally:
        evaluator.silent -= 1
    return replace(declared, outputs=called.outputs, several=called.several) if called.known else declared


def _follower(config: Any) -> type[Graph] | type[_Sequence]:
    if not is_graph(config):
        return _Sequence
    from keras_doctor.layers.functional import Graph  # more code than all that a Sequential needs

    return Graph


def stated_input(entry: Any) -> Shape | None:
    """Return the input shape that the config of a model's first layer states, with the batch."""
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict):
        return None
    for key in ("batch_shape", "batch_input_shape"):
        shape = read_shape(config.get(key))
        if shape is not None:
            return shape
    shape = read_shape(config.get("input_shape", config.get("shape")))
    if shape is not None:
        return (None, *shape)
    return None


def is_input(entry: Any) -> bool:
    """Whether an entry is the placeholder of an input."""
    return isinstance(entry, dict) and entry.get("class_name") == "InputLayer"


def joined(outcomes: list[tuple[int, Outcome]]) -> tuple[Variable, ...]:
    """Return the variables of a model's layers."""
    found: list[Variable] = []
    for index, outcome in outcomes:
        if len(found) + len(outcome.variables) > MOST_VARIABLES:
            break
        for variable in outcome.variables:
            part = f"layers[{index}]/{variable.part}" if variable.part else f"layers[{index}]"
            found.append(replace(variable, part=part))
    return tuple(found)


def failure(outcomes: list[tuple[int, Outcome]]) -> str:
    """Return why a model's variables are not known: the reason of the first layer that is not."""
    if sum(len(outcome.variables) for _, outcome in outcomes) > MOST_VARIABLES:
        return "it owns more variables than any model has"
    return next((outcome.reason for _, outcome in outcomes if not outcome.known), "")


class _Sequence:
    """A Sequential: each layer takes what the one before puts out."""

    def __init__(self, evaluator: Evaluator, config: Any, site: Site, given: list[Tensor]) -> None:
        self.evaluator = evaluator
        self.config = config
        self.site = site
        self.given = given
        self.layers = _layers(config) or []
        self.place = ".config" if isinstance(config, list) else ".config.layers"
        first = self.layers[0] if self.layers else None
        self.start = stated_input(first)
        if self.start is None and isinstance(config, dict):
            self.start = read_shape(config.get("build_input_shape"))
        inner = isinstance(first, dict) and is_model(str(first.get("class_name")), first.get("config"))
        self.brings_input = inner or (isinstance(first, dict) and first.get("class_name") == "Merge")
        self.declares = self.start is not None or self.brings_input

    def outcome(self) -> Outcome:
        current: list[Any] = list(self.given)
        if not current and not self.brings_input:
            current = [Tensor(self.start)]
        outcomes: list[tuple[int, Outcome]] = []
        several = False
        for index, entry in enumerate(self.layers):
            here = [Tensor(stated_input(entry))] if is_input(entry) and not self.given else current
            result = self.site.inside(
                entry, f"{self.place}[{index}]", here if len(here) == 1 else [here] if here else []
            )
            outcomes.append((index, result))
            current, several = list(result.outputs) or [Tensor()], result.several
        reason = failure(outcomes)
        return Outcome(tuple(current), several, joined(outcomes), not reason, reason)


def name_of(entry: Any) -> str:
    """Return the name by which the graph knows a layer."""
    if not isinstance(entry, dict):
        return ""
    config = entry.get("config")
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return str(name) if name else ""
