"""The keys that a class writes into its config, and those that its `from_config` takes from it."""

from __future__ import annotations

import ast

from extraction.program import Class, Program, strings


class ConfigKeys:
    """The keys that a `get_config` writes."""

    def __init__(self, program: Program, cls: Class, method: ast.FunctionDef) -> None:
        self.program, self.cls = program, cls
        self.keys: dict[str, str] = {}
        self.base = ""
        self.dynamic = False
        self.automatic = "_auto_config" in ast.unparse(method)
        self.default = any(ast.unparse(d).endswith("python_utils.default") for d in method.decorator_list)
        self._statements(method.body, "")

    def fields(self) -> tuple[str, ...]:
        """Return "+" (the base's keys too), "*" (further keys that the source does not name), then the keys:
        "x?" is written under a condition, "-x" is taken away. "auto": where no class overrides it, what the
        constructor was given; "default": this one does not count as an override.
        """
        marks = ([self.base] if self.base else []) + (["*"] if self.dynamic and not self.automatic else [])
        marks += ["auto"] if self.automatic else ["default"] if self.default else []
        return (*marks, *(("-" + k if m == "-" else k + m) for k, m in self.keys.items()))

    def _add(self, key: str, mark: str) -> None:
        if self.keys.get(key) != "":
            self.keys[key] = mark

    def _statements(self, body: list[ast.stmt], mark: str) -> None:
        for node in body:
            if isinstance(node, (ast.If, ast.For)):
                branches = [node.body, node.orelse] if isinstance(node, ast.If) else [node.body]
                before = dict(self.keys)
                made = []
                for branch in branches:
                    self.keys = dict(before)
                    self._statements(branch, "?")
                    made.append(self.keys)
                self.keys = dict(before)
                for keys in made:
                    for key, own in keys.items():
                        self.keys.setdefault(key, own)
                if any(isinstance(n, ast.Return) for n in node.body) and not self.automatic:
                    mark = "?"  # what follows is written where this branch did not return
                if len(made) == 2 and node.orelse:  # type: ignore[union-attr]
                    for key in set(made[0]) & set(made[1]) - set(before):
                        self.keys[key] = mark
            elif isinstance(node, (ast.With, ast.Try)):
                self._statements(node.body, mark)
            elif isinstance(node, ast.Assign):
                target = node.targets[0]
                if isinstance(target, ast.Name):
                    if isinstance(node.value, (ast.Dict, ast.DictComp)) or (
                        isinstance(node.value, ast.Call) and self._is_config(node.value)
                    ):
                        self._expression(node.value, mark)
                elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
                    keys = strings(target.slice)
                    for key in keys:
                        self._add(key, mark)
                    if not keys:
                        self.dynamic = True
            elif isinstance(node, ast.Return) and node.value is not None:
                self._expression(node.value, mark)
            elif isinstance(node, ast.Delete):
                for deleted in node.targets:
                    if isinstance(deleted, ast.Subscript):
                        for key in strings(deleted.slice):
                            self.keys[key] = "-"
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                call = node.value
                if isinstance(call.func, ast.Attribute) and call.func.attr == "update":
                    for argument in call.args:
                        self._expression(argument, mark)
                    for keyword in call.keywords:
                        if keyword.arg:
                            self._add(keyword.arg, mark)
                        else:
                            self._expression(keyword.value, mark)
                elif isinstance(call.func, ast.Attribute) and call.func.attr == "pop" and call.args:
                    for key in strings(call.args[0]):
                        self.keys[key] = "-"

    def _is_config(self, call: ast.Call) -> bool:
        text = ast.unparse(call.func)
        return text == "dict" or text.endswith(("get_config", "_config", "_constructor_args"))

    def _expression(self, node: ast.expr, mark: str) -> None:
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is None:
                    self._expression(value, mark)
                elif names := strings(key):
                    self._add(names[0], mark)
        elif isinstance(node, (ast.DictComp, ast.ListComp, ast.GeneratorExp)):
            self.dynamic = True
        elif isinstance(node, ast.BinOp):
            self._expression(node.left, mark)
            self._expression(node.right, mark)
        elif isinstance(node, ast.Call):
            self._of_call(node, mark)
        elif isinstance(node, ast.Attribute) and not isinstance(node.value, ast.Call):
            self.dynamic = True

    def _of_call(self, node: ast.Call, mark: str) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "get_config" and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super":
                inner = owner.args[0] if owner.args else None
                other = isinstance(inner, ast.Name) and inner.id != self.cls.name
                self.base = f"+{inner.id}" if other and isinstance(inner, ast.Name) else "+"
            elif isinstance(owner, (ast.Name, ast.Attribute)) and node.args:
                self.base = f"+={ast.unparse(owner)}"
        elif name in ("dict", "list", "items", "OrderedDict", "copy", "deepcopy"):
            for argument in node.args:
                self._expression(argument, mark)
            for keyword in node.keywords:
                if keyword.arg:
                    self._add(keyword.arg, mark)
                else:
                    self._expression(keyword.value, mark)
            if isinstance(node.func, ast.Attribute):
                self._expression(node.func.value, mark)
        elif isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") in ("self", "cls"):
            helper = next((c for c in self.program.mro(self.cls) if name in c.methods), None)
            if helper is not None and name != "get_config":
                self._statements(helper.methods[name].body, mark)


def from_config_keys(method: ast.FunctionDef) -> tuple[str, ...]:
    """Return what a `from_config` does to the config before the constructor sees it: "-x" takes, "!x" raises when it
    is not there, "+x" sets; "=" when it takes what it knows and leaves the rest, whatever it is.
    """
    fields = {"!" + key for statement in method.body for key in _wanted(statement)}
    whole = False
    configs = {a.arg for a in method.args.args[1:2]} | {"kwargs"}
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and configs & {ast.unparse(n) for n in ast.walk(node.value)}:
            configs.update(t.id for t in node.targets if isinstance(t, ast.Name))
    for node in ast.walk(method):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = [ast.unparse(k.value) for k in node.keywords if k.arg is None]
            given += [ast.unparse(a) for a in node.args] if name == "cls" or "from_config" in name else []
            whole = whole or bool(configs & set(given))
            of_class = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "cls"
            if of_class and node.args and ast.unparse(node.args[0]) in configs:  # a helper that is told what to take
                fields.update("-" + key for argument in node.args[1:] for key in strings(argument))
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "pop"
            and node.args
        ):
            if getattr(node.func.value, "id", "").endswith("config"):
                fields.update("-" + key for key in strings(node.args[0]))
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Subscript):
                    fields.update("-" + key for key in strings(target.slice))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and getattr(target.value, "id", "").endswith("config"):
                    fields.update("+" + key for key in strings(target.slice))
    return (*([] if whole else ["="]), *sorted(fields))


def _wanted(statement: ast.stmt) -> list[str]:
    """Return the keys that a statement of `from_config` takes out of the config without asking: `config.pop("x")`."""
    if not isinstance(statement, (ast.Assign, ast.Expr)):
        return []
    pops = (
        node
        for node in ast.walk(statement.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop"
    )
    return [
        key
        for node in pops
        if getattr(node.func.value, "id", "").endswith("config") and len(node.args) == 1  # type: ignore[attr-defined]
        for key in strings(node.args[0])
    ]
