"""Following a model with numbers: the walk of `layers.evaluation`, with each layer computed instead of sized.

Where that walk has the place of a layer in the config, this one has the place of its variables: "layers[3]/cell", the
attributes that lead to the object that owns them. Both sides of a Bidirectional stand at one place in the config.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers import models
from keras_doctor.layers.evaluation import Evaluator, Outcome, Site, layer_config, rule_for
from keras_doctor.layers.models import is_input
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.stock import ALIASES, is_operation
from keras_doctor.layers.tensors import Tensor, flatten
from keras_doctor.rescue.evaluation.call import Call
from keras_doctor.rescue.evaluation.casting import cast_arguments, cast_variables, rounded
from keras_doctor.rescue.evaluation.families.operations import keras_operation
from keras_doctor.rescue.evaluation.inputs import specs_of
from keras_doctor.rescue.evaluation.limits import allow, shapes_alone
from keras_doctor.rescue.evaluation.masks import mask_after
from keras_doctor.rescue.evaluation.registry import computation_of
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, is_text, value
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.semantics import Semantics
    from keras_doctor.rescue.evaluation.variables import Variables


class Place(Site):
    """The variables of a model, for the layers inside it."""

    def inside(self, entry: Any, place: str, args: list[Any], kwargs: dict[str, Any] | None = None) -> Outcome:
        """Evaluate the layer at `place` of a model's config, such as ".config.layers[3]"."""
        part = f"layers{place[place.rindex('[') :]}"
        path = f"{self.path}/{part}" if self.path else part
        return self.evaluator.evaluate(entry, path, args, kwargs, self.depth + 1)


# Layers that take text. To the others none may come: NumPy's product of matrices of objects can end the process.
_OF_TEXT = (
    "CategoryCrossing", "Concatenate", "Flatten", "HashedCrossing", "Hashing", "Identity", "InputLayer",
    "IntegerLookup", "Lambda", "Permute", "RepeatVector", "Reshape", "SlicingOpLambda", "StringLookup", "TFOpLambda",
    "TensorFlowOpLayer", "TextVectorization",
)  # fmt: skip


class Runner(Evaluator):
    """Evaluates the layers of one model. `evaluated` counts the calls of layers, `approximations` is an ordered set of
    what may differ. `seen`: where it is no None, it gets the name of each layer and what its first call put out, by
    path.
    """

    def __init__(
        self,
        era: str,
        channels_first: bool,
        semantics: Semantics,
        variables: Variables,
        vocabularies: dict[str, list[Any]],
    ) -> None:
        super().__init__(era, channels_first)
        self.semantics = semantics
        self.variables = variables
        self.vocabularies = vocabularies
        self.approximations: dict[str, None] = {}
        self.evaluated = 0
        self.seen: dict[str, tuple[str, tuple[Tensor, ...]]] | None = None
        self.sizes = Evaluator(era, channels_first)
        self.sizes.silent = 1  # it leaves no visits
        self.silent = 1  # nested models are followed with what they are given, each time

    def evaluate(
        self, entry: Any, path: str, args: list[Any], kwargs: dict[str, Any] | None = None, depth: int = 0
    ) -> Outcome:
        """Evaluate one layer. `path`: where its variables stand. Raises CannotEvaluateError."""
        outcome = self._evaluated(entry, path, args, kwargs, depth)
        if self.seen is not None:
            self.seen.setdefault(path, (_name_of(entry), outcome.outputs))
        return outcome

    def _evaluated(self, entry: Any, path: str, args: list[Any], kwargs: dict[str, Any] | None, depth: int) -> Outcome:
        if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
            raise CannotEvaluateError("no layer stands where one is expected")
        self.left -= 1
        if self.left < 0 or depth > DEFAULT_LIMITS.depth:
            raise CannotEvaluateError("the model is too large or nested too deep to be followed")
        class_name = str(entry["class_name"])
        class_name = ALIASES.get(class_name, class_name)
        config, kwargs = entry.get("config"), kwargs or {}
        place = Place(self, path, depth)
        stock = rule_for(entry, class_name) is not None
        if models.is_model(class_name, config) or (models.is_sequence(config) and not stock):
            return models.evaluate_model(self, config, place, list(flatten([args, kwargs])))
        try:
            if not stock:
                raise CannotEvaluateError(f"{class_name[:80]} is not a layer that Keras ships")
            return self._computed(entry, class_name, args, kwargs, place)
        except CannotInferError as error:
            raise CannotEvaluateError(_named(entry, class_name, str(error))) from error
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, MemoryError) as error:
            reason = f"its config or variables make no sense together ({type(error).__name__}: {str(error)[:200]})"
            raise CannotEvaluateError(_named(entry, class_name, reason)) from error

    def words_at(self, path: str) -> list[Any] | None:
        """Return the words that the file keeps for the layer at `path`."""
        return self.vocabularies.get(path)

    def inputs_of(self, entry: Any) -> int:
        """Return how many inputs a model takes that stands among the layers of a Merge."""
        return len(specs_of(ConfigNode(entry)))

    def call_of(self, entry: Any, path: str, args: list[Any], kwargs: dict[str, Any], depth: int) -> Call:
        """Return a call of a layer, with its tensors and variables in the dtype in which it computes."""
        if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str) or depth > DEFAULT_LIMITS.depth:
            raise CannotEvaluateError("no layer stands where one is expected")
        class_name = ALIASES.get(str(entry["class_name"]), str(entry["class_name"]))
        config = layer_config(entry, class_name, self.era_name)
        call = Call(class_name, config, args, kwargs, self.era, Place(self, path, depth))
        call.runner = self
        call.own_variables = self.variables.at(path)
        if not is_input(entry) and not is_operation(entry):
            cast_arguments(call)
            cast_variables(call)
        return call

    def _computed(
        self, entry: dict[str, Any], class_name: str, args: list[Any], kwargs: dict[str, Any], place: Place
    ) -> Outcome:
        operation = is_operation(entry)
        computation = keras_operation if operation else computation_of(class_name)
        if computation is None:
            raise CannotEvaluateError("there is no computation of this class yet")
        call = self.call_of(entry, place.path, args, kwargs, place.depth)
        if not operation and class_name not in _OF_TEXT and any(map(is_text, flatten([args, kwargs]))):
            raise CannotEvaluateError("it gets text where numbers belong")
        for output in self.sizes.evaluate(
            entry, place.path, shapes_alone(args), shapes_alone(kwargs), place.depth
        ).outputs:
            allow(size for size in output.shape or () if size is not None)
        result = computation(call)
        several = isinstance(result, list)
        results = result if several else [result]
        mask = mask_after(call) if any(not isinstance(one, Tensor) for one in results) else None
        outputs = tuple(one if isinstance(one, Value) else value(rounded(call, one), mask) for one in results)
        self.evaluated += 1
        return Outcome(outputs, several)


def _name_of(entry: dict[str, Any]) -> str:
    config = entry.get("config")
    return str(entry.get("name") or (config.get("name") if isinstance(config, dict) else None) or "?")


def _named(entry: dict[str, Any], class_name: str, reason: str) -> str:
    return f"{class_name[:80]} {_name_of(entry)[:80]!r}: {reason}"
