"""Models as layers: a sequence of layers, or a graph of their calls. A nested model is a layer like others."""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.call import MOST_VARIABLES
from keras_doctor.layers.evaluation import Outcome
from keras_doctor.layers.inbound import Node, Ref, read_nodes, read_refs, refs_in
from keras_doctor.layers.shapes import read_shape
from keras_doctor.layers.tensors import Slice, Tensor, convert
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.evaluation import Evaluator, Site
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.layers.signature import Variable

MODELS = ("Sequential", "Functional", "Model", "Network", "Container")


def is_model(class_name: str, config: Any) -> bool:
    """Whether an entry of this class and config is a model that its config describes. A class of the user's counts when
    its config is a graph's.
    """
    if class_name == "Sequential":
        return _layers(config) is not None
    return _is_graph(config) and (class_name in MODELS or "output_layers" in config)


def is_sequence(config: Any) -> bool:
    """Whether a config of a class of the user's is that of a Sequential: layers of which the first brings the input."""
    layers = _layers(config) if isinstance(config, dict) else None
    return bool(layers) and layers is not None and (is_input(layers[0]) or stated_input(layers[0]) is not None)


def _is_graph(config: Any) -> bool:
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
    follow = _Graph if _is_graph(config) else _Sequence
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


def _joined(outcomes: list[tuple[int, Outcome]]) -> tuple[Variable, ...]:
    """Return the variables of a model's layers."""
    found: list[Variable] = []
    for index, outcome in outcomes:
        if len(found) + len(outcome.variables) > MOST_VARIABLES:
            break
        for variable in outcome.variables:
            part = f"layers[{index}]/{variable.part}" if variable.part else f"layers[{index}]"
            found.append(replace(variable, part=part))
    return tuple(found)


def _failure(outcomes: list[tuple[int, Outcome]]) -> str:
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
        reason = _failure(outcomes)
        return Outcome(tuple(current), several, _joined(outcomes), not reason, reason)


class _Graph:
    """A functional model: each call of a layer takes tensors that other calls put out."""

    declares = True

    def __init__(self, evaluator: Evaluator, config: dict[str, Any], site: Site, given: list[Tensor]) -> None:
        self.evaluator = evaluator
        self.config = config
        self.site = site
        self.layers: list[Any] = config["layers"]
        self.index: dict[str, int] = {}
        for position, entry in enumerate(self.layers):
            self.index.setdefault(name_of(entry), position)
        names = frozenset(self.index)
        self.nodes = [calls_of(entry, names) for entry in self.layers]
        self.given: dict[str, Tensor] = {}
        for ref, tensor in zip(read_refs(config.get("input_layers")), given, strict=False):
            self.given[ref.layer] = tensor
        self.made: dict[tuple[str, int], tuple[Tensor, ...]] = {}
        self.outputs = read_refs(config.get("output_layers"))
        self.shift, self.output_shift = shifts_of(self.layers, self.nodes, self.outputs)
        self.outcomes: dict[int, Outcome] = {}

    def outcome(self) -> Outcome:
        for position, entry in enumerate(self.layers):
            if is_input(entry):
                self._input(position, entry)
        self._calls()
        outputs = tuple(self._find(ref, self.output_shift) for ref in self.outputs)
        outcomes = sorted(self.outcomes.items())
        reason = _failure(outcomes)
        return Outcome(outputs, len(outputs) > 1, _joined(outcomes), not reason, reason)

    def _input(self, position: int, entry: Any) -> None:
        name = name_of(entry)
        tensor = self.given.get(name) or Tensor(stated_input(entry))
        outcome = self.site.inside(entry, f".config.layers[{position}]", [tensor])
        self.made[name, 0] = outcome.outputs
        self.outcomes[position] = outcome

    def _calls(self) -> None:
        """Make every call whose inputs are there, in the order in which they come to be; then those that wait in vain,
        without them.
        """
        inputs = set(self.made)
        waiting: dict[tuple[int, int], int] = {}
        feeds: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for position, nodes in enumerate(self.nodes):
            for number, node in enumerate(nodes):
                needs = {self._source(ref, self.shift) for ref in refs_in([node.args, node.kwargs])} - inputs
                waiting[position, number] = len(needs)
                for need in needs:
                    feeds.setdefault(need, []).append((position, number))
        ready = [key for key, count in waiting.items() if not count]
        for key in ready:  # grows while it is walked
            for fed in feeds.get(self._call(key), ()):
                waiting[fed] -= 1
                if not waiting[fed]:
                    ready.append(fed)
        for key in waiting:
            name = name_of(self.layers[key[0]])
            if (name, key[1]) not in self.made:
                self._call(key)

    def _call(self, key: tuple[int, int]) -> tuple[str, int]:
        position, number = key
        node, entry = self.nodes[position][number], self.layers[position]

        def tensor(value: Any) -> Any:
            if isinstance(value, Slice):
                return Slice(tensor(value.start), tensor(value.stop), tensor(value.step))
            return self._find(value, self.shift) if isinstance(value, Ref) else value

        args, kwargs = convert(node.args, tensor), convert(node.kwargs, tensor)
        outcome = self.site.inside(entry, f".config.layers[{position}]", args, kwargs)
        if position not in self.outcomes or not self.outcomes[position].known:
            self.outcomes[position] = outcome
        made = (name_of(entry), number)
        self.made[made] = outcome.outputs
        return made

    def _source(self, ref: Ref, shifts: dict[str, int]) -> tuple[str, int]:
        return ref.layer, ref.node - shifts.get(ref.layer, 0)

    def _find(self, ref: Ref, shifts: dict[str, int]) -> Tensor:
        outputs = self.made.get(self._source(ref, shifts), ())
        tensor = outputs[ref.tensor] if 0 <= ref.tensor < len(outputs) else Tensor()
        return Tensor(ref.shape) if tensor.shape is None else tensor


def shifts_of(layers: list[Any], nodes: list[list[Node]], outputs: list[Ref]) -> tuple[dict[str, int], dict[str, int]]:
    """Return, by layer, how much more the references of a graph count than the config lists calls: those of
    `inbound_nodes` (`nodes`, by layer), and those of `output_layers`.

    Keras 1 and 2 count the call that a nested model is made of; Keras 3 does so in `output_layers` alone, and only for
    functional models: there one call may be all that is referred to.
    """
    taken = [ref for calls in nodes for node in calls for ref in refs_in([node.args, node.kwargs])]
    if any(node.keras3 for calls in nodes for node in calls):
        return _shifts(layers, nodes, taken), _shifts(layers, nodes, outputs, own_call_counts=True)
    both = _shifts(layers, nodes, [*taken, *outputs])
    return both, both


def _shifts(
    layers: list[Any], nodes: list[list[Node]], refs: list[Ref], own_call_counts: bool = False
) -> dict[str, int]:
    index: dict[str, int] = {}
    for position, entry in enumerate(layers):
        index.setdefault(name_of(entry), position)
    shifts: dict[str, int] = {}
    for ref in refs:
        position = index.get(ref.layer, -1)
        listed = len(nodes[position]) if position >= 0 else 0
        if listed and ref.node >= listed:
            shifts[ref.layer] = 1
        elif own_call_counts and listed and ref.node >= 1:
            shifts.setdefault(ref.layer, 1 if _is_graph(layers[position].get("config")) else 0)
    return shifts


def calls_of(entry: Any, names: frozenset[str]) -> list[Node]:
    """Return the calls of a layer. One that is in the graph without taking anything is a constant, made once."""
    if not isinstance(entry, dict) or is_input(entry):
        return []
    return read_nodes(entry, names) or ([Node([], {})] if "inbound_nodes" in entry else [])


def name_of(entry: Any) -> str:
    """Return the name by which the graph knows a layer."""
    if not isinstance(entry, dict):
        return ""
    config = entry.get("config")
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return str(name) if name else ""
