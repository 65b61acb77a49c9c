"""Lambda layers: Python code in a config, and what a loader makes of it.

The function of a Lambda stands in the config as the code of a Python function (a list of code, defaults and closure, or
Keras 3's `__lambda__`), or as a name. Code is refused, or read by `marshal`, which only the Python that wrote it (and
those that read the same in it) can do; then the function looks for its global names where the release lets it.

Sources: `Lambda.from_config` of keras/layers/core.py (1, 2, tf.keras), keras/src/layers/core/lambda_layer.py (3),
`func_load` of keras/utils/generic_utils.py and keras/src/utils/python_utils.py.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.lambda_body import code_bytes, code_text
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record, replace
from keras_doctor.releases.backend_names import has_name
from keras_doctor.releases.lambda_globals import names_found
from keras_doctor.wire.bytecode import WRITERS, attribute_name, global_name, inner_codes, instructions, same
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.marshalled import read_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Api, Definition
    from keras_doctor.wire.bytecode import Instruction
    from keras_doctor.wire.marshalled import Code

_MODULES = ("tf", "tensorflow", "K", "backend")
_OLDER = {"3.0": ("3.0", "3.5")}  # whose instructions have one or three bytes
SLOTS = ("function", "output_shape", "mask")  # keywords of a Lambda that may hold code, in the order of `from_config`


@record
class Function:
    """A function of a Lambda layer. `slot`: the keyword that holds it; `name`: as the file has it.

    `python`: the Python of the environment; `writers`: the Pythons that write such code; `missing`: global names that
    it does not find; `fatal`: whether the load fails of that, or the call.
    """

    api: Api
    reference: Reference
    slot: str
    name: str = ""
    python: str = ""
    writers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    fatal: bool = True


def steps(load: Load, reference: Reference, definition: Definition) -> Iterator[Step]:
    """Yield what happens to the functions of a Lambda layer while the layer is built."""
    config = reference.config if isinstance(reference.config, dict) else {}
    slots = SLOTS[:2] if load.api.line == "keras-3" else SLOTS  # Keras 3 leaves a mask's code where it is
    for slot in slots:
        value = config.get(slot)
        if value is not None:
            yield from _slot(load, reference, slot, value, config)
    if load.does("puts-batch-before-list") and isinstance(config.get("output_shape"), list):
        place = Locus(path=f"{reference.path}.config.output_shape")
        yield Step("graph", ("lambda:shape",), place, Function(load.api, reference, "output_shape"))


def _slot(load: Load, reference: Reference, slot: str, value: Any, config: dict[str, Any]) -> Iterator[Step]:
    """Yield what happens to one keyword that may hold a function."""
    where = Locus(path=f"{reference.path}.config.{slot}")
    form = _form(load, reference, slot, value, config)
    if form == "code":
        if load.options.safe_mode and load.does(_REFUSING.get("text" if load.text else load.reader, "")):
            yield Step("construct", ("lambda:refused",), where, Function(load.api, reference, slot))
        yield from _code(load, reference, slot, value, config, where)
    elif form == "name":
        name = _name(value)
        if name in load.options.custom_objects:
            yield Step("construct", (), where, unexamined=f"what {name[:60]} does is known to its own code alone")
        elif not _known(load, value, name):
            yield Step("construct", ("lambda:unlocated",), where, Function(load.api, reference, slot, name))
    elif form == "form":
        yield Step("construct", ("lambda:form",), where, Function(load.api, reference, slot))


_REFUSING = {
    "keras-v3": "refuses-lambdas-in-archives",
    "hdf5": "refuses-lambdas-in-hdf5",
    "text": "refuses-lambdas-in-text",
}


def _form(load: Load, reference: Reference, slot: str, value: Any, config: dict[str, Any]) -> str:
    """Return as what a release takes a value: "code", "name", "form" for what makes it stop, "" for plain data."""
    modern = load.api.line == "keras-3"
    lambdas = isinstance(value, dict) and value.get("class_name") == "__lambda__"
    if modern:
        older = load.reader == "hdf5" or not reference.modern  # `model_from_config` makes one of the other
        if lambdas or (slot == "function" and isinstance(value, list) and older):
            return "code"
        if isinstance(value, dict) and value.get("class_name") == "function":
            return "name"
        if slot != "function":
            return ""
        return "name" if isinstance(value, str) else "form"
    kind = config.get(f"{slot}_type")
    if kind == "lambda":
        return "form" if lambdas and load.reader == "hdf5" else "code"
    if kind == "function":
        return "name"
    return "form" if slot == "function" else ""


def _name(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("config")
    return value if isinstance(value, str) else ""


def _known(load: Load, value: Any, name: str) -> bool:
    """Tell whether a name of a function stands for one that Keras has: only where it is stated with its module."""
    if not isinstance(value, dict):
        return False
    module = value.get("module")
    if module == "builtins":
        return any(load.api.function(kind, name) is not None for kind in ("activations", "losses", "metrics"))
    return isinstance(module, str) and load.api.definition(module, name) is not None


def _code(
    load: Load, reference: Reference, slot: str, value: Any, config: dict[str, Any], where: Locus
) -> Iterator[Step]:
    """Yield what the Python of the environment makes of code."""
    python = ".".join(load.environment.python.split(".")[:2])
    try:
        code = read_code(code_bytes(code_text(value), load.does("reads-code-as-base64")))
    except FormatError:
        yield Step("construct", ("lambda:bytecode",), where, Function(load.api, reference, slot, python=python))
        return
    function = Function(load.api, reference, slot, code.name, python, _writers(code))
    if not python:
        yield Step("construct", (), where, unexamined="whether this Python reads the code of the Lambda is not known")
        return
    if python not in WRITERS[code.layout]:
        known = any(python in pythons for pythons in WRITERS.values())
        tags = ("lambda:bytecode",) if known else ()
        reason = "" if known else f"what Python {python} makes of code of {' or '.join(function.writers)} is not known"
        yield Step("construct", tags, where, function, reason)
        return
    if instructions(code, python) is None:
        yield Step("graph", ("lambda:bytecode",), where, function)
        return
    others = [writer for writer in function.writers if writer != python]
    if any(not same(code, python, other) for other in others):
        yield Step("construct", (), where, unexamined="which Python wrote the code of the Lambda cannot be told")
    yield from _globals(load, function, code, config, where)
    yield from _absent(load, function, code, where)


def _writers(code: Code) -> tuple[str, ...]:
    """Return the Pythons that can have written code: those that read it, else the older ones with the same layout."""
    return tuple(python for python in WRITERS[code.layout] if instructions(code, python) is not None) or (
        _OLDER.get(code.layout, WRITERS[code.layout])
    )


def _globals(load: Load, function: Function, code: Code, config: dict[str, Any], where: Locus) -> Iterator[Step]:
    """Yield the global names that the function does not find."""
    missing = _missing(load, code, function.python)
    if not missing:
        return
    module = config.get("module")
    if load.does("finds-lambda-globals-in-module") and isinstance(module, str):
        # The module of the code, if it is imported: for `__main__`, the script that loads. It has TensorFlow.
        missing = tuple(name for name in missing if name not in ("tf", "tensorflow", "keras", "np"))
        if missing:
            names = ", ".join(missing)[:80]
            yield Step(
                "graph", (), where, unexamined=f"whether the code that loads the model defines {names} is not known"
            )
        return
    fatal = load.api.line != "keras-3" or config.get("output_shape") is None
    told = Function(
        function.api, function.reference, function.slot, code.name, function.python, function.writers, missing, fatal
    )
    yield Step("graph" if fatal else "call", ("lambda:globals",), where, told)


def _absent(load: Load, function: Function, code: Code, where: Locus) -> Iterator[Step]:
    """Yield the functions of TensorFlow or the backend that the function calls and this release does not have."""
    absent: dict[str, None] = {}
    for path in _paths(code, function.python):
        library, version, name = _home(load, path)
        namespace, _, last = name.rpartition(".")
        if not library or not last:
            continue
        there = has_name(library, version, namespace, last)
        if there is None:
            yield Step("graph", (), where, unexamined=f"whether {path[:80]} is still there is not known")
        elif not there:
            absent[path] = None
    if absent:
        yield Step("graph", ("lambda:globals",), where, replace(function, missing=tuple(absent)))


def _paths(code: Code, python: str) -> Iterator[str]:
    """Yield the dotted names that a function uses: "tf.nn.relu"."""
    path = ""
    for step in (*(instructions(code, python) or ()), None):
        name = attribute_name(step, code, python) if step is not None and path else None
        if name is not None:
            path = f"{path}.{name}"
            continue
        if "." in path:
            yield path
        path = (_rooted(step, code, python) or "") if step is not None else ""
    for inner in inner_codes(code):
        yield from _paths(inner, python)


def _rooted(step: Instruction, code: Code, python: str) -> str | None:
    """Return the name that an instruction starts a path with: a global, or a local that is called like a module."""
    found = global_name(step, code, python)
    if found is None and step.name.startswith("LOAD_FAST") and step.argument < len(code.variables):
        local = code.variables[step.argument]
        found = local if local in _MODULES and step.argument >= code.arguments else None
    return found


def _home(load: Load, path: str) -> tuple[str, str, str]:
    """Return the library whose names a path leads into, its version, and the path inside it; "" for what is checked
    nowhere.
    """
    root, _, rest = path.partition(".")
    tensorflow = load.environment.tensorflow or ""
    if root in ("tf", "tensorflow"):
        return "tensorflow", tensorflow, rest
    if root in ("K", "backend"):
        if load.api.line in ("keras-1", "keras-2"):
            return "keras", load.api.version, f"keras.backend.{rest}"
        if load.api.library == "tf.keras":
            return "tensorflow", tensorflow, f"keras.backend.{rest}"
    return "", "", ""


def _missing(load: Load, code: Code, python: str) -> tuple[str, ...]:
    """Return the names that neither Python nor the release nor the call of the loader gives to a function."""
    import builtins

    given = {*names_found(load.api.library, load.api.version), *load.options.custom_objects, *dir(builtins)}
    found: dict[str, None] = {}
    for step in instructions(code, python) or ():
        name = global_name(step, code, python)
        if name is not None and name not in given:
            found[name] = None
    for inner in inner_codes(code):
        found.update(dict.fromkeys(_missing(load, inner, python)))
    return tuple(found)
