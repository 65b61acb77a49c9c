"""The config tree of a model, addressable by path.

A config is plain JSON (dicts, lists, scalars), as the file has it. A `ConfigNode` is a place in it: a value and the
path that leads there, written as people write it: "config.layers[3].config.units".
"""

from __future__ import annotations

from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any


class ConfigNode:
    """A value of a config and where it stands. Cheap: nodes are made when asked for."""

    __slots__ = ("path", "value")

    def __init__(self, value: Any, path: str = "") -> None:
        self.value = value
        self.path = path

    def __repr__(self) -> str:
        return f"ConfigNode({self.path!r}, {type(self.value).__name__})"

    def child(self, key: str | int) -> ConfigNode:
        """Return the node of one entry. Raises KeyError when there is none."""
        value = self.value
        if isinstance(key, int):
            if isinstance(value, list) and -len(value) <= key < len(value):
                return ConfigNode(value[key], f"{self.path}[{key}]")
        elif isinstance(value, dict) and key in value:
            return ConfigNode(value[key], _join(self.path, key))
        raise KeyError(f"{self.path or 'config'} has no {key!r}")

    def get(self, key: str, default: Any = None) -> Any:
        """Return the plain value of one entry of a dict, `default` when this is no dict or has no such entry."""
        return self.value.get(key, default) if isinstance(self.value, dict) else default

    def children(self) -> Iterator[ConfigNode]:
        """Yield the entries of a dict or list, in order."""
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield ConfigNode(value, _join(self.path, key))
        elif isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield ConfigNode(value, f"{self.path}[{index}]")

    def at(self, path: str) -> ConfigNode:
        """Return the node at `path`, relative to this one. Raises KeyError when there is none."""
        node = self
        for step in split_path(path):
            node = node.child(step)
        return node

    def walk(self, limits: Limits = DEFAULT_LIMITS) -> Iterator[ConfigNode]:
        """Yield this node and every one below it, parents first, in the order of the file, down to `limits.depth`
        levels.
        """
        stack = [(self, 0)]
        while stack:
            node, depth = stack.pop()
            yield node
            if depth < limits.depth:
                stack.extend((child, depth + 1) for child in reversed(list(node.children())))


def _join(path: str, key: object) -> str:
    name = str(key)
    if not name.isidentifier():
        name = "[" + _quote(name) + "]"
        return path + name
    return f"{path}.{name}" if path else name


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def split_path(path: str) -> list[str | int]:
    """Split "config.layers[3].name" into its steps: ["config", "layers", 3, "name"].

    A key that is no identifier is written in brackets and double quotes: `losses["my loss"]`. Raises ValueError for
    other text.
    """
    steps: list[str | int] = []
    position = 0
    while position < len(path):
        if path.startswith('["', position):
            key = ""
            position += 2
            while position < len(path) and path[position] != '"':
                position += path[position] == "\\"
                key += path[position : position + 1]
                position += 1
            if path[position : position + 2] != '"]':
                raise ValueError(f"a quoted key does not end: {path!r}")
            steps.append(key)
            position += 2
        elif path[position] == "[":
            end = path.find("]", position)
            number = path[position + 1 : end]
            if end < 0 or not number.isdigit():
                raise ValueError(f"not an index at {position} of {path!r}")
            steps.append(int(number))
            position = end + 1
        else:
            position += path[position] == "."
            end = position
            while end < len(path) and path[end] not in ".[":
                end += 1
            if end == position:
                raise ValueError(f"a key is missing at {position} of {path!r}")
            steps.append(path[position:end])
            position = end
    return steps
