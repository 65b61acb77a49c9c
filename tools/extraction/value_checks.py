"""The values that a constructor accepts for a keyword."""

from __future__ import annotations

import ast
from typing import Any

from extraction.program import UNKNOWN, Class, Function, Program, Scope

# Function → what `Checks` looks at in it.
_walked: dict[int, tuple[ast.AST, list[ast.AST]]] = {}


def _nodes(root: ast.AST) -> list[ast.AST]:
    """Return the statements and calls of a function that `Checks` looks at."""
    if len(_walked) > 20_000:
        _walked.clear()
    if id(root) not in _walked:
        kept = (ast.Assign, ast.If, ast.Assert, ast.Call)
        _walked[id(root)] = root, [node for node in ast.walk(root) if isinstance(node, kept)]
    return _walked[id(root)][1]


class Checks:
    """The values that a function accepts for a parameter, where it raises for any other."""

    def __init__(
        self, program: Program, function: Function, bound: dict[str, Any] | None = None, depth: int = 0
    ) -> None:
        self.program, self.depth = program, depth
        self.scope = program.locals(function, bound or {})
        taken = [*function.node.args.args, *function.node.args.kwonlyargs]
        self.names = {a.arg: a.arg for a in taken if a.arg not in (bound or {})}
        self.lowered: set[str] = set()
        self.found: dict[str, tuple[tuple[str, ...], bool]] = {}
        nodes = _nodes(function.node)
        for node in nodes:
            if isinstance(node, ast.Assign) and len(node.targets) == 1 and (name := self._name(node.value)):
                if isinstance(node.targets[0], (ast.Name, ast.Attribute)):
                    self.names.setdefault(ast.unparse(node.targets[0]), name)
                if any(isinstance(n, ast.Attribute) and n.attr in ("lower", "upper") for n in ast.walk(node.value)):
                    self.lowered.add(ast.unparse(node.targets[0]))
        ends = isinstance(function.node.body[-1], ast.Raise)
        older: dict[str, list[str]] = {}  # values that are replaced before they are compared
        for node in nodes:
            if isinstance(node, ast.If):
                self._replaced(node, older)
                if ends and isinstance(node.body[-1], ast.Return):
                    self._membership(node.test, ast.In)
                    self._unset(node.test, older)
                self._condition(node)
            elif isinstance(node, ast.Assert):
                self._membership(node.test, ast.In)
            elif isinstance(node, ast.Call) and depth < 2:
                self._helper(node)
        for name, values in older.items():
            if name in self.found:
                known, lowered = self.found[name]
                self.found[name] = tuple(sorted({*known, *(v for v in values if v != "?")})), lowered

    def _replaced(self, node: ast.If, older: dict[str, list[str]]) -> None:
        """Note `if x == "old": x = "new"`."""
        test = node.test
        if (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], (ast.Eq, ast.In))
            and (name := self._name(test.left))
        ):
            targets = [t for n in node.body if isinstance(n, ast.Assign) for t in n.targets]
            if any(self._name(t) == name for t in targets):
                value = self.program.value(test.comparators[0], self.scope)
                older.setdefault(name, []).extend(map(repr, value if isinstance(value, list) else [value]))

    def _unset(self, test: ast.expr, older: dict[str, list[str]]) -> None:
        """Note `if allow_none and x is None: return`, where None is allowed."""
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        for part in parts:
            if (
                isinstance(part, ast.Compare)
                and isinstance(part.ops[0], ast.Is)
                and ast.unparse(part).endswith("is None")
            ):
                name = self._name(part.left)
                others = [self.program.value(other, self.scope) for other in parts if other is not part]
                if name and all(value is True for value in others):
                    older.setdefault(name, []).append("None")

    def _name(self, node: ast.expr) -> str:
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            if node.func.attr not in ("lower", "upper"):
                return ""
            node = node.func.value
        return self.names.get(ast.unparse(node), "") if isinstance(node, (ast.Name, ast.Attribute)) else ""

    def _record(self, node: ast.expr, values: Any) -> None:
        name = self._name(node)
        if not name or not isinstance(values, (list, tuple)) or not values or UNKNOWN in values:
            return
        if not all(isinstance(v, (str, int, float, bool, type(None))) for v in values):
            return
        if not any(isinstance(v, str) for v in values):
            return
        text = tuple(dict.fromkeys(repr(v) for v in values))
        lowered = isinstance(node, ast.Call) or ast.unparse(node) in self.lowered
        if name not in self.found or len(self.found[name][0]) < len(text):
            self.found[name] = tuple(sorted(text)), lowered

    def _condition(self, node: ast.If) -> None:
        if node.body and isinstance(node.body[-1], ast.Raise):
            self._membership(node.test, ast.NotIn)
        elif isinstance(node.body[-1], ast.Return) and node.orelse and isinstance(node.orelse[0], ast.Raise):
            self._membership(node.test, ast.In)
        # if x == "a": … elif x == "b": … else: raise
        chain: list[Any] = []
        subject: ast.expr | None = None
        branch: ast.stmt = node
        while isinstance(branch, ast.If):
            test = branch.test
            if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Eq, ast.In))):
                return
            if subject is not None and ast.unparse(test.left) != ast.unparse(subject):
                return
            subject = test.left
            value = self.program.value(test.comparators[0], self.scope)
            if isinstance(test.ops[0], ast.In):
                if not isinstance(value, (list, tuple)):
                    return
                chain.extend(value)
            else:
                chain.append(value)
            if len(branch.orelse) == 1 and isinstance(branch.orelse[0], ast.If):
                branch = branch.orelse[0]
            else:
                if branch.orelse and isinstance(branch.orelse[0], ast.Raise):
                    self._record(subject, chain)
                return

    def _membership(self, test: ast.expr, wanted: type) -> None:
        parts = [test]
        if isinstance(test, ast.BoolOp):
            subjects = {self._name(n) for n in ast.walk(test) if isinstance(n, (ast.Name, ast.Attribute))} - {""}
            if len(subjects) > 1 and isinstance(test.op, ast.And):
                return
            typed = any(isinstance(n, ast.Call) and getattr(n.func, "id", "") == "isinstance" for n in ast.walk(test))
            if typed and wanted is ast.NotIn:
                return
            parts = test.values
        for part in parts:
            if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not):
                inner = part.operand
                if wanted is ast.NotIn and isinstance(inner, ast.Compare) and isinstance(inner.ops[0], ast.In):
                    self._record(inner.left, self.program.value(inner.comparators[0], self.scope))
            elif isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], wanted):
                self._record(part.left, _listed(self.program.value(part.comparators[0], self.scope)))

    def _helper(self, call: ast.Call) -> None:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
            return
        named = [(None, a) for a in call.args] + [(k.arg, k.value) for k in call.keywords]
        if not any(self._name(value) for _, value in named):
            return
        helper = self.program.value(call.func, self.scope)
        owner = self.program.value(call.func.value, self.scope) if isinstance(call.func, ast.Attribute) else None
        if isinstance(owner, Class) and isinstance(call.func, ast.Attribute):
            helper = self.program.method(owner, call.func.attr)
            named = [(None, call.func.value), *named]
        if not isinstance(helper, Function) or helper.name in ("get", "deserialize", "serialize"):
            return
        order = [a.arg for a in helper.node.args.args]
        bound, sent = {}, {}
        for number, (keyword, value) in enumerate(named):
            target = keyword or (order[number] if number < len(order) else None)
            if target is None:
                continue
            if own := self._name(value):
                sent[target] = own
            else:
                bound[target] = self.program.value(value, self.scope)
        for argument, default in zip(
            reversed(helper.node.args.args), reversed(helper.node.args.defaults), strict=False
        ):
            if argument.arg not in sent and argument.arg not in bound:
                bound[argument.arg] = self.program.value(default, Scope(helper.module))
        for name, (values, lowered) in Checks(self.program, helper, bound, self.depth + 1).found.items():
            if name in sent and sent[name] not in self.found:
                self.found[sent[name]] = values, lowered


def _listed(values: Any) -> Any:
    return list(values) if isinstance(values, dict) else values
