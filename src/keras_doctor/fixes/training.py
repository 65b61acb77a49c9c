"""What a model was compiled with, in the words of the target: optimizer, losses and metrics.

HDF5 files hold a `training_config`, archives a `compile_config`; between releases the names of classes and keywords
differ, a wrapped function is a class of its own in Keras 3, and a `decay` is the schedule that computes the same.
Sources: `compile_args_from_training_config` and
`get_compile_config` of Keras 2.x and 3.x; keras/optimizers/legacy/optimizer_v2.py (2.11), `_decayed_lr`.
"""

from __future__ import annotations

from keras_doctor.fixes.fix import LOSSY, Change
from keras_doctor.fixes.knowledge import defaults, same
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.tables import idle, other_names
from keras_doctor.layers.dtypes import policy_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.releases.api import Api, Definition

SLUG = "training-rewritten"
DEPTH = 32
_KINDS = {"loss": "losses", "metrics": "metrics", "weighted_metrics": "metrics"}
_NESTED = {"learning_rate": "schedules", "lr": "schedules", "inner_optimizer": "optimizers", "optimizer": "optimizers"}
_SHORTHANDS = ("accuracy", "acc", "crossentropy", "ce")  # which `compile` makes a metric of by the loss
_WRAPPERS = ("MeanMetricWrapper", "SumOverBatchSizeMetricWrapper", "LossFunctionWrapper")
_REDUCTIONS: dict[bool, dict[Any, str]] = {
    True: {"auto": "sum_over_batch_size"},
    False: {"mean": "auto", "mean_with_sample_weight": "auto", None: "none"},
}
_DEFAULT = "rmsprop"
_DEFAULTS = {"run_eagerly": False, "steps_per_execution": 1, "jit_compile": False}  # of `compile` in Keras 3


class Unknown(Exception):
    """The target has nothing that does what an entry says."""


def rewrite_training(draft: Draft, target: Target) -> Iterator[Change]:
    """Put the training config of a draft into the words of the target. Raises `Unknown` where there are none."""
    held: dict[str, Any] = draft.training
    archive = target.format == "keras-v3"
    rewriting = _Rewriting(target.api, archive)
    made: dict[str, Any] = {key: rewriting.given(held.get(key), kind, key) for key, kind in _KINDS.items()}
    made["loss_weights"] = held.get("loss_weights") or None
    optimizer = held.get("optimizer_config") or held.get("optimizer")
    if optimizer is None and not archive:  # archives of Keras 3 may leave it out, and then load with the default
        optimizer = _DEFAULT
        rewriting.lost.append(f"compile with {_DEFAULT}, as Keras 3 does: the file does not say which optimizer it was")
    if optimizer is not None:
        made["optimizer" if archive else "optimizer_config"] = rewriting.entry(optimizer, "optimizers")
    if archive:
        made |= {key: held.get(key) or default for key, default in _DEFAULTS.items()}
    else:
        made["sample_weight_mode"] = held.get("sample_weight_mode")
    draft.training, draft.training_path = made, "compile_config" if archive else "training_config"
    yield Change(SLUG, "write what the model was compiled with in the target's words")
    for message in rewriting.lost:
        yield Change(SLUG, message, kind=LOSSY, note="training goes on otherwise")


class _Rewriting:
    """Entries on their way into the words of one release. `lost`: what has none."""

    def __init__(self, api: Api, archive: bool) -> None:
        self.api = api
        self.archive = archive
        self.modern = api.line == "keras-3"
        self.lost: list[str] = []

    def given(self, value: Any, kind: str, key: str, depth: int = 0) -> Any:
        """Return an argument of `compile`: an entry, or lists and dicts of them. A metric without words is left out."""
        if depth > DEPTH or value is None:
            return None
        if isinstance(value, str) or (isinstance(value, dict) and "class_name" in value):
            made = self.entry(value, kind)
            return [made] if kind == "metrics" and not depth else made
        if isinstance(value, dict):
            return {name: self.given(one, kind, key, depth + 1) for name, one in value.items()} or None
        if not isinstance(value, list):
            raise Unknown(f"{key} is of no known form")
        if kind == "metrics" and len(value) == 1 and isinstance(value[0], list):
            value = value[0]  # the metrics of the only output
        found = [self.listed(one, kind, key, depth + 1) for one in value]
        return [one for one in found if one is not Unknown] or None

    def listed(self, value: Any, kind: str, key: str, depth: int) -> Any:
        """Return one of a list; `Unknown` itself for a metric that is left out."""
        try:
            return self.given(value, kind, key, depth)
        except Unknown as error:
            if kind != "metrics":
                raise
            self.lost.append(f"leave out a metric: {error}")
            return Unknown

    def entry(self, value: Any, kind: str) -> Any:
        """Return an optimizer, schedule, loss or metric. Raises `Unknown`."""
        if isinstance(value, str):
            return self.name(value, kind)
        name = value["class_name"]
        config = value.get("config")
        if name in ("function", "builtin_function_or_method") and isinstance(config, str):
            return self.name(config, kind)
        if not isinstance(name, str) or not isinstance(config, dict):
            raise Unknown(f"{kind} have an entry of no known form")
        name = name.removeprefix("Custom>")
        if name in _WRAPPERS and (self.modern or not self.api.find(name, kind)):
            name, config = self.unwrapped(name, config)
        found = self.api.find(name, kind)
        if found is None and kind == "optimizers":  # tf.keras 2.11 to 2.15 read AdamW, Lion … by this name alone
            found = self.api.find(f"Custom>{name}", kind)
        if found is None or found.kind == "functions":
            return self.as_function(name, config, kind)
        return self.object(name, found, dict(config), kind)

    def name(self, value: str, kind: str) -> Any:
        """Return an object that has only a name."""
        if kind == "metrics" and value in _SHORTHANDS:
            return value
        found = self.api.find(value, kind)
        if found is None:
            raise Unknown(f"{value} is not known there")
        if kind == "optimizers":
            return self.object(found.class_name, found, {}, kind)
        return found.class_name if found.kind == "functions" else value

    def unwrapped(self, name: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the name of the function that a wrapper holds, and the config of a class that does the same."""
        function = config.get("fn")
        function = function.get("config") if isinstance(function, dict) else function
        if not isinstance(function, str):
            raise Unknown(f"{name} holds a function that is not known")
        return function, {key: config[key] for key in ("name", "dtype") if config.get(key)}

    def as_function(self, name: str, config: dict[str, Any], kind: str) -> str:
        """Return the function that does what a class does, by its name."""
        spelled = "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")
        found = self.api.find(spelled, kind) or self.api.find(name, kind)
        if found is None or kind == "optimizers":
            raise Unknown(f"{name} is not known there")
        for key, value in config.items():
            if key not in ("name", "dtype", "fn", "reduction", "axis") and not self._silent(kind, name, key, value):
                self.lost.append(f"leave out {key} = {value!r} of {name}")
        return found.class_name

    def object(self, name: str, found: Definition, config: dict[str, Any], kind: str) -> dict[str, Any]:
        """Return an object of a class that the target has."""
        keywords = self.api.accepts(found)
        for old in [key for key in config if not keywords.takes(key)]:
            new = next((one for one in other_names(kind, found.class_name, old) if keywords.takes(one)), None)
            if new is not None:
                config[new] = config.pop(old)
        if "decay" in config and (self.modern or not keywords.takes("decay")):  # Keras 3 takes it, and ignores it
            self.decayed(config)
        if "reduction" in config:
            config["reduction"] = _REDUCTIONS[self.modern].get(config["reduction"], config["reduction"])
        if isinstance(config.get("dtype"), dict):
            config["dtype"] = policy_name(config["dtype"])
        for key, value in list(config.items()):
            if not keywords.takes(key):
                del config[key]
                if not self._silent(kind, found.class_name, key, value):
                    self.lost.append(f"leave out {key} = {value!r} of {name}")
            elif value is None and keywords.default(key) != "None":
                del config[key]  # the release does not expect it
            elif isinstance(value, dict) and key in _NESTED and isinstance(value.get("class_name"), str):
                config[key] = self.inner(value, key)
        registered = f"Custom>{found.class_name}"  # how tf.keras of 2.11 and later calls its newer optimizers in HDF5
        newer = kind == "optimizers" and not self.archive and self.api.find(registered, kind) is not None
        made: dict[str, Any] = {"class_name": registered if newer else found.class_name, "config": config}
        name_module(made, kind, self.api, self.archive)
        return made

    def inner(self, value: dict[str, Any], key: str) -> Any:
        """Return a schedule or an optimizer inside an optimizer; of a schedule that is not known, where it starts."""
        try:
            return self.entry(value, _NESTED[key])
        except Unknown:
            start = (value.get("config") or {}).get("initial_learning_rate")
            if _NESTED[key] != "schedules" or not isinstance(start, float):
                raise
            self.lost.append(f"keep the learning rate at {start:g}: {value['class_name']} is not known there")
            return start

    def decayed(self, config: dict[str, Any]) -> None:
        """Make a schedule of the decay that optimizers had before 2.11: rate / (1 + decay * step)."""
        rate, decay = config.get("learning_rate"), config.pop("decay")
        if not decay:
            return
        if not isinstance(rate, (int, float)) or self.api.find("InverseTimeDecay", "schedules") is None:
            self.lost.append(f"leave out decay = {decay!r}")
            return
        settings = {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}
        config["learning_rate"] = {"class_name": "InverseTimeDecay", "config": settings}

    def _silent(self, kind: str, name: str, key: str, value: Any) -> bool:
        """Tell whether leaving out a keyword changes nothing."""
        if value in (None, False, "auto", 0.0) or key in ("fn", "dtype", "jit_compile", "is_legacy_optimizer", "name"):
            return True
        known = defaults(name, kind, key)
        return bool(idle(kind, name, key)) or (bool(known) and all(same(value, default) for default in known))
