"""What a constructor does with `**kwargs`: which names it takes out, lets through or refuses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from extraction.program import Class, Function, Program, Scope, strings


class Keywords:
    """Where the `**kwargs` of a constructor go."""

    def __init__(self, program: Program, cls: Class, init: ast.FunctionDef, kwargs: str, scope: Scope) -> None:
        self.program, self.kwargs, self.scope = program, kwargs, scope
        self.pops: set[str] = set()
        self.only: set[str] | None = None
        self.refused: set[str] = set()
        self.closed = False
        passed = explicit(program, cls, init, kwargs)
        self.passed, self.base = passed if passed is not None else (None, None)
        self._walk(init)
        for node in ast.walk(init):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr != "__init__":
                given = [a for a in node.args if isinstance(a, ast.Name) and a.id == kwargs]
                helper = next(
                    (c.methods[node.func.attr] for c in program.mro(cls) if node.func.attr in c.methods), None
                )
                if given and helper is not None:
                    self.kwargs = helper.args.args[-1].arg
                    self.scope = Scope(cls.module, program.locals(Function(cls.module, helper), {}).names)
                    self._walk(helper)
                    self.kwargs, self.scope = kwargs, scope
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                given = [a for a in node.args[:1] if isinstance(a, ast.Name) and a.id == kwargs]
                taker = program.value(node.func, scope) if given else None
                if isinstance(taker, Function) and not taker.name.startswith("validate"):
                    self.kwargs = taker.node.args.args[0].arg
                    self.scope = Scope(taker.module, {})
                    self._walk(taker.node)  # type: ignore[arg-type]
                    self.kwargs, self.scope = kwargs, scope

    def _walk(self, function: ast.FunctionDef) -> None:
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Delete):
                for target in node.targets:
                    if isinstance(target, ast.Subscript) and self._is_kwargs(target.value):
                        self.pops.update(strings(target.slice))
            elif isinstance(node, ast.Assert):
                self._membership(node.test)
            elif isinstance(node, ast.If):
                if any(isinstance(n, ast.Raise) for n in node.body):
                    self._refusal(node.test)
            elif isinstance(node, ast.For) and self._is_kwargs_loop(node.iter):
                self._loop(node.body[-1])
            elif isinstance(node, ast.For):
                self._taken_in_turn(node)

    def _taken_in_turn(self, node: ast.For) -> None:
        """Note `for name, default in {…}.items(): kwargs.pop(name)`: each of the names is taken."""
        held = node.iter
        if isinstance(held, ast.Call) and isinstance(held.func, ast.Attribute) and held.func.attr == "items":
            held = held.func.value
        target = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
        names = self.program.value(held, self.scope)
        if not isinstance(names, (dict, list, tuple)) or not isinstance(target, ast.Name):
            return
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and ast.unparse(inner) == f"{self.kwargs}.pop({target.id})":
                self.pops.update(name for name in names if isinstance(name, str))

    def _loop(self, last: ast.stmt) -> None:
        """Note what the last statement of `for k in kwargs` refuses: what no branch before it took."""
        if isinstance(last, ast.Raise):
            self.closed = True
        elif isinstance(last, ast.If) and last.orelse and isinstance(last.orelse[-1], ast.Raise):
            self.closed = True
            known = last.test.comparators[0] if isinstance(last.test, ast.Compare) else None
            if known is not None and not any(isinstance(n, ast.Raise) for n in last.body):
                self._allow(known)  # `if k in (…): warn; else: raise`

    def _refusal(self, test: ast.expr) -> None:
        """Note what the condition of a `raise` says about `**kwargs`."""
        for part in ast.walk(test):
            self._membership(part)
        counted = isinstance(test, ast.Call) and self.kwargs in ast.unparse(test)
        if self._is_kwargs(test) or counted:
            self.closed = True
        elif isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.In) and self._is_kwargs(test.comparators[0]):
            self.refused.update(strings(test.left))

    def _call(self, node: ast.Call) -> None:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name == "pop" and isinstance(function, ast.Attribute) and self._is_kwargs(function.value) and node.args:
            popped = self.program.value(node.args[0], self.scope)
            self.pops.update([popped] if isinstance(popped, str) else strings(node.args[0]))
        elif name == "validate_kwargs" and len(node.args) > 1:
            self._allow(node.args[1])

    def _membership(self, node: ast.AST) -> None:
        if not (isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn))):
            return
        if isinstance(node.left, ast.Name) and "allowed" in ast.unparse(node.comparators[0]):
            self._allow(node.comparators[0])

    def _allow(self, node: ast.expr) -> None:
        values = self.program.value(node, self.scope)
        if not isinstance(values, (list, tuple)):
            values = strings(node)
        self.only = (self.only or set()) | {v for v in values if isinstance(v, str)}

    def _is_kwargs(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id == self.kwargs

    def _is_kwargs_loop(self, node: ast.expr) -> bool:
        return self.kwargs in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _super_calls(program: Program, cls: Class, init: ast.FunctionDef) -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls of a base's constructor, and the base where it is not simply the next one."""
    for node in ast.walk(init):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super":
            skipped = ast.unparse(owner.args[0]) if owner.args else cls.name
            line = program.mro(cls)
            after = next((n for n, base in enumerate(line) if base.name == skipped), 0)  # super(RNN, self)
            yield node, line[after + 1].name if after and after + 1 < len(line) else ""
        elif isinstance(owner, (ast.Name, ast.Attribute)):
            yield node, ast.unparse(owner)


def _next_init(program: Program, cls: Class, named: str) -> ast.FunctionDef | None:
    line = program.mro(cls)[1:]
    if named:
        line = [c for c in line if c.name == named.split(".")[-1]] or line
    found = (c.methods["__init__"] for c in line if "__init__" in c.methods)
    # what hands everything on (`*args, **kwargs`) is not meant
    return next((init for init in found if len(init.args.args) > 1 or init.args.vararg is None), None)


def explicit(
    program: Program, cls: Class, init: ast.FunctionDef, kwargs: str | None
) -> tuple[set[str], Class | None] | None:
    """Return the names that are given to a base's constructor beside `**kwargs`, and that base where it is named; None
    when none gets the `**kwargs`.
    """
    for call, named in _super_calls(program, cls, init):
        holder = call.func.value  # type: ignore[attr-defined]
        owner = program.value(holder, Scope(cls.module)) if named else None
        if named and isinstance(holder, ast.Call):  # super(RNN, self)
            owner = next(base for base in program.mro(cls) if base.name == named)
        if named and named.rpartition(".")[2] not in {c.name for c in program.mro(cls)}:
            continue  # another class's constructor, under a condition
        passed = any(k.arg is None and isinstance(k.value, ast.Name) and k.value.id == kwargs for k in call.keywords)
        if passed or kwargs is None:
            names = {k.arg for k in call.keywords if k.arg}
            base = _next_init(program, cls, named)
            if base is not None:
                first = 1 if named and not isinstance(holder, ast.Call) else 0  # after `self`
                arguments = [a for a in call.args if not isinstance(a, ast.Starred)][first:]
                names.update(p.arg for p, _ in zip(base.args.args[1:], arguments, strict=False))
            return names, owner if isinstance(owner, Class) else None
    return None
