"""The facts about one class or function: what its constructor takes, what it checks, what its config holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from extraction.program import UNKNOWN, Class, Function, Program, Scope, export_names, is_export, strings

Facts = dict[str, tuple[str, ...]]

_PLAIN_BASES = {"object", "ABC", "abc.ABC", "KerasSaveable"}


def parameters(arguments: ast.arguments, method: bool) -> tuple[str, ...]:
    """Return a signature as fields: "units", "activation=None", "*", "**kwargs"."""
    names = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [*[None] * (len(names) - len(arguments.defaults)), *arguments.defaults]
    fields = [_field(a.arg, d) for a, d in zip(names, defaults, strict=True)][1 if method else 0 :]
    if arguments.vararg:
        fields.append("*" + arguments.vararg.arg)
    elif arguments.kwonlyargs:
        fields.append("*")
    fields += [_field(a.arg, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        fields.append("**" + arguments.kwarg.arg)
    return tuple(fields)


def _field(name: str, default: ast.expr | None) -> str:
    return name if default is None else f"{name}={' '.join(ast.unparse(default).split())}"


def exports_of(program: Program, thing: Class | Function) -> tuple[list[str], list[str]]:
    """Return the public names of a class or function under TensorFlow 2 (or Keras 3), and under TensorFlow 1."""
    second: list[str] = []
    first: list[str] = []
    for node in thing.node.decorator_list:
        if isinstance(node, ast.Call) and is_export(node):
            names = export_names(node)
            second += names[0]
            first += names[1]
    for names2, names1, target in thing.module.exports:
        if isinstance(target, ast.Name) and target.id == thing.name:
            second += names2
            first += names1
    return second, first


def function_facts(function: Function) -> Facts:
    """Return the facts about a function that can be named in a file."""
    return {"module": (function.module.name,), "takes": parameters(function.node.args, False)}


def class_facts(program: Program, cls: Class, reference: Any) -> Facts:
    """Return the facts about a class; `reference` names a base as the data does."""
    facts: Facts = {"module": (cls.module.name,)}
    bases = []
    for base in program.bases(cls):
        if isinstance(base, Class):
            bases.append(reference(base))
        elif base not in _PLAIN_BASES:
            bases.append("!" + base)
    if bases:
        facts["bases"] = tuple(bases)
    if registered := _registered(cls):
        facts["registered"] = (registered,)
    init = cls.methods.get("__init__")
    if init is not None:
        _init_facts(program, cls, init, facts, reference)
    if "get_config" in cls.methods:
        facts["config"] = ConfigKeys(program, cls, cls.methods["get_config"]).fields()
    if "from_config" in cls.methods:
        facts["from_config"] = _from_config(cls.methods["from_config"])
    new = cls.methods.get("__new__")
    if new is not None and init is None and len(new.args.args) > 1 and not new.args.vararg:
        facts["init"] = parameters(new.args, True)
    return facts


def _registered(cls: Class) -> str:
    for node in cls.node.decorator_list:
        name = ast.unparse(node.func if isinstance(node, ast.Call) else node)
        if name.endswith("register_keras_serializable"):
            package, own = "Custom", cls.name
            if isinstance(node, ast.Call):
                given = {k.arg: k.value for k in node.keywords}
                given.update(zip(("package", "name"), node.args, strict=False))
                package = (strings(given.get("package")) or [package])[0]
                own = (strings(given.get("name")) or [own])[0]
            return f"{package}>{own}"
    return ""


def _init_facts(program: Program, cls: Class, init: ast.FunctionDef, facts: Facts, reference: Any) -> None:
    facts["init"] = parameters(init.args, True)
    own = {f.partition("=")[0] for f in facts["init"]}
    kwargs = init.args.kwarg.arg if init.args.kwarg else None
    scope = Scope(cls.module, dict(program.locals(Function(cls.module, init), {}).names or {}))
    if kwargs:
        flow = Keywords(program, cls, init, kwargs, scope)
        if flow.pops:
            facts["pops"] = tuple(sorted(flow.pops))
        if flow.only is not None:
            facts["only"] = tuple(sorted(flow.only))
        if flow.refused:
            facts["refuses"] = tuple(sorted(flow.refused))
        if flow.passed is not None:
            facts["passes"] = tuple(sorted(flow.passed - own))
            if flow.base is not None:
                facts["to"] = (reference(flow.base),)
        elif not flow.closed and flow.only is None:
            facts["swallows"] = ()
        given = _explicit(program, cls, init, None) if flow.passed is None else None
        if given and given[0]:
            facts["gives"] = tuple(sorted(given[0]))
    elif (passed := _explicit(program, cls, init, None)) and passed[0]:
        facts["gives"] = tuple(sorted(passed[0]))
    for name, (values, lowered) in sorted(Checks(program, Function(cls.module, init)).found.items()):
        facts[f"values {name}"] = (*(["~"] if lowered else []), *values)
    conversions = _conversions(program, cls, init)
    if conversions:
        facts["legacy"] = conversions


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


def _explicit(
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


class Keywords:
    """Where the `**kwargs` of a constructor go."""

    def __init__(self, program: Program, cls: Class, init: ast.FunctionDef, kwargs: str, scope: Scope) -> None:
        self.program, self.kwargs, self.scope = program, kwargs, scope
        self.pops: set[str] = set()
        self.only: set[str] | None = None
        self.refused: set[str] = set()
        self.closed = False
        passed = _explicit(program, cls, init, kwargs)
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


def _conversions(program: Program, cls: Class, init: ast.FunctionDef) -> tuple[str, ...]:
    """Return what a decorator of Keras 2 renames: "output_dim=units", "dim_ordering=data_format:tf=channels_last"."""
    for node in init.decorator_list:
        if not isinstance(node, (ast.Attribute, ast.Name)):
            continue
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        module = program.module("keras.legacy.interfaces")
        assigned = None
        for statement in module.tree.body if module is not None else ():
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == name for t in statement.targets
            ):
                assigned = statement.value
        if isinstance(assigned, ast.Call):
            given = {k.arg: k.value for k in assigned.keywords}
            fields = []
            for element in getattr(given.get("conversions"), "elts", []):
                pair = strings(element)
                if len(pair) == 2:
                    fields.append("=".join(pair))
            values = given.get("value_conversions")
            for key, mapping in zip(getattr(values, "keys", []), getattr(values, "values", []), strict=True):
                for old, new in zip(getattr(mapping, "keys", []), getattr(mapping, "values", []), strict=True):
                    fields.append(f"{strings(key)[0]}:{ast.unparse(old)}={ast.unparse(new)}")
            if "preprocessor" in given:
                fields.append("!" + ast.unparse(given["preprocessor"]))
                function = program.value(given["preprocessor"], Scope(module))
                taken = set()
                for part in ast.walk(function.node) if isinstance(function, Function) else ():
                    if isinstance(part, ast.Call) and ast.unparse(part.func) == "kwargs.pop":
                        taken.update(strings(part.args[0]))
                    elif isinstance(part, ast.Compare) and ast.unparse(part.comparators[0]) == "kwargs":
                        taken.update(strings(part.left))
                fields += sorted("-" + key for key in taken)
            return tuple(fields)
    return ()


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


def _from_config(method: ast.FunctionDef) -> tuple[str, ...]:
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
