"""What fixes ask the knowledge of all releases: whether a value is the default of a keyword wherever that exists."""

from __future__ import annotations

from keras_doctor.loaders.load import api_of
from keras_doctor.releases.api_text import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.loaders.objects import Reference

_LIBRARIES = {
    "keras-1": "keras", "keras-2": "keras", "tensorflow": "tf.keras", "keras-2.6": "tf.keras", "tf-keras": "tf-keras",
    "keras-3": "keras",
}  # fmt: skip

_defaults: dict[tuple[str, str, str], tuple[str, ...]] = {}


def is_default(reference: Reference, keyword: str, value: Any) -> bool:
    """Tell whether a keyword has the one default that every release gives it which knows it."""
    found = defaults(reference.name, reference.kind, keyword)
    return bool(found) and all(same(value, default) for default in found)


def defaults(name: str, kind: str, keyword: str) -> tuple[str, ...]:
    """Return the defaults, as source text, that a keyword of a class has in the releases that know it."""
    key = name, kind, keyword
    if key not in _defaults:
        found: dict[str, None] = {}
        for line, releases in lines().items():
            for release in (releases[-1], *releases[:-1:4]):
                api = api_of(_LIBRARIES[line], release)
                definition = api.find(name, kind)
                default = api.accepts(definition).default(keyword) if definition else None
                if default is not None:
                    found[default] = None
        _defaults[key] = tuple(found)
    return _defaults[key]


def same(value: Any, default: str) -> bool:
    """Tell whether a value of a config is what a default says."""
    plain = {"None": None, "True": True, "False": False}
    if default in plain:
        return value is plain[default]
    if isinstance(value, str):
        return default in (f'"{value}"', f"'{value}'")
    if isinstance(value, (list, tuple)):
        return default.replace(" ", "") in (f"({','.join(map(str, value))})", f"[{','.join(map(str, value))}]")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(default) == value
        except ValueError:
            return False
    return False
