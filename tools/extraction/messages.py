"""What the modules of a release say when they raise or warn: the shape of each message, and the function that says it.

A shape is the text with `HOLE` in the place of what is put in, spaces and line ends counted as one space each. Messages
that are put together in a variable are followed within their function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

HOLE = "\x00"
_PERCENT = re.compile(r"%(?:\((?P<name>\w+)\))?[-+ #0]*\d*(?:\.\d+)?[srdifgxe]|%%")
_BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_WARNING = ("warn", "warning", "print_msg", "warn_once", "error")


@dataclass(frozen=True)
class Said:
    """One message. `kind`: the exception's class as the source names it, "Warning" for what is printed or logged.
    `function`: where, "" for a module's own level; `holes`: the source of what is put in, in order.
    """

    kind: str
    shape: str
    function: str
    holes: tuple[str, ...] = ()


def said(source: str) -> Iterator[Said]:
    """Yield what a module says, in the order of its source."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):  # of Python 2
        return
    yield from _in(tree, "")


def keywords(source: str, wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield (function, keyword) of the functions and methods of these names that a module defines, and (function, "**")
    of one that takes any. A function that only hands on what it gets (*args, **kwargs) is left out.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in wanted:
            given = [arg.arg for arg in (*node.args.args, *node.args.kwonlyargs) if arg.arg not in ("self", "cls")]
            for name in given:
                yield node.name, name
            if node.args.kwarg and given:
                yield node.name, "**"


def _in(node: ast.AST, function: str) -> Iterator[Said]:
    texts: dict[str, list[ast.expr]] = {}
    for child in ast.iter_child_nodes(node) if not isinstance(node, ast.Module | ast.ClassDef) else ():
        for inner in _own(child):
            target = _assigned(inner)
            if target:
                texts.setdefault(target[0], []).append(target[1])
    for inner in _own(node):
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and inner is not node:
            name = function if isinstance(inner, ast.ClassDef) else inner.name
            yield from _in(inner, name)
            continue
        found = _saying(inner)
        if found is not None:
            for shape, holes in _shapes(found[1], texts, 0):
                shape = " ".join(shape.replace("\\n", " ").split())
                if len(shape.replace(HOLE, "").strip(" .:,'\"`()")) >= 3:
                    yield Said(found[0], shape, function, holes)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and what is in it, without going into functions and classes (which are yielded themselves)."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield child
        else:
            yield from _own(child)


def _assigned(node: ast.AST) -> tuple[str, ast.expr] | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(node.op, ast.Add):
        return node.target.id, node.value
    return None


def _saying(node: ast.AST) -> tuple[str, list[ast.expr]] | None:
    """Return the kind of what a statement says, and the expressions of its text."""
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return _last(node.exc.func), node.exc.args
    if isinstance(node, ast.Assert) and node.msg is not None:
        return "AssertionError", [node.msg]
    if isinstance(node, ast.Call) and _last(node.func) in _WARNING and node.args:
        return "Warning", node.args[:1]
    return None


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else "Exception"


def _shapes(
    args: list[ast.expr], texts: dict[str, list[ast.expr]], depth: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the shapes that a message can have: several where a variable holds one text or another."""
    if not args:
        return
    if len(args) > 1:
        args = [arg for arg in args if not (isinstance(arg, ast.Constant) and arg.value is None)]
    alternatives: list[list[tuple[str, tuple[str, ...]]]] = [list(_text(arg, texts, depth))[:6] for arg in args[:3]]
    made: list[tuple[str, tuple[str, ...]]] = [("", ())]
    for number, options in enumerate(alternatives):
        made = [
            (shape + (" " if number else "") + text, holes + more) for shape, holes in made for text, more in options
        ][:12]
    yield from made


def _text(node: ast.expr, texts: dict[str, list[ast.expr]], depth: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, ()
    elif isinstance(node, ast.JoinedStr):
        parts, holes = "", []
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts += str(value.value)
            elif isinstance(value, ast.FormattedValue):
                parts += HOLE
                holes.append(ast.unparse(value.value))
        yield parts, tuple(holes)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left, holes in _text(node.left, texts, depth):
            for right, more in _text(node.right, texts, depth):
                yield left + right, holes + more
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        given = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        for left, holes in _text(node.left, texts, depth):
            yield _PERCENT.sub(lambda m: "%" if m[0] == "%%" else HOLE, left), (*holes, *map(ast.unparse, given))
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        for left, holes in _text(node.func.value, texts, depth):
            shape = _BRACES.sub(lambda m: m[0][0] if m[0] in ("{{", "}}") else HOLE, left)
            yield shape, (*holes, *map(ast.unparse, given))
    elif isinstance(node, ast.IfExp):
        yield from _text(node.body, texts, depth)
        yield from _text(node.orelse, texts, depth)
    elif isinstance(node, ast.Name) and node.id in texts and depth < 3:
        for value in texts[node.id]:
            yield from _text(value, texts, depth + 1)
    else:
        yield HOLE, (ast.unparse(node),)
