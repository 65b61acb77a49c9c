"""One call of a layer as its computation sees it: the config, read with checks, and the numbers that go in."""

from __future__ import annotations

import numpy as np

from keras_doctor.layers import call as shapes_call
from keras_doctor.layers.tensors import flatten
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.evaluation import Outcome
    from keras_doctor.releases.semantics import Semantics
    from keras_doctor.rescue.evaluation.run import Runner
    from keras_doctor.rescue.evaluation.values import Array


class Call(shapes_call.Call):
    """A layer, the arguments it is called with, and its variables. Every reader raises `CannotInferError` for a value
    that is not what it should be.

    `dtype`: the dtype in which the layer computes, None for that of its input.
    """

    __slots__ = ("own_variables", "runner")

    runner: Runner
    own_variables: dict[str, dict[str, Array]]

    # What flows in

    @property
    def x(self) -> Array:
        """The numbers of the first tensor."""
        return array_of(next(iter(self.tensors or flatten(self.kwargs)), None))

    @property
    def arrays(self) -> list[Array]:
        """The numbers of all tensors."""
        return [array_of(tensor) for tensor in (self.tensors or flatten(self.kwargs))]

    @property
    def masks(self) -> list[Array | None]:
        """The masks of all tensors that come in by position."""
        return [tensor.mask if isinstance(tensor, Value) else None for tensor in self.tensors]

    @property
    def mask(self) -> Array | None:
        """The mask of the first tensor, or the one that is given by keyword."""
        given = next(flatten(self.kwargs.get("mask")), None)
        if given is not None:
            return array_of(given).astype(bool)
        masks = self.masks
        return masks[0] if masks else None

    def given(self, name: str, position: int) -> Value | None:
        """Return the tensor given by keyword, else the one at `position`; None when it is not given."""
        if name in self.kwargs:
            found = next(flatten(self.kwargs[name]), None)
        else:
            tensors = self.tensors
            found = tensors[position] if position < len(tensors) else None
        return found if isinstance(found, Value) else None

    # What it owns

    def variable(self, name: str, part: str = "") -> Array:
        """Return a variable by the name of its era or of Keras 2. Raises CannotEvaluateError when the file has none."""
        found = self.maybe(name, part)
        if found is None:
            raise CannotEvaluateError(f"the file does not hold its {f'{part}/{name}' if part else name}")
        return found

    def maybe(self, name: str, part: str = "") -> Array | None:
        """Return a variable, None when the file has none."""
        held = self.own_variables.get(part, {})
        found = held.get(name)
        if found is None:
            return held.get(self.era.names.get(name, name))
        first, second = held.get(f"lora_{name}_a"), held.get(f"lora_{name}_b")
        if first is None or second is None or found.dtype.kind != "f":
            return found
        # LoRA, which HDF5 keeps apart and `.keras` files do not.
        rank = first.shape[-1]
        return found + (self.value("lora_alpha") or rank) / rank * np.matmul(first, second)

    # What it knows

    @property
    def semantics(self) -> Semantics:
        """How the release that the model belongs to computes."""
        return self.runner.semantics

    @property
    def is_keras3(self) -> bool:
        """Whether the model belongs to Keras 3."""
        return self.runner.era_name == "keras-3"

    def approximate(self, text: str) -> None:
        """Note what may differ from what the release computes."""
        self.runner.approximations.setdefault(text)

    def inner_entry(self, key: str, index: int | None = None) -> Any:
        """Return what the config holds under `key`, in a list: at `index`."""
        entry = self.config.get(key)
        if index is not None:
            entry = entry[index] if isinstance(entry, list) and 0 <= index < len(entry) else None
        return entry

    def run_inner(self, key: str, args: list[Any], part: str, index: int | None = None) -> Outcome:
        """Evaluate the layer that the config holds under `key`, whose variables stand under `part`."""
        return self.run_entry(self.inner_entry(key, index), args, part)

    def run_entry(self, entry: Any, args: list[Any], part: str) -> Outcome:
        """Evaluate a layer inside this one, whose variables stand under `part`."""
        return self.runner.evaluate(entry, self._path(part), args, None, self.site.depth + 1)

    def inner_call(self, key: str, part: str, index: int | None = None) -> Call:
        """Return the layer that the config holds under `key` as a call without arguments."""
        return self.runner.call_of(self.inner_entry(key, index), self._path(part), [], {}, self.site.depth + 1)

    def _path(self, part: str) -> str:
        return f"{self.site.path}/{part}" if self.site.path else part
