"""The user's own classes and functions, from Python files that the user names.

The files are run by the processes that load models for a comparison (worker.py), and nowhere else. Which names they
define is read from their text.
"""

from __future__ import annotations

import ast
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_REGISTERING = ("register_keras_serializable",)
_PACKAGE = "Custom"  # under which Keras registers what names none
_LARGEST = 16 << 20  # bytes of a file


def names_in(paths: Sequence[str]) -> tuple[str, ...]:
    """Return the names that files define or import at their top level, and those under which they register classes
    and functions ("Custom>Scale"). Raises ValueError for a file that is not there or no Python.
    """
    return tuple(dict.fromkeys(name for path in paths for name in _names(_parsed(path))))


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


def _names(module: ast.Module) -> Iterator[str]:
    for node in module.body:
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
