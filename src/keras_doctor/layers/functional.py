"""Functional models: each call of a layer takes tensors that other calls put out."""

from __future__ import annotations

from keras_doctor.layers.evaluation import Outcome
from keras_doctor.layers.inbound import Node, Ref, read_nodes, read_refs, refs_in
from keras_doctor.layers.models import failure, is_graph, is_input, joined, name_of, stated_input
from keras_doctor.layers.tensors import Slice, Tensor, convert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.evaluation import Evaluator, Site


class Graph:
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
        """Follow all calls."""
        for position, entry in enumerate(self.layers):
            if is_input(entry):
                self._input(position, entry)
        self._calls()
        outputs = tuple(self._find(ref, self.output_shift) for ref in self.outputs)
        outcomes = sorted(self.outcomes.items())
        reason = failure(outcomes)
        return Outcome(outputs, len(outputs) > 1, joined(outcomes), not reason, reason)

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
            shifts.setdefault(ref.layer, 1 if is_graph(layers[position].get("config")) else 0)
    return shifts


def calls_of(entry: Any, names: frozenset[str]) -> list[Node]:
    """Return the calls of a layer. One that is in the graph without taking anything is a constant, made once."""
    if not isinstance(entry, dict) or is_input(entry):
        return []
    return read_nodes(entry, names) or ([Node([], {})] if "inbound_nodes" in entry else [])
