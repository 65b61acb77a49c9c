"""What a loader makes of the `training_config` of an HDF5 file: optimizer, loss and metrics.

`steps(load, walk)` yields the steps of stage "compile" of any era that reads HDF5; `walk` is the era's walk of what
the model is compiled with (its stage is "compile").

Since tf.keras 2.2 (and in Keras 3) every object is restored before `compile` is called, which looks at nothing until
the model is trained. Keras 1 and 2 and tf.keras up to 2.1 restore the optimizer and hand the rest to `compile`, which
looks for losses and metrics by the outputs of the model: `loaders.compiling`.

Sources: `load_model` of keras/models.py (1.x to 2.1), keras/engine/saving.py (2.2, 2.3); `load_model_from_hdf5` and
`compile_args_from_training_config` of tensorflow/python/keras/saving and keras/saving/legacy.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders import training_v3
from keras_doctor.loaders.objects import Reference, Resolution
from keras_doctor.loaders.surroundings import reader_signs
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.construction import Walk
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

# Which kind of objects stands under a key. The order is that in which they are restored.
KINDS = {"optimizer_config": "optimizers", "loss": "losses", "metrics": "metrics", "weighted_metrics": "metrics"}
# Names of metrics that `compile` makes a metric of by the loss and the shape of the output.
SHORTHANDS = ("accuracy", "acc", "crossentropy", "ce")
# Metrics that hold the function they take the mean of.
WRAPPERS = ("MeanMetricWrapper", "SumOverBatchSizeMetricWrapper")


@record
class Lacking:
    """A key that the loader reads and the training config does not have."""

    api: Api
    key: str


def steps(load: Load, walk: Walk, shapes: tuple[LayerShape, ...] = (), model: Any = None) -> Iterator[Step]:
    """Yield how the model is compiled; nothing when the call or the file says not to.

    `model`: its config, as the release builds it; None where the file does not list the optimizer's variables.
    `shapes`: what is inferred of its layers.
    """
    training = load.document.training
    if training.config is None or not (load.options.compile or load.does("compiles-always")):
        return
    if reader_signs(load.environment):
        from keras_doctor.loaders import decoding

        yield from decoding.training(load)
    compiling = _Training(load, walk, training.config, training.path or "training_config").steps()
    if not training.slots or model is None:
        yield from compiling
    elif load.api.line == "keras-3":  # builds the optimizer for what the model has beside its layers: nothing
        yield from compiling
        yield Step("compile", ("optimizer:emptied",), Locus(part="optimizer_weights"), (load.api, len(training.slots)))
    else:
        from keras_doctor.loaders.optimizer_state import in_hdf5

        yield from in_hdf5(load, compiling, shapes, model)


class _Training:
    """One training config on its way to `compile`."""

    def __init__(self, load: Load, walk: Walk, config: dict[str, Any], path: str) -> None:
        self.load = load
        self.walk = walk
        self.config = config
        self.path = path
        self.modern = load.api.line == "keras-3"

    def steps(self) -> Iterator[Step]:
        optimizer = self.config.get("optimizer_config")
        if "optimizer_config" not in self.config:
            yield self._lacking("optimizer_config")
        else:
            yield from self._optimizer(optimizer, f"{self.path}.optimizer_config")
        if self.load.does("restores-before-compiling"):
            for key in ("loss", "metrics", "weighted_metrics"):
                yield from self.nested(self.config.get(key), key, f"{self.path}.{key}")
            yield from self._keys(("sample_weight_mode", "loss_weights"))
            weights = self.config.get("loss_weights")
            if isinstance(weights, (int, float)) and self.load.does("refuses-one-loss-weight"):
                yield unread(self.load, weights, "losses", f"{self.path}.loss_weights")
            return
        from keras_doctor.loaders.compiling import compiled

        yield from self._keys(("loss", "metrics", "sample_weight_mode", "loss_weights"))
        yield from compiled(self.load, self.walk, self.config, self.path)

    def _optimizer(self, value: Any, path: str) -> Iterator[Step]:
        needed = ("class_name",) if self.modern else ("class_name", "config")
        if not isinstance(value, dict) or any(key not in value for key in needed):
            yield unread(self.load, value, "optimizers", path)
        elif self.modern:
            yield from training_v3.optimizer(self.walk, value, path)
        else:
            yield from self.walk.entry(value, "optimizers", path)

    def nested(self, value: Any, key: str, path: str, depth: int = 0) -> Iterator[Step]:
        """Yield the objects in lists and dicts of them, by output."""
        if value is None:
            return
        if depth > DEFAULT_LIMITS.depth:
            yield Step("compile", (), Locus(path=path), unexamined="the training config is nested too deep")
        elif isinstance(value, str) or (isinstance(value, dict) and "class_name" in value):
            if self.modern and value not in SHORTHANDS:
                yield from training_v3.one(self.walk, value, KINDS[key], path, alone=depth == 0)
            elif not self.modern:
                yield from one(self.load, self.walk, value, KINDS[key], path)
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield from self.nested(inner, key, f"{path}.{name}", depth + 1)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from self.nested(inner, key, f"{path}[{index}]", depth + 1)
        else:
            yield unread(self.load, value, KINDS[key], path)

    def _keys(self, keys: tuple[str, ...]) -> Iterator[Step]:
        """Yield the keys that the loader reads without asking whether they are there."""
        for key in keys:
            if key not in self.config and (key != "sample_weight_mode" or self.load.does("wants-sample-weight-mode")):
                yield self._lacking(key)

    def _lacking(self, key: str) -> Step:
        return Step("compile", ("training:lacking",), Locus(path=self.path), Lacking(self.load.api, key))


def one(load: Load, walk: Walk, value: Any, kind: str, path: str) -> Iterator[Step]:
    """Yield the steps for one loss or metric: a name, or a dict with a class and its keywords."""
    if kind == "metrics" and isinstance(value, str) and value in SHORTHANDS:
        return
    yield from walk.entry(value, kind, path)
    if isinstance(value, dict) and value.get("class_name") in WRAPPERS and load.does("restores-wrapped-function"):
        config = value.get("config")
        function = config.get("fn") if isinstance(config, dict) else None
        if isinstance(function, (str, dict)):
            yield from walk.entry(function, kind, f"{path}.config.fn", 1, value["class_name"], "fn")
        else:
            yield unread(load, function, kind, f"{path}.config.fn")


def unread(load: Load, value: Any, kind: str, path: str) -> Step:
    """Return the step for an entry that the release takes for no object."""
    found = Resolution(Reference(kind, "", path, value), load.api, problem="form")
    return Step("compile", ("object:unresolved",), Locus(path=path), found)
