"""One and the same thing in one form, however its release wrote it down."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

# Keys that say where Keras has a class, or note what follows from the rest. Sources: serialize_keras_object of Keras 3
# and tf.keras 2.12, which write them; `serialize_keras_object` before, which does not.
_NOTES = ("module", "registered_name", "build_config", "shared_object_id")
_POLICIES = ("DTypePolicy", "FloatDTypePolicy", "Policy", "PolicyV1")
_SEQUENCES = ("__tuple__", "TensorShape")  # with their members under "items"
_FUNCTIONS = ("function",)
_RENAMED = {"batch_input_shape": "batch_shape"}
_REGISTERED = "Custom>"  # the package of what names none; tf.keras 2.11 to 2.15 write its own optimizers so
_DEPTH = 64
_OWN = ("keras", "tensorflow", "tf_keras", "builtins")


def plain(value: Any, depth: int = 0) -> Any:
    """Return a config without what only its notation adds: dtypes as names, functions as names, tuples as lists."""
    if depth > _DEPTH:
        return value
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    name, inner = value.get("class_name"), value.get("config")
    if name in _POLICIES and isinstance(inner, dict) and isinstance(inner.get("name"), str):
        return inner["name"]
    if name in _SEQUENCES and isinstance(value.get("items"), list):
        return [plain(item, depth + 1) for item in value["items"]]
    if name in _FUNCTIONS and isinstance(inner, str):
        return inner
    if isinstance(name, str):
        value = {**value, "class_name": _class(name, value.get("registered_name"))}
    kept = {_RENAMED.get(key, key): plain(item, depth + 1) for key, item in value.items() if not _is_note(key, value)}
    return {key: item for key, item in kept.items() if item is not None}


def _class(name: str, registered: Any) -> str:
    """Return the name of a class with the package that it was registered under, as formats before v3 write it."""
    full = registered if isinstance(registered, str) and ">" in registered else name
    return full.removeprefix(_REGISTERED)


def _is_note(key: str, entry: dict[str, Any]) -> bool:
    """Tell whether a key is a note: the module, too, of what Keras itself brings, and of what is registered."""
    if key not in _NOTES or "class_name" not in entry:
        return False
    module = entry.get("module")
    own = not isinstance(module, str) or module.partition(".")[0] in _OWN
    return key != "module" or own or isinstance(entry.get("registered_name"), str)


def differences(a: Any, b: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield (key, change, value of A, value of B) for each place in which two configs differ, as deep as it goes."""
    if same(a, b):
        return
    if isinstance(a, dict) and isinstance(b, dict) and depth < _DEPTH and not _is_other_object(a, b):
        for name in [*a, *(name for name in b if name not in a)]:
            below = f"{key}.{name}" if key else str(name)
            if name not in b:
                yield below, "only-a", a[name], None
            elif name not in a:
                yield below, "only-b", None, b[name]
            else:
                yield from differences(a[name], b[name], below, depth + 1)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and depth < _DEPTH and _are_objects(a + b):
        for index, (first, second) in enumerate(zip(a, b, strict=True)):
            yield from differences(first, second, f"{key}[{index}]", depth + 1)
    else:
        yield key, "changed", a, b


def _is_other_object(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Tell whether two configs are of objects of two classes: then it is the object that changed, not its settings."""
    return "class_name" in a and "class_name" in b and a["class_name"] != b["class_name"]


def _are_objects(items: list[Any]) -> bool:
    return all(isinstance(item, (dict, list)) for item in items)


def same(a: Any, b: Any) -> bool:
    """Tell whether two values of JSON are equal; what is no number (NaN) equals itself, and true is not 1."""
    stack = [(a, b)]
    while stack:
        a, b = stack.pop()
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            stack.extend((value, b[key]) for key, value in a.items())
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif isinstance(a, bool) or isinstance(b, bool):
            if a is not b:
                return False
        elif a != b and (a == a or b == b):
            return False
    return True
