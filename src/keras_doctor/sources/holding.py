"""What a layer of a user's class holds, by the attributes of its code: its own variables, and layers.

The constructor and `build` are followed statement by statement with the config of one layer. Keras tracks what is
assigned to an attribute in that order; `.keras` archives name the places after the attributes, HDF5 files list the
variables in the order of tracking.
"""

from __future__ import annotations

import ast

from keras_doctor.layers.assumed import variables_anyhow
from keras_doctor.layers.stock import rule_of
from keras_doctor.records import record
from keras_doctor.sources.values import MOST, OPAQUE, Held, Opaque, UnclearError, Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from keras_doctor.sources.parsing import Code, Scope

DEPTH = 16
_BASES = ("Layer",)
_WEIGHT_MAKERS = ("add_weight", "add_variable")
_CLASSES = (list, tuple)


@record
class Own:
    """A variable that a layer makes itself. `name`: as the code calls it, "" where that is not plain."""

    name: str
    trainable: bool


@record
class Holding:
    """What a layer holds: its own variables in the order in which they are made, and layers by attribute, in the order
    in which these are assigned; tuples where the attribute is a list. `tracked`: all layers in the order in which they
    came to the layer, for a list may have grown later.
    """

    class_name: str
    own: tuple[Own, ...]
    attributes: tuple[tuple[str, Held | tuple[Held, ...]], ...]
    tracked: tuple[Held, ...]


def holding(code: Code, class_name: str, config: dict[str, Any]) -> Holding | None:
    """Return what a layer with a class of `code` and this config holds; None for a class that is not there.

    Raises UnclearError where the code does not say for certain.
    """
    found = code.find(class_name)
    return None if found is None else _Reading(code, *found, 0).of(config)


class _Reading:
    """Follows the code of one class for one layer."""

    def __init__(self, code: Code, node: ast.ClassDef, scope: Scope, depth: int) -> None:
        if depth > DEPTH:
            raise UnclearError("the classes hold each other")
        self.code = code
        self.node = node
        self.scope = scope
        self.depth = depth
        self.methods = {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}
        self.own: list[Own] = []
        self.attributes: dict[str, Any] = {}
        self.order: list[str] = []
        self.tracked: list[Held] = []
        self.steps = MOST

    def of(self, config: dict[str, Any]) -> Holding:
        """Return what a layer with this config holds. Raises UnclearError."""
        base = self._check()
        init = self.methods.get("__init__")
        if init is not None:
            self._run(init, _bound(init, config))
        build = self.methods.get("build")
        if build is not None:
            self._run(build, {one.arg: OPAQUE for one in build.args.args[1:]})
        if base:
            return self._of_keras(base, config)
        held = tuple((name, self._layers(name)) for name in self.order)
        objects = [one for _, some in held for one in (some if isinstance(some, tuple) else (some,))]
        if len({id(one) for one in objects}) < len(objects):
            raise UnclearError("one layer stands under several attributes")
        if {id(one) for one in objects} != {id(one) for one in self.tracked}:
            raise UnclearError("a list of layers changes where that is not seen")
        attributes = tuple((name, some) for name, some in held if some != ())
        return Holding(self.node.name, tuple(self.own), attributes, tuple(self.tracked))

    def _of_keras(self, base: str, config: dict[str, Any]) -> Holding:
        """Return what a layer holds whose class is one of Keras's that adds nothing to it. Raises UnclearError."""
        found = variables_anyhow({"class_name": base, "config": config}, "keras-3")
        if self.own or self.order or found is None or any(one.part for one in found):
            raise UnclearError(f"what {self.node.name} has beside what {base} has is not known")
        return Holding(self.node.name, tuple(Own(one.name, one.trainable) for one in found), (), ())

    def _check(self) -> str:
        """Return the layer of Keras that a class is derived from, "" for a layer as such. Raises UnclearError for a
        class whose layers do not follow from its constructor and `build` alone.
        """
        paths = [self.scope.path(base) for base in self.node.bases]
        name = paths[0].rpartition(".")[2] if len(paths) == 1 else ""
        plain = name in _BASES or ("build" not in self.methods and rule_of(name) is not None)
        if not plain or paths[0] in self.scope.defined or self.node.keywords:
            raise UnclearError(f"{self.node.name} is no plain subclass of Layer")
        for method in ("__setattr__", "from_config", "add_weight", "save_own_variables", "load_own_variables"):
            if method in self.methods:
                raise UnclearError(f"{self.node.name} has its own {method}")
        if any(isinstance(one, (ast.Assign, ast.AnnAssign)) and _makes(one) for one in self.node.body):
            raise UnclearError(f"{self.node.name} has attributes of its class")
        return "" if name in _BASES else name

    def _layers(self, name: str) -> Held | tuple[Held, ...]:
        value = self.attributes[name]
        if isinstance(value, Held):
            return value
        for one in value:
            if isinstance(one, _CLASSES) and any(True for _ in _all_held(one)):
                raise UnclearError(f"{name} is a list of lists of layers")
        return tuple(one for one in value if isinstance(one, Held))

    # Statements

    def _run(self, function: ast.FunctionDef, names: dict[str, Any]) -> None:
        values = Values(self.scope, names, self.attributes, self._made)
        if function.decorator_list:
            raise UnclearError(f"{function.name} is decorated")
        self._body(function.body, values)

    def _body(self, body: Sequence[ast.stmt], values: Values) -> bool:
        """Follow statements; tell whether a `return` ended them."""
        for node in body:
            self.steps -= 1
            if self.steps < 0:
                raise UnclearError("the code goes on for too long")
            if isinstance(node, ast.Return):
                return True
            if isinstance(node, ast.If):
                if not _makes(node):
                    continue
                if self._body(node.body if values.truth(node.test) else node.orelse, values):
                    return True
            elif isinstance(node, ast.For):
                self._loop(node, values)
            elif (isinstance(node, (ast.With, ast.Try)) or not self._simple(node, values)) and _makes(node):
                raise UnclearError(f"line {node.lineno} is not understood")
        return False

    def _loop(self, node: ast.For, values: Values) -> None:
        if not _makes(node):
            return
        for one in values.many(node.iter):
            self._assign(node.target, one, values)
            if self._body(node.body, values):
                raise UnclearError(f"line {node.lineno} is not understood")

    def _simple(self, node: ast.stmt, values: Values) -> bool:
        """Follow a statement of one line; tell whether it was understood."""
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets: list[ast.expr] = [*node.targets] if isinstance(node, ast.Assign) else [node.target]
            if self._weight(node.value, values):
                value: Any = OPAQUE
            else:
                value = self._value(node.value, targets, values)
            for target in targets:
                self._assign(target, value, values)
            return True
        if isinstance(node, ast.Expr):
            return self._weight(node.value, values) or self._called(node.value, values)
        return isinstance(node, (ast.Pass, ast.Assert))

    def _value(self, node: ast.expr, targets: list[ast.expr], values: Values) -> Any:
        """Return a value; of one that only a local name has, what is unclear about it is told when it is used."""
        try:
            return values.value(node)
        except UnclearError as error:
            if all(isinstance(target, ast.Name) for target in targets) and not _makes(node):
                return error
            raise

    def _called(self, node: ast.expr, values: Values) -> bool:
        """Follow a call that stands by itself."""
        if isinstance(node, ast.Constant):
            return True
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return False
        holder, name = node.func.value, node.func.attr
        if isinstance(holder, ast.Call) and isinstance(holder.func, ast.Name) and holder.func.id == "super":
            return True
        if _of_self(holder) and name == "append" and len(node.args) == 1:
            held = values.value(holder)
            if not isinstance(held, list):
                raise UnclearError(f"line {node.lineno} is not understood")
            more = values.value(node.args[0])
            held.append(more)
            self.tracked += _all_held(more)
            return True
        if _of_self(holder) and name == "build":
            return True
        if isinstance(holder, ast.Name) and holder.id == "self" and name in self.methods and not node.args:
            if node.keywords or len(self.methods[name].args.args) != 1:
                return False
            self._run(self.methods[name], {})
            return True
        return False

    def _assign(self, target: ast.expr, value: Any, values: Values) -> None:
        if isinstance(target, ast.Name):
            values.names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            parts = value if isinstance(value, _CLASSES) else ()
            if len(parts) != len(target.elts):
                raise UnclearError(f"line {target.lineno} is not understood")
            for one, part in zip(target.elts, parts, strict=True):
                self._assign(one, part, values)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
            self._set(target.attr, value)
        elif isinstance(target, ast.Attribute) and target.attr == "trainable" and isinstance(value, bool):
            held = values.value(target.value)
            if not isinstance(held, Held) or held.own is not None:
                raise UnclearError(f"line {target.lineno} is not understood")
            held.config["trainable"] = value
        else:
            raise UnclearError(f"line {target.lineno} is not understood")

    def _set(self, name: str, value: Any) -> None:
        if isinstance(value, UnclearError):
            raise value
        before = self.attributes.get(name)
        if name in self.order and (isinstance(before, Held) or any(True for _ in _all_held(before))):
            raise UnclearError(f"{name} is assigned again")
        if isinstance(value, dict) and "class_name" in value:
            raise UnclearError(f"{name} may be a layer that is given")
        if name == "trainable" or name.startswith("__"):
            raise UnclearError(f"self.{name} is set")
        self.attributes[name] = value
        if isinstance(value, (Held, *_CLASSES)):
            if name in self.order:
                self.order.remove(name)
            self.order.append(name)
            self.tracked += _all_held(value)

    def _weight(self, node: ast.expr, values: Values) -> bool:
        """Enter a variable that a call makes; tell whether it makes one."""
        if not isinstance(node, ast.Call):
            return False
        path = self.scope.path(node.func)
        tensorflow = path.rpartition(".")[2] == "Variable"
        if not tensorflow and not (path.startswith("self.") and path[5:] in _WEIGHT_MAKERS):
            return False
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if None in given:
            raise UnclearError(f"line {node.lineno} is not understood")
        trainable = values.value(given["trainable"]) if "trainable" in given else True
        if not isinstance(trainable, bool):
            raise UnclearError(f"whether the variable in line {node.lineno} is trained is not known")
        name = given.get("name") or (node.args[0] if node.args and not tensorflow else None)
        plain = isinstance(name, ast.Constant) and isinstance(name.value, str)
        self.own.append(Own(name.value if plain else "", trainable))  # type: ignore[union-attr]
        return True

    def _made(self, name: str, args: list[Any], keywords: dict[str, Any]) -> Held | None:
        """Return a layer of another class of the files."""
        found = self.code.find(name) if name in self.scope.defined or name in self.code.names else None
        if found is None:
            return None
        init = next((one for one in found[0].body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None)
        order = [one.arg for one in init.args.args[1:]] if init is not None else []
        if len(args) > len(order):
            raise UnclearError(f"what {name} is given is not known")
        given = {**dict(zip(order, args, strict=False)), **keywords}
        return Held(found[0].name, {}, _Reading(self.code, *found, self.depth + 1).of(given))


def _bound(init: ast.FunctionDef, config: dict[str, Any]) -> dict[str, Any]:
    """Return the names that a constructor has when it is given a config."""
    taken = [*init.args.posonlyargs, *init.args.args][1:]
    defaults = [None] * (len(taken) - len(init.args.defaults)) + list(init.args.defaults)
    pairs = [*zip(taken, defaults, strict=True), *zip(init.args.kwonlyargs, init.args.kw_defaults, strict=True)]
    names: dict[str, Any] = {}
    for one, default in pairs:
        if one.arg in config:
            names[one.arg] = config[one.arg]
        elif isinstance(default, ast.Constant):
            names[one.arg] = default.value
        elif isinstance(default, (ast.Tuple, ast.List)) and all(isinstance(e, ast.Constant) for e in default.elts):
            names[one.arg] = [e.value for e in default.elts if isinstance(e, ast.Constant)]
        else:
            names[one.arg] = UnclearError(f"what {one.arg} is does not stand in the config")
    if init.args.kwarg is not None:
        names[init.args.kwarg.arg] = OPAQUE
    return names


def _of_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _all_held(value: Any) -> Iterator[Held]:
    if isinstance(value, Held):
        yield value
    for one in value if isinstance(value, _CLASSES) else ():
        yield from _all_held(one)


def _makes(node: ast.AST) -> bool:
    """Tell whether code may give a layer variables or layers: it speaks of `self` other than by reading from it, or
    hands it on.
    """
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.ctx, (ast.Store, ast.Del)):
            return True
        if isinstance(one, ast.Call):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else ""
            if name in (*_WEIGHT_MAKERS, "append", "extend", "insert", "Variable", "update", "_track_variable"):
                return True
            if _is_self(one.func.value if isinstance(one.func, ast.Attribute) else one.func):
                return True
            if isinstance(one.func, ast.Name) and one.func.id == "setattr":
                return True
            if any(_is_self(arg) for arg in one.args):
                return True
    return False


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


__all__ = ["Held", "Holding", "Opaque", "Own", "UnclearError", "holding"]
