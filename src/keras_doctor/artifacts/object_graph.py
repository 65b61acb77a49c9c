"""The graph of objects that a SavedModel or a checkpoint was made from: nodes, and what they call each other.

Objects share parts, so a node has many names. Its path is the shortest way to it from the root, breadth first in stored
order: so TensorFlow names what it saves ("layer_with_weights-0/kernel"). Source: breadth_first_traversal of
tensorflow/python/trackable and tensorflow/python/checkpoint/graph_view.py.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Characters of one path, and of all: in a hostile chain of nodes they would grow with the square of its length.
_PATH = 1024
_PATHS = 16 << 20
_LEVELS = 32  # that count for the order of variables
_COUNTERS = frozenset(("iter", "_iterations"))
# Under these names objects list what is theirs already.
_LISTINGS = frozenset(
    (
        *("variables", "trainable_variables", "non_trainable_variables", "_all_variables", "_trainable_variables"),
        *("keras_api", "regularization_losses", "signatures"),
    )
)


def paths(nodes: list[dict[str, Any]], without: frozenset[str] = frozenset()) -> list[str | None]:
    """Return each node's path from node 0, whose own path is ""; None for one that is not reached.

    Names in `without` are not followed.
    """
    found: list[str | None] = [None] * len(nodes)
    if not nodes:
        return found
    found[0] = ""
    queue = [0]
    left = _PATHS
    for index in queue:  # it grows while it is walked
        base = found[index]
        for name, target in children(nodes, index).items():
            if name in without:
                continue
            path = f"{base}/{name}" if base else name
            if 0 <= target < len(nodes) and found[target] is None and len(path) <= min(_PATH, left):
                left -= len(path)
                found[target] = path
                queue.append(target)
    return found


def children(nodes: list[dict[str, Any]], index: int) -> dict[str, int]:
    """Return the nodes that a node refers to, by the name that it gives them."""
    return {child.get("local_name", ""): child.get("node_id", 0) for child in nodes[index].get("children", ())}


def optimizers(nodes: list[dict[str, Any]]) -> list[str]:
    """Return the paths of the nodes that are optimizers: they have slot variables, or count iterations."""
    return [
        path
        for index, path in enumerate(paths(nodes))
        if path and (nodes[index].get("slots") or not _COUNTERS.isdisjoint(children(nodes, index)))
    ]


class Structure:
    """Where the variables of a model stand in it, rather than in one of the lists that TensorFlow may name them by."""

    def __init__(self, nodes: list[dict[str, Any]]) -> None:
        plain = paths(nodes, _LISTINGS)
        self._places = {
            short: place for short, place in zip(paths(nodes), plain, strict=True) if short is not None and place
        }
        self._ranks = {place: index for index, place in enumerate(plain) if place}

    def place(self, path: str) -> str:
        """Return the path of a variable through the objects that own it; the given one where there is no such path."""
        return self._places.get(path, path)

    def order(self, place: str) -> tuple[int, ...]:
        """Return what sorts places as the model has them: parents first, children in the order in which they are
        kept.
        """
        names = place.split("/")[:_LEVELS]
        return tuple(self._ranks.get("/".join(names[: index + 1]), -1) for index in range(len(names)))
