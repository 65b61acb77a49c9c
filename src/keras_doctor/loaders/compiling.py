"""`compile` as Keras 1 and 2 and tf.keras up to 2.1 call it on a loaded model: losses and metrics are looked for at
once, by the outputs of the model, and put to work on them.

Sources: keras/engine/training.py of 1.2 to 2.3, keras/engine/training_utils.py of 2.2 and 2.3,
tensorflow/python/keras/engine/training.py and training_utils.py of 1.4 to 2.1.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.objects import Built
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.training import SHORTHANDS, WRAPPERS, unread
from keras_doctor.loaders.waiting import output_names
from keras_doctor.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.construction import Walk
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

_REDUCTIONS = ("sum_over_batch_size", "sum", "none", "auto")


@record
class Misfit:
    """An argument of `compile` that does not go with the outputs of the model.

    `key` of the training config; `entries`: how many it has for the `outputs` of the model, or which names it has that
    no output bears. Neither: there is nothing to optimize.
    """

    api: Api
    key: str
    outputs: tuple[str, ...]
    entries: int = 0
    strange: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def compiled(load: Load, walk: Walk, config: dict[str, Any], path: str) -> Iterator[Step]:
    """Yield what `compile` does with loss, metrics and weights of the training config at `path`."""
    outputs = output_names(load.document.config)
    if outputs:  # else it is put off until the model is trained
        yield from _Compile(load, walk, outputs, config, path).steps()


class _Compile:
    """One call of `compile`."""

    def __init__(self, load: Load, walk: Walk, outputs: tuple[str, ...], config: dict[str, Any], path: str) -> None:
        self.load = load
        self.walk = walk
        self.outputs = outputs
        self.config = config
        self.path = path

    def steps(self) -> Iterator[Step]:
        yield from self._loss(self.config.get("loss"))
        yield from self._weights(self.config.get("loss_weights"))
        yield from self._metrics("metrics")
        if not self.load.does("forgets-weighted-metrics"):
            yield from self._metrics("weighted_metrics")

    # The loss

    def _loss(self, value: Any) -> Iterator[Step]:
        path = f"{self.path}.loss"
        single = not isinstance(value, (dict, list))
        if isinstance(value, dict) and "class_name" in value and self.load.does("restores-loss-first"):
            single = True
        losses: list[tuple[Any, str]] = [(value, path)]
        if not single and isinstance(value, dict):
            strange = tuple(str(name) for name in value if name not in self.outputs)
            absent = tuple(name for name in self.outputs if name not in value)
            if strange:
                yield self._misfit("loss", strange=strange)
                return
            if absent and self.load.does("wants-every-loss"):
                yield self._misfit("loss", absent=absent)
                return
            losses = [(value[name], f"{path}.{name}") for name in self.outputs if name in value]
        elif not single:
            if len(value) != len(self.outputs):
                yield self._misfit("loss", entries=len(value))
                return
            losses = [(one, f"{path}[{index}]") for index, one in enumerate(value)]
        if not any(one for one, _ in losses):
            yield self._misfit("loss")
        for one, place in losses:
            if one is not None:
                yield from self._one_loss(one, place, value)

    def _one_loss(self, one: Any, path: str, whole: Any) -> Iterator[Step]:
        if isinstance(one, dict):
            flat = isinstance(whole, list) and self.load.does("flattens-losses")
            if flat or not (one is whole or self.load.does("restores-losses-by-output")):
                yield unread(self.load, one, "losses", path)
                return
            for step in self.walk.entry(one, "losses", path):
                yield step
                if isinstance(step.subject, Built):
                    yield from self._reduction(step.subject)
            if one.get("class_name") == "LossFunctionWrapper":  # its function stays a name, and is called
                yield unread(self.load, one.get("config"), "losses", f"{path}.config")
            return
        found = self.load.api.find(one, "losses") if isinstance(one, str) else None
        if not isinstance(one, str) or (found is not None and found.kind != "functions"):
            yield unread(self.load, one, "losses", path)  # of a class by name, an instance is taken for a function
        else:
            yield from self.walk.entry(one, "losses", path)

    def _reduction(self, made: Built) -> Iterator[Step]:
        """Yield a way to reduce a loss that the release does not know: here the loss is computed at once."""
        known = _REDUCTIONS[:-1] if self.load.does("refuses-automatic-reduction") else _REDUCTIONS
        given = made.config.get("reduction", known[0])
        if made.reference.kind == "losses" and not made.values and given not in known:
            told = replace(made, refused=(), missing=(), values=(("reduction", given, known),))
            yield Step("compile", ("value:refused",), Locus(path=made.reference.path), told)

    # The weights of losses

    def _weights(self, value: Any) -> Iterator[Step]:
        if value is None:
            return
        if isinstance(value, dict):
            strange = tuple(str(name) for name in value if name not in self.outputs)
            if strange:
                yield self._misfit("loss_weights", strange=strange)
        elif not isinstance(value, list):
            yield unread(self.load, value, "losses", f"{self.path}.loss_weights")
        elif len(value) != len(self.outputs):
            yield self._misfit("loss_weights", entries=len(value))

    # Metrics

    def _metrics(self, key: str) -> Iterator[Step]:
        value, path = self.config.get(key), f"{self.path}.{key}"
        if not value:
            return
        if isinstance(value, dict):
            strange = tuple(str(name) for name in value if name not in self.outputs)
            if strange and self.load.does("minds-strange-outputs"):
                yield self._misfit(key, strange=strange)
                return
            for name, inner in value.items():
                if name in self.outputs or self.load.does("looks-up-every-metric"):
                    yield from self._of_output(inner, f"{path}.{name}")
        elif not isinstance(value, list):
            yield unread(self.load, value, "metrics", path)
        elif self.load.does("nests-metrics") and any(isinstance(inner, list) for inner in value):
            if len(value) != len(self.outputs):
                yield self._misfit(key, entries=len(value))
                return
            for index, inner in enumerate(value):
                yield from self._of_output(inner, f"{path}[{index}]")
        else:
            for index, one in enumerate(value):
                yield from self._one_metric(one, f"{path}[{index}]")

    def _of_output(self, value: Any, path: str) -> Iterator[Step]:
        """Yield the metrics of one output: a list of them, or one."""
        if isinstance(value, list) and not self.load.does("looks-up-every-metric"):
            for index, one in enumerate(value):
                yield from self._one_metric(one, f"{path}[{index}]")
        else:
            yield from self._one_metric(value, path)

    def _one_metric(self, one: Any, path: str) -> Iterator[Step]:
        short = SHORTHANDS if self.load.does("knows-crossentropy-shorthand") else SHORTHANDS[:2]
        if isinstance(one, str) and one in short:
            return
        if isinstance(one, dict):
            if not self.load.does("restores-metrics"):
                yield unread(self.load, one, "metrics", path)
                return
            yield from self.walk.entry(one, "metrics", path)
            config = one.get("config")
            if one.get("class_name") in WRAPPERS and isinstance(config, dict) and "fn" in config:
                yield unread(self.load, config["fn"], "metrics", f"{path}.config.fn")  # stays a name, and is called
            return
        found = self.load.api.find(one, "metrics") if isinstance(one, str) else None
        class_name = found is not None and found.kind != "functions"
        if not isinstance(one, str) or (class_name and not self.load.does("takes-metrics-by-class-name")):
            yield unread(self.load, one, "metrics", path)
        else:
            yield from self.walk.entry(one, "metrics", path)

    def _misfit(
        self, key: str, *, entries: int = 0, strange: tuple[str, ...] = (), absent: tuple[str, ...] = ()
    ) -> Step:
        subject = Misfit(self.load.api, key, self.outputs, entries, strange[:8], absent[:8])
        return Step("compile", ("training:outputs",), Locus(path=f"{self.path}.{key}"), subject)
