"""The facts about one class or function: what its constructor takes, what it checks, what its config holds."""

from __future__ import annotations

import ast
from typing import Any

from extraction.config_keys import ConfigKeys, from_config_keys
from extraction.passed_on import Keywords, explicit
from extraction.program import Class, Function, Program, Scope, export_names, is_export, strings
from extraction.value_checks import Checks

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
        facts["from_config"] = from_config_keys(cls.methods["from_config"])
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
        given = explicit(program, cls, init, None) if flow.passed is None else None
        if given and given[0]:
            facts["gives"] = tuple(sorted(given[0]))
    elif (passed := explicit(program, cls, init, None)) and passed[0]:
        facts["gives"] = tuple(sorted(passed[0]))
    for name, (values, lowered) in sorted(Checks(program, Function(cls.module, init)).found.items()):
        facts[f"values {name}"] = (*(["~"] if lowered else []), *values)
    conversions = _conversions(program, cls, init)
    if conversions:
        facts["legacy"] = conversions


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
