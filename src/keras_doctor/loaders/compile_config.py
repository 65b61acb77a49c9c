"""`compile_config` of `.keras` archives: what the model is compiled with when it is loaded.

`compile_from_config` deserializes the whole config, then calls `compile`. Names of losses and metrics that stand there
as bare strings are looked up when the model is trained, not now. Source: keras/src/trainers/trainer.py of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.objects import Built
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.construction import Walk
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

# Which kind of objects the arguments of `compile` hold.
_KINDS = {"optimizer": "optimizers", "loss": "losses", "metrics": "metrics", "weighted_metrics": "metrics"}
# The other arguments of `Trainer.compile`: the same in all of Keras 3.
_PLAIN = ("loss_weights", "run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss")


@record
class Arguments:
    """Arguments in a compile config that `compile` does not take, or not in the form that they have."""

    api: Api
    names: tuple[str, ...]


def steps(load: Load, walk: Walk, made: list[Built]) -> Iterator[Step]:
    """Yield what happens when the model is compiled: stage "compile". The optimizer is put into `made`."""
    config = load.document.training.config
    if not load.options.compile or not isinstance(config, dict):
        return
    place = load.document.training.path or "compile_config"
    for key, value in config.items():
        if key not in _KINDS:
            continue
        for step in _objects(walk, value, key, f"{place}.{key}"):
            if key == "optimizer" and isinstance(step.subject, Built) and not step.subject.reference.parent:
                made.append(step.subject)
            yield step
    if config and "optimizer" not in config:
        yield Step("compile", ("optimizer:default",), Locus(path=place), load.api)
    bad = tuple(key for key in ("metrics", "weighted_metrics", "loss_weights") if not _listed(config.get(key), key))
    if bad and load.api.line == "keras-3":
        yield Step("compile", ("compile:form",), Locus(path=f"{place}.{bad[0]}"), Arguments(load.api, bad))
    strange = tuple(key for key in config if key not in _KINDS and key not in _PLAIN)
    if strange and load.api.line == "keras-3":
        yield Step("compile", ("compile:arguments",), Locus(path=place), Arguments(load.api, strange))


def _listed(value: Any, key: str) -> bool:
    """Tell whether an argument has a form that is taken: `CompileMetrics` and `CompileLoss` refuse one metric alone."""
    if not value or isinstance(value, list):
        return True
    if isinstance(value, dict):
        return "class_name" not in value
    return key == "loss_weights" and isinstance(value, float)


def _objects(walk: Walk, value: Any, key: str, path: str, depth: int = 0) -> Iterator[Step]:
    """Yield the objects in an argument of `compile`: one, or lists and dicts of them by output."""
    if depth > DEFAULT_LIMITS.depth:
        yield Step("compile", (), Locus(path=path), unexamined="the compile config is nested too deep")
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _objects(walk, one, key, f"{path}[{index}]", depth + 1)
    elif isinstance(value, dict) and not ("class_name" in value and "config" in value):
        for name, one in value.items():
            yield from _objects(walk, one, key, f"{path}.{name}", depth + 1)
    elif isinstance(value, dict) or (key == "optimizer" and isinstance(value, str)):
        yield from walk.entry(value, _KINDS[key], path, depth, "", key)
