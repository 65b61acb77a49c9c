"""The `training_config` of an HDF5 file in Keras 3.

Names are looked for in tables first; what a table has is then looked for once more by its public name, which aliases
("mse") do not have. What no table has stays a name, which only an optimizer or the one loss of a model is asked about.

Source: keras/src/legacy/saving/saving_utils.py `compile_args_from_training_config` and
`_resolve_compile_arguments_compat`; keras/src/saving/serialization_lib.py `deserialize_keras_object` with
`module_objects`; keras/src/optimizers/__init__.py `get` of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.construction import refer
from keras_doctor.loaders.objects import Reference, Resolution
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.construction import Walk
    from keras_doctor.releases.api import Api, Definition

_MODULES = ("keras.losses", "keras.metrics")
_NAMELESS = ("losses", "metrics")  # kinds of which there may be none


@record
class Replaced:
    """An object that is not known, in whose place the release takes the one that bears its name, with defaults; or
    none (`taken` is None), where its config says that it has no name.
    """

    api: Api
    reference: Reference
    taken: Definition | None


def optimizer(walk: Walk, value: dict[str, Any], path: str) -> Iterator[Step]:
    """Yield the steps for the entry of an optimizer."""
    reference = refer({"config": {}, **value}, "optimizers", path)
    if reference is None:
        yield _unresolved(walk, Reference("optimizers", "", path, value), "form")
        return
    definition = walk.api.find(reference.name, "optimizers")
    if reference.name in walk.load.options.custom_objects:
        yield from walk.entry(value, "optimizers", path)
    elif definition is not None:
        yield from walk.built(reference, definition, 0)
    else:
        yield from _by_own_name(walk, reference)


def one(walk: Walk, value: Any, kind: str, path: str, alone: bool) -> Iterator[Step]:
    """Yield the steps for a loss or metric. `alone`: it is not one of several in a list or dict."""
    reference = refer(value, kind, path)
    if reference is None:
        yield _unresolved(walk, Reference(kind, "", path, value), "form")
        return
    if {reference.name, reference.registered_name} & set(walk.load.options.custom_objects):
        yield from walk.entry(value, kind, path)
        return
    definition = None if reference.function else walk.api.find(reference.name, kind)
    if reference.modern and not reference.function and reference.module is None:
        yield _unresolved(walk, reference, "unlocated")
    elif definition is None:
        if alone:
            yield from _by_own_name(walk, reference)
    elif definition.kind != "functions":
        policy = reference.config.get("dtype") if isinstance(reference.config, dict) else None
        if kind == "metrics" and isinstance(policy, dict) and walk.load.does("wants-dtype-names"):
            yield _unresolved(
                walk, Reference("policies", "", f"{path}.config.dtype", policy, parent=reference.name), "form"
            )
        yield from walk.built(replace(reference, config=reference.config or {}), definition, 0)
    elif not any(walk.api.definition(module, reference.name) for module in _MODULES):
        yield _unresolved(walk, reference, "alias")


def _by_own_name(walk: Walk, reference: Reference) -> Iterator[Step]:
    """Yield what comes of an object that no table has: one is made of the name that its config gives it."""
    config = reference.config
    name = config.get("name") if isinstance(config, dict) else None
    taken = walk.api.find(name, reference.kind) if isinstance(name, str) else None
    nameless = isinstance(config, dict) and config.get("name", "") is None and reference.kind in _NAMELESS
    if taken is None and not nameless:
        yield _unresolved(walk, reference, "unknown")
    else:
        subject = Replaced(walk.api, reference, taken)
        yield Step("compile", ("training:replaced",), Locus(path=reference.path), subject)


def _unresolved(walk: Walk, reference: Reference, problem: str) -> Step:
    found = Resolution(reference, walk.api, problem=problem)
    return Step("compile", ("object:unresolved",), Locus(path=reference.path), found)
