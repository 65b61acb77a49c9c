"""A release's modules as a program that can be asked what a name stands for, without running it.

`Program` walks the top level of a module (imports, definitions, assignments, branches, loops over known values) and
keeps what it understands; the rest is `UNKNOWN`. That is enough for classes and their bases, for re-exports, and for
the tables by which loaders look names up.
"""

from __future__ import annotations

import ast
from typing import Any

LOOP_LIMIT = 5000
# Variables whose value is decided from outside: `Program.table` walks a loader's choice one way, then the other.
FIXED: dict[str, Any] = {}


class Unknown:
    def __repr__(self) -> str:
        return "?"


UNKNOWN = Unknown()


class Module:
    def __init__(self, name: str, tree: ast.Module, package: bool) -> None:
        self.name, self.tree, self.package = name, tree, package
        self.space: dict[str, Any] = {}
        self.exports: list[tuple[list[str], list[str], ast.expr]] = []  # `keras_export("x")(object)`
        self.done = False

    def __repr__(self) -> str:
        return f"<module {self.name}>"


class Class:
    def __init__(self, module: Module, node: ast.ClassDef) -> None:
        self.module, self.node, self.name = module, node, node.name
        self.methods = {n.name: n for n in node.body if isinstance(n, ast.FunctionDef)}
        self.after: list[tuple[str, ast.expr]] = []

    def __repr__(self) -> str:
        return f"{self.module.name}:{self.name}"


class Function:
    def __init__(self, module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.module, self.node, self.name = module, node, node.name

    def __repr__(self) -> str:
        return f"{self.module.name}:{self.name}()"


class Bag:
    """An object whose attributes are set from outside, such as `threading.local()`."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {}


class Import:
    """A name that was imported and not looked at yet."""

    def __init__(self, module: str, name: str | None) -> None:
        self.module, self.name = module, name


class Lambda:
    def __init__(self, node: ast.Lambda, scope: Scope) -> None:
        self.node, self.scope = node, scope


class Returned(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class Asked(Exception):
    """A loader's look-up was reached: here is its table."""

    def __init__(self, table: Any) -> None:
        self.table = table


class Scope:
    def __init__(self, module: Module, names: dict[str, Any] | None = None) -> None:
        self.module, self.names = module, names

    def get(self, program: Program, name: str) -> Any:
        if self.names is not None and name in self.names:
            return program.settled(self.names, name)
        return program.settled(self.module.space, name)

    def set(self, name: str, value: Any) -> None:
        if self.names is not None and name in FIXED:
            return
        (self.module.space if self.names is None else self.names)[name] = value


class Program:
    def __init__(self, trees: dict[str, ast.Module], tf2: bool = True, early: frozenset[str] = frozenset()) -> None:
        self.modules: dict[str, Module] = {}
        self.tf2 = tf2
        self.early = early  # modules that are imported before TensorFlow 2's behaviour is turned on
        self.tables_wanted = False
        for path, tree in trees.items():
            package = path.endswith("/__init__.py")
            name = (path[: -len("/__init__.py")] if package else path[:-3]).replace("/", ".")
            name = name.replace("tensorflow_core.", "tensorflow.", 1)
            self.modules[name] = Module(name, tree, package)
        self._mro: dict[int, list[Class]] = {}

    # Names and modules

    def module(self, name: str) -> Module | None:
        module = self.modules.get(name)
        if module is not None and not module.done:
            module.done = True
            self.body(module.tree.body, Scope(module))
        return module

    def settled(self, space: dict[str, Any], name: str) -> Any:
        value = space.get(name, UNKNOWN)
        if isinstance(value, Import):
            space[name] = UNKNOWN  # a circle of imports ends here
            value = space[name] = self.imported(value)
        return value

    def imported(self, wanted: Import) -> Any:
        module = self.module(wanted.module)
        if wanted.name is None:
            return module or UNKNOWN
        if module is not None and wanted.name in module.space:
            value = self.settled(module.space, wanted.name)
            if value is not UNKNOWN:
                return value
        return self.module(f"{wanted.module}.{wanted.name}") or UNKNOWN

    def attribute(self, owner: Any, name: str) -> Any:
        if isinstance(owner, Module):
            if name == "__dict__":
                return owner.space
            value = self.settled(owner.space, name) if name in owner.space else UNKNOWN
            return value if value is not UNKNOWN else self.module(f"{owner.name}.{name}") or UNKNOWN
        if isinstance(owner, Bag):
            return owner.space.get(name, UNKNOWN)
        if name == "__name__" and isinstance(owner, (Class, Function)):
            return owner.name
        if isinstance(owner, Class):
            for base in self.mro(owner):
                for node in base.node.body:
                    if isinstance(node, ast.Assign) and any(
                        isinstance(t, ast.Name) and t.id == name for t in node.targets
                    ):
                        return self.value(node.value, Scope(base.module))
        return UNKNOWN

    def bases(self, cls: Class) -> list[Class | str]:
        found: list[Class | str] = []
        for node in cls.node.bases:
            value = self.value(node, Scope(cls.module))
            text = ast.unparse(node)
            found.append(value if isinstance(value, Class) and value is not cls else text)
        return found

    def mro(self, cls: Class) -> list[Class]:
        """Return the linearization of what is known of a class's bases."""
        if id(cls) in self._mro:
            return self._mro[id(cls)]
        self._mro[id(cls)] = [cls]
        lists = [list(self.mro(b)) for b in self.bases(cls) if isinstance(b, Class)]
        lists.append([b for b in self.bases(cls) if isinstance(b, Class)])
        line = [cls]
        while any(lists):
            for candidates in lists:
                if candidates and not any(candidates[0] in other[1:] for other in lists):
                    break
            else:
                candidates = next(c for c in lists if c)
            head = candidates[0]
            line.append(head)
            lists = [[c for c in other if c is not head] for other in lists]
        self._mro[id(cls)] = line
        return line

    # Statements

    def body(self, nodes: list[ast.stmt], scope: Scope) -> None:
        for node in nodes:
            method = getattr(self, "_" + type(node).__name__, None)
            if method:
                method(node, scope)

    def _Import(self, node: ast.Import, scope: Scope) -> None:  # noqa: N802
        for alias in node.names:
            if alias.asname:
                scope.set(alias.asname, Import(alias.name, None))
            else:
                scope.set(alias.name.split(".")[0], Import(alias.name.split(".")[0], None))

    def _ImportFrom(self, node: ast.ImportFrom, scope: Scope) -> None:  # noqa: N802
        source = node.module or ""
        if node.level:
            parts = scope.module.name.split(".")
            cut = node.level - scope.module.package
            source = ".".join([*(parts[: len(parts) - cut] if cut else parts), *([node.module] if node.module else [])])
        for alias in node.names:
            if alias.name != "*":
                scope.set(alias.asname or alias.name, Import(source, alias.name))
                continue
            module = self.module(source)
            if module is not None:
                public = module.space.get("__all__")
                for name in list(module.space):
                    if (name in public) if isinstance(public, (list, tuple)) else not name.startswith("_"):
                        scope.set(name, module.space[name])

    def _ClassDef(self, node: ast.ClassDef, scope: Scope) -> None:  # noqa: N802
        scope.set(node.name, Class(scope.module, node))

    def _FunctionDef(self, node: ast.FunctionDef, scope: Scope) -> None:  # noqa: N802
        scope.set(node.name, Function(scope.module, node))

    _AsyncFunctionDef = _FunctionDef

    def _Assign(self, node: ast.Assign, scope: Scope) -> None:  # noqa: N802
        value = self.value(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _AnnAssign(self, node: ast.AnnAssign, scope: Scope) -> None:  # noqa: N802
        if node.value is not None:
            self.assign(node.target, self.value(node.value, scope), scope)

    def _AugAssign(self, node: ast.AugAssign, scope: Scope) -> None:  # noqa: N802
        old, new = self.value(node.target, scope), self.value(node.value, scope)
        if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
            self.assign(node.target, [*old, *new], scope)

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        if isinstance(target, ast.Name):
            scope.set(target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value if isinstance(value, (list, tuple)) and len(value) == len(target.elts) else None
            for number, element in enumerate(target.elts):
                self.assign(element, parts[number] if parts else UNKNOWN, scope)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value, scope)
            if isinstance(owner, (Bag, Module)):
                owner.space[target.attr] = value
        elif isinstance(target, ast.Subscript):
            owner, key = self.value(target.value, scope), self.value(target.slice, scope)
            if isinstance(owner, dict) and isinstance(key, str):
                owner[key] = value

    def _Expr(self, node: ast.Expr, scope: Scope) -> None:  # noqa: N802
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Call) and is_export(call.func) and call.args:
            scope.module.exports.append((*export_names(call.func), call.args[0]))
        self.value(call, scope)

    def _Return(self, node: ast.Return, scope: Scope) -> None:  # noqa: N802
        if scope.names is not None:
            value = self.value(node.value, scope) if node.value else None
            if not self.tables_wanted:
                raise Returned(value)

    def _If(self, node: ast.If, scope: Scope) -> None:  # noqa: N802
        test = self.value(node.test, scope)
        if test is UNKNOWN:
            self.body(node.orelse, scope)
            self.body(node.body, scope)
        else:
            self.body(node.body if test else node.orelse, scope)

    def _Try(self, node: ast.Try, scope: Scope) -> None:  # noqa: N802
        for handler in node.handlers:
            self.body(handler.body, scope)
        self.body(node.body, scope)
        self.body(node.orelse, scope)

    def _With(self, node: ast.With, scope: Scope) -> None:  # noqa: N802
        self.body(node.body, scope)

    def _For(self, node: ast.For, scope: Scope) -> None:  # noqa: N802
        values = self.value(node.iter, scope)
        if isinstance(values, (list, tuple, dict)) and len(values) < LOOP_LIMIT:
            for value in list(values):
                self.assign(node.target, value, scope)
                self.body(node.body, scope)

    # Expressions

    def value(self, node: ast.expr | None, scope: Scope) -> Any:
        method = getattr(self, "_v_" + type(node).__name__, None)
        return method(node, scope) if method else UNKNOWN

    def _v_Constant(self, node: ast.Constant, scope: Scope) -> Any:  # noqa: N802
        return node.value

    def _v_Name(self, node: ast.Name, scope: Scope) -> Any:  # noqa: N802
        return scope.get(self, node.id)

    def _v_Attribute(self, node: ast.Attribute, scope: Scope) -> Any:  # noqa: N802
        return self.attribute(self.value(node.value, scope), node.attr)

    def _v_List(self, node: ast.List, scope: Scope) -> Any:  # noqa: N802
        found: list[Any] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                inner = self.value(element.value, scope)
                found.extend(inner if isinstance(inner, (list, tuple)) else [])
            else:
                found.append(self.value(element, scope))
        return found

    _v_Tuple = _v_Set = _v_List  # noqa: N815

    def _v_Dict(self, node: ast.Dict, scope: Scope) -> Any:  # noqa: N802
        found: dict[Any, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.value(item, scope)
            if key is None:
                found.update(value if isinstance(value, dict) else {})
            else:
                name = self.value(key, scope)
                if isinstance(name, (str, Class, Function)):
                    found[name] = value
        return found

    def _comprehended(self, node: Any, scope: Scope) -> Any:
        inner = Scope(scope.module, dict(scope.names or {}))
        scopes = [inner]
        for part in node.generators:
            values = self.value(part.iter, inner)
            if not isinstance(values, (list, tuple, dict)):
                return
            fresh = []
            for outer in scopes:
                for value in list(values):
                    made = Scope(scope.module, dict(outer.names or {}))
                    self.assign(part.target, value, made)
                    if all(self.value(test, made) in (UNKNOWN, True) for test in part.ifs):
                        fresh.append(made)
            scopes = fresh
        yield from scopes

    def _v_ListComp(self, node: ast.ListComp, scope: Scope) -> Any:  # noqa: N802
        return [self.value(node.elt, made) for made in self._comprehended(node, scope)]

    _v_GeneratorExp = _v_SetComp = _v_ListComp  # noqa: N815

    def _v_DictComp(self, node: ast.DictComp, scope: Scope) -> Any:  # noqa: N802
        found = {}
        for made in self._comprehended(node, scope):
            key = self.value(node.key, made)
            if isinstance(key, str):
                found[key] = self.value(node.value, made)
        return found

    def _v_BinOp(self, node: ast.BinOp, scope: Scope) -> Any:  # noqa: N802
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(node.op, ast.Add):
            if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
                return [*left, *right]
            if isinstance(left, str) and isinstance(right, str):
                return left + right
        return UNKNOWN

    def _v_Subscript(self, node: ast.Subscript, scope: Scope) -> Any:  # noqa: N802
        if ast.unparse(node) == "sys.modules[__name__]":
            return scope.module
        owner, key = self.value(node.value, scope), self.value(node.slice, scope)
        if isinstance(owner, dict) and isinstance(key, str):
            return owner.get(key, UNKNOWN)
        if isinstance(owner, (list, tuple)) and isinstance(key, int) and -len(owner) <= key < len(owner):
            return owner[key]
        return UNKNOWN

    def _v_Lambda(self, node: ast.Lambda, scope: Scope) -> Any:  # noqa: N802
        return Lambda(node, scope)

    def _v_IfExp(self, node: ast.IfExp, scope: Scope) -> Any:  # noqa: N802
        test = self.value(node.test, scope)
        return UNKNOWN if test is UNKNOWN else self.value(node.body if test else node.orelse, scope)

    def _v_UnaryOp(self, node: ast.UnaryOp, scope: Scope) -> Any:  # noqa: N802
        value = self.value(node.operand, scope)
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(node.op, ast.Not):
            return not value
        return -value if isinstance(node.op, ast.USub) and isinstance(value, (int, float)) else UNKNOWN

    def _v_BoolOp(self, node: ast.BoolOp, scope: Scope) -> Any:  # noqa: N802
        values = [self.value(v, scope) for v in node.values]
        if isinstance(node.op, ast.And):
            if any(v is not UNKNOWN and not v for v in values):
                return False
            return UNKNOWN if UNKNOWN in values else values[-1]
        sure = next((v for v in values if v is not UNKNOWN and v), None)
        if sure is not None:
            return sure
        return UNKNOWN if UNKNOWN in values else values[-1]

    def _v_Compare(self, node: ast.Compare, scope: Scope) -> Any:  # noqa: N802
        left, right = self.value(node.left, scope), self.value(node.comparators[0], scope)
        if len(node.ops) > 1 or left is UNKNOWN or right is UNKNOWN:
            return UNKNOWN
        match node.ops[0]:
            case ast.Eq():
                return left == right
            case ast.NotEq():
                return left != right
            case ast.In():
                return left in right if isinstance(right, (list, tuple, dict)) else UNKNOWN
            case ast.NotIn():
                return left not in right if isinstance(right, (list, tuple, dict)) else UNKNOWN
        return UNKNOWN

    def _v_Call(self, node: ast.Call, scope: Scope) -> Any:  # noqa: N802
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if self.tables_wanted and name in ("deserialize_keras_object", "get_from_module"):
            table = next((k.value for k in node.keywords if k.arg == "module_objects"), None)
            if table is None and len(node.args) > 1:
                table = node.args[1]
            raise Asked(self.value(table, scope) if table is not None else UNKNOWN)
        if name == "backend" and not node.args:
            return "tensorflow"
        if name == "enabled" and not node.args:
            return self.tf2 and scope.module.name not in self.early
        known = getattr(self, "_call_" + name, None)
        arguments = [self.value(a, scope) for a in node.args if not isinstance(a, ast.Starred)]
        keywords = {k.arg or "**": self.value(k.value, scope) for k in node.keywords}
        if known:
            return known(node, scope, arguments, keywords)
        if name == "all" and isinstance(node.func, ast.Attribute):  # `Reduction.all()`: the values of an enumeration
            owner = self.value(node.func.value, scope)
            method = self.method(owner, name) if isinstance(owner, Class) else None
            return self.returned(method, {"cls": owner}) if method else UNKNOWN
        function = self.value(node.func, scope)
        return self.call(function, arguments) if isinstance(function, (Lambda, Function)) else UNKNOWN

    def call(self, function: Any, arguments: list[Any]) -> Any:
        if isinstance(function, Lambda):
            names = dict(function.scope.names or {})
            names.update(zip((a.arg for a in function.node.args.args), arguments, strict=False))
            return self.value(function.node.body, Scope(function.scope.module, names))
        if isinstance(function, Function) and function.name.startswith(("populate_des", "_get_", "get_all")):
            names = dict(zip((a.arg for a in function.node.args.args), arguments, strict=False))
            return self.returned(function, names)
        return UNKNOWN

    def method(self, cls: Class, name: str) -> Function | None:
        """Return the method that a class has under a name, its bases asked too."""
        found = next((c for c in self.mro(cls) if name in c.methods), None)
        return Function(found.module, found.methods[name]) if found else None

    def returned(self, function: Function, names: dict[str, Any]) -> Any:
        """Return what a function returns first."""
        wanted, self.tables_wanted = self.tables_wanted, False
        try:
            self.body(function.node.body, Scope(function.module, names))
        except Returned as returned:
            return returned.value
        finally:
            self.tables_wanted = wanted
        return UNKNOWN

    def _call_update(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        owner = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
        if isinstance(owner, dict):
            for given in arguments:
                if isinstance(given, dict):
                    owner.update(given)
            owner.update({k: v for k, v in keywords.items() if k != "**"})
        return None

    def _call_append(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        owner = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
        if isinstance(owner, list):
            owner.extend(arguments)
        return None

    def _call_dict(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        found: dict[str, Any] = {}
        for given in [*arguments, keywords.pop("**", None)]:
            if isinstance(given, dict):
                found.update(given)
        return {**found, **keywords}

    def _call_copy(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        owner = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
        return dict(owner) if isinstance(owner, dict) else owner

    def _call_lower(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        owner = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
        return owner.lower() if isinstance(owner, str) else UNKNOWN

    def _call_items(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        owner = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
        return [list(pair) for pair in owner.items()] if isinstance(owner, dict) else UNKNOWN

    def _call_values(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        owner = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
        return list(owner.values()) if isinstance(owner, dict) else UNKNOWN

    def _call_list(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return list(arguments[0]) if arguments and isinstance(arguments[0], (list, tuple, dict)) else UNKNOWN

    _call_tuple = _call_set = _call_list

    def _call_globals(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return scope.module.space

    def _call_vars(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return arguments[0].space if arguments and isinstance(arguments[0], (Module, Bag)) else UNKNOWN

    def _call_local(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return Bag()

    def _call_hasattr(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if len(arguments) == 2 and isinstance(arguments[0], Bag):
            return arguments[1] in arguments[0].space
        return UNKNOWN

    def _call_dir(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return sorted(arguments[0].space) if arguments and isinstance(arguments[0], Module) else UNKNOWN

    def _call_getattr(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return (
            self.attribute(arguments[0], arguments[1])
            if len(arguments) > 1 and isinstance(arguments[1], str)
            else UNKNOWN
        )

    def _call_isclass(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return bool(arguments) and isinstance(arguments[0], Class)

    def _call_isfunction(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return bool(arguments) and isinstance(arguments[0], Function)

    def _call_issubclass(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if len(arguments) < 2 or not isinstance(arguments[0], Class):
            return False
        wanted = arguments[1] if isinstance(arguments[1], (list, tuple)) else [arguments[1]]
        return any(base in self.mro(arguments[0]) for base in wanted)

    def _call_to_snake_case(self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        return snake_case(arguments[0]) if arguments and isinstance(arguments[0], str) else UNKNOWN

    def _call_populate_dict_with_module_objects(
        self, node: Any, scope: Scope, arguments: list[Any], keywords: dict[str, Any]
    ) -> Any:
        target, modules = arguments[0], arguments[1]
        keep = keywords.get("obj_filter", arguments[2] if len(arguments) > 2 else UNKNOWN)
        anything = any(getattr(k.value, "id", "") == "callable" for k in node.keywords)
        for module in modules if isinstance(target, dict) and isinstance(modules, (list, tuple)) else ():
            for name in list(module.space) if isinstance(module, Module) else ():
                value = self.settled(module.space, name)
                found = isinstance(value, (Class, Function)) if anything else self.call(keep, [value]) is True
                if value is not UNKNOWN and found:
                    target[name] = value

    def locals(self, function: Function, bound: dict[str, Any]) -> Scope:
        """Return what the local variables of a function hold in the end, its parameters bound as far as known."""
        scope = Scope(function.module, {**{a.arg: UNKNOWN for a in function.node.args.args}, **bound})
        wanted, self.tables_wanted = self.tables_wanted, True
        try:
            self.body(function.node.body, scope)
        except Asked:
            pass
        finally:
            self.tables_wanted = wanted
        return scope

    # Tables

    def table(self, function: Function, **fixed: Any) -> dict[str, Any]:
        """Return the names that a `deserialize` or `get` looks up, {} when it cannot be told."""
        names = {**{a.arg: UNKNOWN for a in function.node.args.args}, **fixed}
        FIXED.clear()
        FIXED.update(fixed)
        self.tables_wanted = True
        try:
            self.body(function.node.body, Scope(function.module, names))
        except Asked as asked:
            return asked.table if isinstance(asked.table, dict) else {}
        finally:
            self.tables_wanted = False
            FIXED.clear()
        return {}


def snake_case(name: str) -> str:
    """Return a class name as Keras spells it in lower case: `to_snake_case` of its releases."""
    import re

    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def strings(node: ast.AST | None) -> list[str]:
    """Return the strings in a constant, list, tuple or set."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [text for element in node.elts for text in strings(element)]
    return []


def is_export(node: ast.AST) -> bool:
    """Tell whether a call is `keras_export(…)` or one of its kin."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("keras_export", "tf_export")


def export_names(call: ast.Call) -> tuple[list[str], list[str]]:
    """Return the public names that an export gives under TensorFlow 2 (and Keras 3), and under TensorFlow 1."""
    names = [text for argument in call.args for text in strings(argument)]
    first = None
    for keyword in call.keywords:
        if keyword.arg == "v1":
            first = strings(keyword.value)
        elif keyword.arg == "path":
            names += strings(keyword.value)
    return names, names if first is None else first
