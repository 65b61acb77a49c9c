"""Following a model without running it: each layer is given the shapes that come in and says what it owns and what goes
out.
"""

from __future__ import annotations

from keras_doctor.layers.call import Call
from keras_doctor.layers.eras import era_of
from keras_doctor.layers.shapes import CannotInferError, MisfitError, read_shape
from keras_doctor.layers.signature import Signature, Variable
from keras_doctor.layers.stock import ALIASES, is_operation, rule_of
from keras_doctor.layers.tensors import Tensor, flatten
from keras_doctor.records import record, replace
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.shapes import Shape, Shapes
    from keras_doctor.layers.stock import Rule

_KEPT = ("Highway", "MaxoutDense", "Merge")  # layers of Keras 1 that Keras 2 kept as they were, argument names and all
VISITS = 100_000  # layers that are followed for one model, however often it calls them


@record
class Outcome:
    """What came of a call. `variables` stand in the order of the layers that own them; `Signature` puts the trainable
    ones first. `impossible`: no release can make this call.
    """

    outputs: tuple[Tensor, ...] = ()
    several: bool = False
    variables: tuple[Variable, ...] = ()
    known: bool = True
    reason: str = ""
    impossible: bool = False

    @property
    def output_shape(self) -> Shape | tuple[Shape | None, ...] | None:
        """The shape that goes out, or the shapes."""
        if self.several:
            return tuple(tensor.shape for tensor in self.outputs)
        return self.outputs[0].shape if self.outputs else None

    def signature(self) -> Signature:
        """Return it as callers outside this room see it."""
        ordered = tuple(sorted(self.variables, key=lambda variable: not variable.trainable))
        return Signature(self.output_shape, ordered, self.known, self.reason)


def unknown(reason: str) -> Outcome:
    """Return the outcome of a layer that cannot be followed."""
    return Outcome(known=False, reason=reason)


_NO_LAYER = unknown("no layer stands where one is expected")


@record
class Visit:
    """A layer of the config as it was called: the shapes that came in, and what came of it."""

    input_shapes: tuple[Shape | None, ...]
    outcome: Outcome


class Site:
    """Where in the config a layer stands, for the layers inside it."""

    __slots__ = ("depth", "evaluator", "path")

    def __init__(self, evaluator: Evaluator, path: str, depth: int) -> None:
        self.evaluator = evaluator
        self.path = path
        self.depth = depth

    def inside(self, entry: Any, place: str, args: list[Any], kwargs: dict[str, Any] | None = None) -> Outcome:
        """Follow the layer at `place` below this one, such as ".config.layer"."""
        path = f"{self.path}{place}".lstrip(".")
        return self.evaluator.evaluate(entry, path, args, kwargs, self.depth + 1)


class Evaluator:
    """Follows the layers of one model of one era. `visits` collects, by config path, the calls of each layer.

    `channels_first`: what layers mean that leave it open.
    """

    def __init__(self, era: str, channels_first: bool = False) -> None:
        self.era = era_of(era)
        self.channels_first = channels_first
        self.era_name = era
        self.visits: dict[str, list[Visit]] = {}
        self.declared: dict[str, Outcome] = {}  # models followed from the inputs that they declare
        self.silent = 0  # above 0: a repeated walk through a nested model, which leaves no visits
        self.remembered: dict[Any, Outcome] = {}  # by place and by what came in
        self.left = VISITS

    def evaluate(
        self, entry: Any, path: str, args: list[Any], kwargs: dict[str, Any] | None = None, depth: int = 0
    ) -> Outcome:
        """Follow one layer. `args` and `kwargs` hold `Tensor`s in nested lists, and plain values."""
        if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
            return _NO_LAYER  # nobody asks for visits there, and a file can list a million
        kwargs = kwargs or {}
        tensors = tuple(flatten([args, kwargs]))
        key = (path, tensors) if _only_tensors(args) and not kwargs else None
        outcome = self.remembered.get(key)
        if outcome is None:
            outcome = self._outcome(entry, path, args, kwargs, depth)
            if key is not None:
                self.remembered[key] = outcome
        if not self.silent:
            shapes = tuple(tensor.shape for tensor in tensors)
            self.visits.setdefault(path, []).append(Visit(shapes, outcome))
        return outcome

    def _outcome(
        self, entry: dict[str, Any], path: str, args: list[Any], kwargs: dict[str, Any], depth: int
    ) -> Outcome:
        self.left -= 1
        if self.left < 0 or depth > DEFAULT_LIMITS.depth:
            return unknown("the model is too large or nested too deep to be followed")
        from keras_doctor.layers import models

        class_name = str(entry["class_name"])
        class_name = ALIASES.get(class_name, class_name)
        config, site = entry.get("config"), Site(self, path, depth)
        if models.is_model(class_name, config) or (models.is_sequence(config) and rule_for(entry, class_name) is None):
            outcome = models.evaluate_model(self, config, site, list(flatten([args, kwargs])))
        else:
            outcome = self._layer(entry, class_name, args, kwargs, site)
        if isinstance(config, dict) and config.get("trainable") is False:
            frozen = tuple(replace(variable, trainable=False) for variable in outcome.variables)
            outcome = replace(outcome, variables=frozen)
        return outcome

    def _layer(
        self, entry: dict[str, Any], class_name: str, args: list[Any], kwargs: dict[str, Any], site: Site
    ) -> Outcome:
        rule = rule_for(entry, class_name)
        if rule is None:
            return unknown(f"{class_name[:80]} is not a layer that Keras ships")
        config = layer_config(entry, class_name, self.era_name)
        if any(tensor.shape is None for tensor in flatten(args)):
            args = _stated(entry) or args
        call = Call(class_name, config, args, kwargs, self.era, site)
        try:
            result = rule(call)
        except CannotInferError as error:
            return replace(unknown(str(error)), impossible=isinstance(error, MisfitError))
        several = isinstance(result, list)
        outputs = tuple(one if isinstance(one, Tensor) else Tensor(one) for one in (result if several else [result]))
        return Outcome(outputs, several, tuple(call.variables))


def layer_config(entry: dict[str, Any], class_name: str, era: str) -> dict[str, Any]:
    """Return the config of a layer's entry with Keras 2's argument names; {} when it has none."""
    config = entry.get("config")
    config = config if isinstance(config, dict) else {}
    if era != "keras-1" and class_name not in _KEPT:
        return config
    from keras_doctor.layers.keras1 import translate

    return translate(class_name, config)


def rule_for(entry: dict[str, Any], class_name: str) -> Rule | None:
    """Return the rule of the class that an entry names, None when it is not Keras's own."""
    module = "keras.ops" if is_operation(entry) else entry.get("module")
    registered = entry.get("registered_name")
    if not isinstance(module, str):
        custom = isinstance(registered, str) and ">" in registered
        return None if custom else rule_of(class_name)
    return rule_of(class_name, module)


def _only_tensors(args: list[Any]) -> bool:
    """Whether a call takes nothing but tensors, bare or in one list."""
    return all(
        isinstance(arg, Tensor) or (isinstance(arg, list) and all(isinstance(one, Tensor) for one in arg))
        for arg in args
    )


def _stated(entry: dict[str, Any]) -> list[Any]:
    """Return the inputs that `build_config` states, for a layer that follows one whose output is not known; [] when it
    states none.
    """
    build = entry.get("build_config")
    if not isinstance(build, dict):
        return []
    shapes: Shapes = ()
    single = read_shape(build.get("input_shape"))
    if single is not None:
        shapes = (single,)
    else:
        named = build.get("shapes_dict", build.get("input_shape"))
        values = list(named.values()) if isinstance(named, dict) else named if isinstance(named, list) else []
        found = [read_shape(value) for value in values[:64]]
        shapes = tuple(shape for shape in found if shape is not None)
        if len(shapes) < len(found):
            return []
    return [Tensor(shape) for shape in shapes]
