"""What an expression in a layer's code stands for: a plain value, a layer with its config, or something else.

Nothing is run: constants, keywords of the constructor, simple arithmetic, lists, and calls of Keras's own layers and of
the classes in the same files are understood. What may hold a layer and is not understood raises `UnclearError`.
"""

from __future__ import annotations

import ast
import operator

from keras_doctor.layers.stock import ALIASES, rule_of
from keras_doctor.loaders.load import api_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.sources.parsing import Scope


class UnclearError(Exception):
    """The code does not say for certain which layers there are."""


class Opaque:
    """A value that is no layer: a function, an initializer, a tensor."""


OPAQUE = Opaque()
MOST = 4096  # values in a list, steps of a loop
_LARGE = 1 << 53

# Modules of Keras with nothing in them that owns variables.
_PLAIN_MODULES = ("initializers", "regularizers", "constraints", "activations", "backend", "ops")
_PLAIN_ROOTS = ("tensorflow", "tf", "numpy", "np", "math", "jax", "torch")
_PLAIN_CALLS: dict[str, Callable[..., Any]] = {
    "int": int, "float": float, "str": str, "bool": bool, "len": len, "max": max, "min": min, "abs": abs,
    "round": round, "list": list, "tuple": tuple,
}  # fmt: skip
_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARED: dict[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
}  # fmt: skip
_RELEASE = ("keras", "3.15.1")  # whose constructors say what an argument by position is


class Held:
    """A layer that the code makes. `class_name` and `config` as in a saved model; of a class of the user's own, `own`
    says what it holds in turn.
    """

    def __init__(self, class_name: str, config: dict[str, Any], own: Any = None) -> None:
        self.class_name = class_name
        self.config = config
        self.own = own

    @property
    def entry(self) -> dict[str, Any]:
        """The entry of a config that describes it."""
        return {"class_name": self.class_name, "config": self.config}


class Values:
    """Evaluates expressions. `names`: the local names; `attributes`: those of `self`; `made`: makes a layer of a class
    of the files from its arguments, None where there is no such class.
    """

    def __init__(
        self,
        scope: Scope,
        names: dict[str, Any],
        attributes: dict[str, Any],
        made: Callable[[str, list[Any], dict[str, Any]], Held | None],
    ) -> None:
        self.scope = scope
        self.names = names
        self.attributes = attributes
        self.made = made
        self.steps = MOST

    def value(self, node: ast.expr) -> Any:
        """Return what an expression stands for. Raises UnclearError."""
        self.steps -= 1
        if self.steps < 0:
            raise UnclearError("the code goes on for too long")
        found = _READERS.get(type(node))
        if found is None:
            raise UnclearError(f"line {node.lineno} is not understood")
        return found(self, node)

    def truth(self, node: ast.expr) -> bool:
        """Return whether a condition holds. Raises UnclearError where that cannot be told."""
        value = self.value(node)
        if isinstance(value, (Opaque, Held)):
            raise UnclearError(f"the condition in line {node.lineno} is not known")
        return bool(value)

    # Kinds of expressions

    def _constant(self, node: ast.Constant) -> Any:
        return node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id in self.names:
            found = self.names[node.id]
            if isinstance(found, UnclearError):
                raise found
            return found
        if node.id in self.scope.constants:
            return self.value(self.scope.constants[node.id])
        if node.id in self.scope.paths or node.id in self.scope.defined or node.id in _BUILTINS:
            return OPAQUE
        raise UnclearError(f"{node.id} in line {node.lineno} is not known")

    def _attribute(self, node: ast.Attribute) -> Any:
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            if node.attr in self.attributes:
                return self.attributes[node.attr]
            raise UnclearError(f"self.{node.attr} in line {node.lineno} is not known")
        path = self.scope.path(node)
        if path.partition(".")[0] in self.names or not path:
            raise UnclearError(f"line {node.lineno} is not understood")
        return OPAQUE

    def _sequence(self, node: ast.List | ast.Tuple) -> Any:
        found = [self.value(one) for one in node.elts]
        return found if isinstance(node, ast.List) else tuple(found)

    def _dict(self, node: ast.Dict) -> Any:
        found = [self.value(one) for one in node.values]
        if any(isinstance(one, (Held, list, tuple)) for one in found):
            raise UnclearError(f"the dict in line {node.lineno} may hold layers")
        return OPAQUE

    def _arithmetic(self, node: ast.BinOp) -> Any:
        return self._computed(node, _BINARY.get(type(node.op)), self.value(node.left), self.value(node.right))

    def _compare(self, node: ast.Compare) -> Any:
        if len(node.ops) != 1:
            raise UnclearError(f"line {node.lineno} is not understood")
        one, other = self.value(node.left), self.value(node.comparators[0])
        return self._computed(node, _COMPARED.get(type(node.ops[0])), one, other)

    def _computed(self, node: ast.expr, function: Callable[..., Any] | None, *given: Any) -> Any:
        if any(isinstance(one, Opaque) for one in given):
            return OPAQUE
        if function is None or any(isinstance(one, Held) for one in given):
            raise UnclearError(f"line {node.lineno} is not understood")
        if any(isinstance(one, (str, bytes, list, tuple)) for one in given) and type(node) is ast.BinOp:
            large = [one for one in given if isinstance(one, int) and not 0 <= one <= MOST]
            if large or sum(len(one) for one in given if isinstance(one, (str, list, tuple))) > MOST:
                raise UnclearError(f"line {node.lineno} makes something large")
        if any(isinstance(one, int) and abs(one) >= _LARGE for one in given):
            raise UnclearError(f"line {node.lineno} makes something large")
        try:
            return function(*given)
        except (TypeError, ValueError, ArithmeticError, OverflowError):
            raise UnclearError(f"line {node.lineno} is not understood") from None

    def _unary(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return not self.truth(node.operand)
        return self._computed(node, operator.neg if isinstance(node.op, ast.USub) else None, self.value(node.operand))

    def _bool(self, node: ast.BoolOp) -> Any:
        for one in node.values[:-1]:
            if self.truth(one) != isinstance(node.op, ast.And):
                return self.value(one)
        return self.value(node.values[-1])

    def _choice(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.truth(node.test) else node.orelse)

    def _item(self, node: ast.Subscript) -> Any:
        held, index = self.value(node.value), self.value(node.slice)
        return self._computed(node, operator.getitem, held, index)

    def _comprehension(self, node: ast.ListComp) -> Any:
        (first, *more) = node.generators
        if more or first.ifs or not isinstance(first.target, ast.Name):
            raise UnclearError(f"line {node.lineno} is not understood")
        before = self.names.get(first.target.id, OPAQUE)
        found = []
        for one in self.many(first.iter):
            self.names[first.target.id] = one
            found.append(self.value(node.elt))
        self.names[first.target.id] = before
        return found

    def many(self, node: ast.expr) -> list[Any]:
        """Return what a loop goes over. Raises UnclearError."""
        called = self.scope.path(node.func) if isinstance(node, ast.Call) else ""
        if called == "range" and isinstance(node, ast.Call) and not node.keywords:
            bounds = [self.value(one) for one in node.args]
            if not all(type(one) is int and abs(one) <= MOST for one in bounds) or not 1 <= len(bounds) <= 3:
                raise UnclearError(f"how often line {node.lineno} is gone through is not known")
            return list(range(*bounds)) if len(bounds) < 3 or bounds[2] else []
        if called == "enumerate" and isinstance(node, ast.Call) and len(node.args) == 1:
            return list(enumerate(self.many(node.args[0])))
        found = self.value(node)
        if not isinstance(found, (list, tuple)) or len(found) > MOST:
            raise UnclearError(f"how often line {node.lineno} is gone through is not known")
        return list(found)

    def _call(self, node: ast.Call) -> Any:
        path = self.scope.path(node.func)
        root, _, rest = path.partition(".")
        if not path or root in self.names or root == "self":
            raise UnclearError(f"what line {node.lineno} calls is not known")
        args = [self.value(one) for one in node.args]
        if any(keyword.arg is None for keyword in node.keywords):
            raise UnclearError(f"which keywords line {node.lineno} gives is not known")
        keywords = {str(keyword.arg): self.value(keyword.value) for keyword in node.keywords}
        own = self.made(path, args, keywords) if not rest else None
        if own is not None:
            return own
        name = ALIASES.get(path.rpartition(".")[2], path.rpartition(".")[2])
        if "keras" in path.split(".") or root in ("keras", "tf_keras", "layers"):
            if any(f".{module}." in f".{path}" for module in _PLAIN_MODULES):
                return OPAQUE
            if name == "Sequential" or rule_of(name) is not None:
                return _stock(name, args, keywords, node.lineno)
            raise UnclearError(f"{path} in line {node.lineno} may be a layer")
        if path in _PLAIN_CALLS and not keywords:
            return self._computed(node, _PLAIN_CALLS[path], *args)
        if root in _PLAIN_ROOTS and name != "Variable" and not any(isinstance(one, Held) for one in args):
            return OPAQUE
        raise UnclearError(f"what {path} in line {node.lineno} makes is not known")


_BUILTINS = ("int", "float", "str", "bool", "None", "True", "False")

_READERS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Constant: Values._constant,
    ast.Name: Values._name,
    ast.Attribute: Values._attribute,
    ast.List: Values._sequence,
    ast.Tuple: Values._sequence,
    ast.Dict: Values._dict,
    ast.BinOp: Values._arithmetic,
    ast.Compare: Values._compare,
    ast.UnaryOp: Values._unary,
    ast.BoolOp: Values._bool,
    ast.IfExp: Values._choice,
    ast.Subscript: Values._item,
    ast.ListComp: Values._comprehension,
    ast.Call: Values._call,
    ast.Lambda: lambda values, node: OPAQUE,
    ast.JoinedStr: lambda values, node: OPAQUE,
}

# Keywords of layers that say nothing about their variables.
_IDLE = ("activation", "name", "dtype", "rate", "epsilon", "momentum", "seed", "dropout", "recurrent_activation")
_IDLE_ENDINGS = ("_initializer", "_regularizer", "_constraint", "_dropout")


def _stock(class_name: str, args: list[Any], keywords: dict[str, Any], line: int) -> Held:
    """Return a layer of Keras that is made with these arguments. Raises UnclearError."""
    if class_name == "Sequential":
        layers = (args or [keywords.get("layers") or []])[0]
        if not isinstance(layers, (list, tuple)) or not all(isinstance(one, Held) for one in layers):
            raise UnclearError(f"the layers of the Sequential in line {line} are not known")
        if any(one.own is not None for one in layers):
            raise UnclearError(f"the Sequential in line {line} holds layers of another class")
        return Held(class_name, {"layers": [one.entry for one in layers]})
    api = api_of(*_RELEASE)
    definition = api.find(class_name, "layers")
    taken = api.accepts(definition) if definition is not None else None
    order = [*taken.required, *(name for name, _ in taken.optional)] if taken is not None else []
    if len(args) > len(order):
        raise UnclearError(f"what line {line} gives {class_name} is not known")
    config = {**dict(zip(order, args, strict=False)), **keywords}
    for key, value in list(config.items()):
        if isinstance(value, Held):
            if value.own is not None:
                raise UnclearError(f"{class_name} in line {line} holds a layer of another class")
            config[key] = value.entry
        elif isinstance(value, Opaque):
            if key not in _IDLE and not key.endswith(_IDLE_ENDINGS):
                raise UnclearError(f"{key} of {class_name} in line {line} is not known")
            del config[key]
        elif isinstance(value, (list, tuple)):
            config[key] = [one.entry if isinstance(one, Held) else one for one in value]
    return Held(class_name, config)
