"""The graph of objects that a SavedModel or a checkpoint was made from: nodes, and what they call each other.

Objects share parts, so a node has many names. Its path is the shortest way to it from the root, breadth first in stored
order: so TensorFlow names what it saves ("layer_with_weights-0/kernel"). Source: breadth_first_traversal of
tensorflow/python/trackable and tensorflow/python/checkpoint/graph_view.py.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PATH = 4096  # characters of one path: in a hostile chain of nodes they would grow with the square of its length
_COUNTERS = frozenset(("iter", "_iterations"))


def paths(nodes: list[dict[str, Any]]) -> list[str | None]:
    """Return each node's path from node 0, whose own path is ""; None for one that is not reached."""
    found: list[str | None] = [None] * len(nodes)
    if not nodes:
        return found
    found[0] = ""
    queue = [0]
    for index in queue:  # it grows while it is walked
        base = found[index]
        for name, target in children(nodes, index).items():
            path = f"{base}/{name}" if base else name
            if 0 <= target < len(nodes) and found[target] is None and len(path) <= _PATH:
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
