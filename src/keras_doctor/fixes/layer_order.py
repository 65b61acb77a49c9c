"""The layers of a graph in the order in which a loader lists them, whatever order the config has.

A release sorts the layers of a graph that it makes by their distance from the outputs, and hands out the weights of a
file in that order: in HDF5 to one layer after the other, in a `.keras` archive by class and number. What fixes put
into a graph changes the distances. Sources: `map_graph` of keras/src/ops/function.py (3.15), `_map_graph_network` of
keras/engine/network.py (2.2) and functional.py (2.10), which agree.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.functional import calls_of, shifts_of
from keras_doctor.layers.inbound import read_refs, refs_in
from keras_doctor.layers.models import is_input, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.layers.inbound import Node, Ref

    Call = tuple[str, int]  # a layer, and the number of one of its calls

DEPTH = 64


def order_layers(entry: Any, depth: int = 0) -> None:
    """Put the layers of a model, and of the models in it, into that order."""
    if depth > DEPTH or not isinstance(entry, dict):
        return
    config = entry.get("config")
    held = layers_of(entry) or ([config.get("layer")] if isinstance(config, dict) else [])
    for layer in held:
        order_layers(layer, depth + 1)
    if isinstance(config, dict) and "output_layers" in config and layers_of(entry):
        places = _places(config["layers"], read_refs(config["output_layers"]))
        if places is not None:
            config["layers"] = sorted(config["layers"], key=lambda layer: _place(layer, places))


_UNUSED, _LEFT_OUT = (0, -1), (1, 0)  # inputs that lead nowhere, and layers that no model keeps


def _place(layer: Any, places: dict[str, tuple[int, int]]) -> tuple[int, int]:
    return places.get(name_of(layer), _UNUSED if is_input(layer) else _LEFT_OUT)


def _places(layers: list[Any], outputs: list[Ref]) -> dict[str, tuple[int, int]] | None:
    """Return what the layers are sorted by; None where a call is not among those of its layer."""
    names = frozenset(name_of(layer) for layer in layers)
    nodes = [calls_of(layer, names) for layer in layers]
    shift, output_shift = shifts_of(layers, nodes, outputs)
    calls: dict[Call, Node | None] = {}
    for layer, listed in zip(layers, nodes, strict=True):
        inputs: list[Node | None] = [None]
        for number, node in enumerate(inputs if is_input(layer) else listed):
            calls[name_of(layer), number] = node
    ends = [(ref.layer, ref.node - output_shift.get(ref.layer, 0)) for ref in outputs]

    def parents(call: Call) -> list[Call]:
        node = calls[call]
        if node is None:
            return []
        named = [node.kwargs[key] for key in sorted(node.kwargs)]
        return [(ref.layer, ref.node - shift.get(ref.layer, 0)) for ref in refs_in([node.args, named])]

    if not all(call in calls for call in ends) or not all(one in calls for call in calls for one in parents(call)):
        return None
    seen: dict[str, int] = {}  # layer → when the walk from the outputs came to it
    finished = list(_walked(ends, parents, seen))
    of_call: dict[Call, int] = {}
    of_layer: dict[str, int] = {}
    for call in reversed(finished):
        far = max(of_call.get(call, 0), of_layer.get(call[0], 0))
        of_call[call] = of_layer[call[0]] = far
        for parent in parents(call):
            of_call[parent] = max(far + 1, of_call.get(parent, 0))
    return {name: (-far, seen[name]) for name, far in of_layer.items()}


def _walked(ends: list[Call], parents: Callable[[Call], list[Call]], seen: dict[str, int]) -> Iterator[Call]:
    """Yield each call after those that it takes from, depth first from the outputs."""
    begun: set[Call] = set()
    for end in ends:
        stack: list[tuple[Call, Iterator[Call]]] = []
        left = iter([end])
        while True:
            call = next(left, None)
            if call is None:
                if not stack:
                    break
                done, left = stack.pop()
                yield done
            elif call not in begun:
                begun.add(call)
                seen.setdefault(call[0], len(seen))
                stack.append((call, left))
                left = iter(parents(call))
