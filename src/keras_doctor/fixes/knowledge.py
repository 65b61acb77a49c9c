"""What fixes ask the knowledge of all releases: whether a value is the default of a keyword wherever that exists."""

from __future__ import annotations

from keras_doctor.layers.semantics import semantics_of
from keras_doctor.loaders.load import api_of
from keras_doctor.releases.api_text import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.provenance import Provenance
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Api

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


def written_by(provenance: Provenance) -> Api:
    """Return the facts about the release that wrote a file, or about the one that stands for its era."""
    found = semantics_of(provenance, provenance.era)
    library = {"tf_keras": "tf-keras"}.get(found.library, found.library)
    return api_of(library, found.version)


def plain(default: str) -> Any:
    """Return the value that a default says; NotImplemented for one that is no plain constant."""
    constants = {"None": None, "True": True, "False": False}
    if default in constants:
        return constants[default]
    if default[:1] in "'\"" and default[-1:] == default[:1]:
        return default[1:-1]
    try:
        return int(default) if default.lstrip("-").isdigit() else float(default)
    except ValueError:
        return NotImplemented


def same(value: Any, default: str) -> bool:
    """Tell whether a value of a config is what a default says."""
    if value is None or value is False:  # a flag that is not set, either way
        return default in ("None", "False")
    if default in ("None", "True", "False"):
        return value is True and default == "True"
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
