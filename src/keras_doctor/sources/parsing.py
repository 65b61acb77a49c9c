"""`Code`: Python files as far as their top level tells: classes, what is imported, names for other names."""

from __future__ import annotations

import ast
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_REGISTERING = ("register_keras_serializable",)
_PACKAGE = "Custom"  # under which Keras registers what names none
_LARGEST = 16 << 20  # bytes of a file


class Code:
    """Python files that a user names.

    `names`: what they define or import at their top level, and the names under which they register classes and
    functions ("Custom>Scale"). Raises ValueError for a file that is not there or no Python.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._classes: dict[str, tuple[ast.ClassDef, Scope]] = {}
        found: list[str] = []
        for path in paths:
            module = _parsed(path)
            scope = Scope(module)
            for node in module.body:
                names = list(_names(node))
                found += names
                if isinstance(node, ast.ClassDef):
                    self._classes.update(dict.fromkeys(names, (node, scope)))
        self.names = tuple(dict.fromkeys(found))

    def find(self, name: str) -> tuple[ast.ClassDef, Scope] | None:
        """Return the class that a config calls by a name, with the scope that it stands in."""
        return self._classes.get(name) or self._classes.get(name.rpartition(">")[2])


class Scope:
    """The top level of a file. `paths`: what its names stand for, where that is a path: "layers" →
    "tensorflow.keras.layers"; `defined`: its classes and functions; `constants`: names of plain values.
    """

    def __init__(self, module: ast.Module) -> None:
        self.paths: dict[str, str] = {}
        self.defined: set[str] = set()
        self.constants: dict[str, ast.expr] = {}
        for node in module.body:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.paths[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    self.paths[alias.asname or alias.name] = f"{node.module or ''}.{alias.name}"
            elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                self.defined.add(node.name)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._assigned(node.targets[0].id, node.value)

    def _assigned(self, name: str, value: ast.expr) -> None:
        path = self.path(value)
        if path:
            self.paths[name] = path
        elif isinstance(value, ast.Constant) and name not in self.constants:
            self.constants[name] = value

    def path(self, node: ast.expr) -> str:
        """Return what an expression of names and dots stands for, "" for any other: `tf.keras.layers.Dense` →
        "tensorflow.keras.layers.Dense".
        """
        steps: list[str] = []
        while isinstance(node, ast.Attribute):
            steps.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return ""
        return ".".join([self.paths.get(node.id, node.id), *reversed(steps)])


def _parsed(path: str) -> ast.Module:
    try:
        if os.path.getsize(path) > _LARGEST:
            raise ValueError(f"{path} is too large for a file of custom objects")
        with open(path, "rb") as file:
            return ast.parse(file.read(), path)
    except OSError as error:
        raise ValueError(f"the custom code cannot be read: {path}: {error.strerror}") from None
    except (SyntaxError, RecursionError) as error:
        raise ValueError(f"the custom code is no Python: {path}: {error}") from None


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        yield node.name
        yield from _registered(node)
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)


def _registered(node: ast.ClassDef | ast.FunctionDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        called = decorator.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        given = dict(zip(("package", "name"), decorator.args, strict=False))
        given.update({keyword.arg: keyword.value for keyword in decorator.keywords if keyword.arg})
        if name in _REGISTERING or "package" in given:  # what wraps it hands that on
            package, own = (
                _text(given.get(key), default) for key, default in (("package", _PACKAGE), ("name", node.name))
            )
            yield f"{package}>{own}"


def _text(node: ast.expr | None, default: str) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else default
