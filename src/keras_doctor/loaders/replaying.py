"""The nodes of a functional model, followed as its `from_config` does: what no loader can put together."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.inbound import read_nodes, read_refs, refs_in
from keras_doctor.loaders.graphs import GRAPHS, Stuck, name_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.waiting import waits_for_input

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.config import ConfigNode
    from keras_doctor.layers.inbound import Node, Ref
    from keras_doctor.loaders.load import Load

_MODELS = ("Sequential", "Functional", "Model", "Container", "Network")
MOST_NAMES = 8  # that a step tells of


def replay(load: Load, model: ConfigNode) -> Iterator[Step]:
    """Yield what stops a functional model's graph from being put together: stage "graph".

    `model` is the config of a model: `{"layers": …, "input_layers": …, "output_layers": …}`; nothing is yielded for one
    of another form. Sources: `functional_from_config` of keras/src/models/functional.py (3.x),
    `reconstruct_from_config` of keras/engine/functional.py (2.6 to 2.15), `Network.from_config` of Keras 2.
    """
    layers = model.get("layers")
    if not isinstance(layers, list) or not isinstance(model.value, dict) or "output_layers" not in model.value:
        return
    yield from _Replay(load, model, [entry for entry in layers if isinstance(entry, dict)]).steps()


class _Replay:
    """One functional model on its way through `from_config`."""

    def __init__(self, load: Load, model: ConfigNode, layers: list[dict[str, Any]]) -> None:
        self.load = load
        self.model = model
        self.modern = load.api.line == "keras-3"
        self.layers = {name_of(entry): entry for entry in layers}
        names = frozenset(self.layers)
        self.nodes: dict[str, list[Node]] = {}
        for name, entry in self.layers.items():
            self.nodes[name] = [] if entry.get("class_name") == "InputLayer" else read_nodes(entry, names)

    def steps(self) -> Iterator[Step]:
        encoded = [name for name in self.layers if not self._readable(self.layers[name])]
        if encoded:
            yield self._step("graph:encoding", encoded)
            return
        needed = [ref for nodes in self.nodes.values() for node in nodes for ref in refs_in([node.args, node.kwargs])]
        absent = [ref.layer for ref in needed if ref.layer not in self.layers]
        if absent:
            yield self._step("graph:missing", absent)
            return
        indexed = self._indexed() if self.modern else []
        if indexed:
            yield self._step("graph:encoding", indexed)
            return
        refused = self._refused() if self.modern else None
        if refused:
            yield self._step("graph:argument", list(refused))
            return
        early = self._early() if self.modern and self.load.does("wants-graph-in-order") else ""
        if early:
            yield self._step("graph:order", [early])
            return
        left = self._left()
        if left:
            yield self._step("graph:unresolved", left, hangs=not self.load.does("notices-stuck-graph"))
            return
        yield from self._ends()

    def _step(self, tag: str, names: list[str], hangs: bool = False) -> Step:
        stuck = Stuck(self.load.api, tuple(dict.fromkeys(names))[:MOST_NAMES], hangs)
        return Step("graph", (tag,), Locus(path=self.model.path), stuck)

    def _readable(self, entry: dict[str, Any]) -> bool:
        """Tell whether the release reads the form in which the calls of a layer are written."""
        listed = entry.get("inbound_nodes")
        for node in listed if isinstance(listed, list) else ():
            if isinstance(node, dict) and "args" in node:
                if not self.modern:
                    return False
            elif self.modern and node:
                calls = node if isinstance(node, list) else [None]
                if not all(_is_reference(call) for call in calls):
                    return False
        return True

    def _indexed(self) -> list[str]:
        """Return the operations that take a part of a tensor in a way that the release does not read: by more than one
        index, by an ellipsis.
        """
        lists, ellipses = self.load.does("indexes-by-tuple-only"), not self.load.does("reads-ellipsis")
        if not lists and not ellipses:
            return []
        found = []
        for name, nodes in self.nodes.items():
            for node in nodes if self.layers[name].get("class_name") == "GetItem" else ():
                for key in (*node.args[1:], node.kwargs.get("key")):
                    listed = isinstance(key, list)
                    if (lists and listed) or (ellipses and ... in (key if listed else [key])):
                        found.append(name)
        return found

    def _refused(self) -> tuple[str, str] | None:
        """Return an operation, and an argument that its call does not take in this release."""
        for name, nodes in self.nodes.items():
            entry = self.layers[name]
            for node in nodes if ".ops" in str(entry.get("module")) else ():
                for key in node.kwargs:
                    if self.load.does(f"calls-{entry.get('class_name')}-without-{key}"):
                        return name, str(key)
        return None

    def _own(self, name: str) -> int:
        """Return how many calls a layer has before the graph makes any."""
        entry = self.layers[name]
        if entry.get("class_name") == "InputLayer":
            return 1
        if not self.modern and waits_for_input(entry):
            return 0
        # A nested model of Keras 2 counts the call that it is made of.
        return 0 if self.modern else int(entry.get("class_name") in _MODELS)

    def _early(self) -> str:
        """Return the first layer whose call needs one that the list brings later only, "" when there is none."""
        made = {name: self._own(name) for name in self.layers}
        for name, nodes in self.nodes.items():
            for node in nodes:
                if any(made[ref.layer] <= ref.node for ref in refs_in([node.args, node.kwargs])):
                    if node.keras3:
                        return name
                    break
                made[name] += 1
        return ""

    def _left(self) -> list[str]:
        """Return the layers with calls that can never be made."""
        waiting: dict[tuple[str, int], int] = {}
        feeds: dict[tuple[str, int], list[tuple[str, int]]] = {}
        for name, nodes in self.nodes.items():
            for number, node in enumerate(nodes):
                needs = {(ref.layer, number) for ref in refs_in([node.args, node.kwargs]) for number in self._call(ref)}
                if number:
                    needs.add((name, number - 1))
                waiting[name, number] = len(needs)
                for need in needs:
                    feeds.setdefault(need, []).append((name, number))
        ready = [call for call, count in waiting.items() if not count]
        done = set(ready)
        for call in ready:  # grows while it is walked
            for fed in feeds.get(call, ()):
                waiting[fed] -= 1
                if not waiting[fed]:
                    ready.append(fed)
                    done.add(fed)
        return [name for name, number in waiting if (name, number) not in done]

    def _call(self, ref: Ref) -> tuple[int, ...]:
        """Return which of a layer's calls a reference waits for: () for one that is there from the start."""
        number = ref.node - self._own(ref.layer)
        return () if number < 0 else (number,)

    def _ends(self) -> Iterator[Step]:
        """Yield what is wrong with the lists of inputs and outputs."""
        for key in ("input_layers", "output_layers"):
            value = self.model.get(key)
            if not self._read_by_release(value):
                yield self._step("graph:ends", [key])
                return
            refs = read_refs(value)
            absent = [ref.layer for ref in refs if ref.layer not in self.layers]
            if absent:
                yield self._step("graph:missing", absent)
            elif self.modern:
                out = [ref.layer for ref in refs if not self._has(ref)]
                if out:
                    yield self._step("graph:missing", out)
                    return
        classes = {name: str(entry.get("class_name")) for name, entry in self.layers.items()}
        taken = {classes.get(ref.layer) for ref in read_refs(self.model.get("input_layers"))}
        if self.modern and taken - {"InputLayer"}:
            from keras_doctor.loaders import handed_on  # few models name another layer

            yield from handed_on.named(self.load, self.model, self.nodes, classes)

    def _read_by_release(self, value: Any) -> bool:
        """Tell whether the release understands the form of `input_layers` or `output_layers`."""
        listed = self.load.does("wants-listed-ends")
        if not listed and (not self.modern or self.load.does("reads-nested-ends")):
            return True
        named = isinstance(value, dict) and not listed
        refs = value.values() if named else value if isinstance(value, list) else [None]
        return all(isinstance(ref, list) and len(ref) == 3 and isinstance(ref[0], str) for ref in refs)

    def _has(self, ref: Ref) -> bool:
        """Tell whether the graph has the call that an input or output names, as Python counts."""
        number = ref.node
        if self.layers[ref.layer].get("class_name") in GRAPHS and self.load.does("counts-own-call"):
            number -= 1
        count = self._own(ref.layer) + len(self.nodes[ref.layer])
        return -count <= number < count


def _is_reference(call: Any) -> bool:
    """Tell whether Keras 3 reads an entry of the list encoding: ["layer", node, tensor] and, perhaps, arguments that
    are no tensors themselves.
    """
    if not isinstance(call, list) or len(call) not in (3, 4) or not isinstance(call[0], str):
        return False
    kwargs = call[3] if len(call) == 4 and isinstance(call[3], dict) else {}
    return call[0] != "_CONSTANT_VALUE" and not any(_is_tensor(value) for value in kwargs.values())


def _is_tensor(value: Any) -> bool:
    """Tell whether an argument stands for a tensor of the graph, or a list of some."""
    if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str):
        return all(type(number) is int for number in value[1:])
    return isinstance(value, list) and bool(value) and all(_is_tensor(one) for one in value[:64])
