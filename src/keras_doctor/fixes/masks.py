"""Masks that Keras 2 and tf.keras hand on where Keras 3 does not, written down as operations of the graph.

Layers that merge their inputs keep a step that all their masked inputs keep; Keras 3 keeps one that any of them keeps,
and none at all when an input has no mask. And beside an initial state Keras 3 does not hand on the mask of the input. A
mask that stands in the call decides. Sources: `compute_mask` of keras/layers/merge.py (2.2) and
keras/src/layers/merging/{base_merge,concatenate}.py (2.15, 3.15).
"""

from __future__ import annotations

from keras_doctor.fixes import operations
from keras_doctor.layers.inbound import Node, Ref, refs_in
from keras_doctor.layers.stock import is_operation, is_stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_MERGING = ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate")
_HANDING_ON = (
    "Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dense", "Dropout", "GaussianDropout",
    "GaussianNoise", "LayerNormalization", "LeakyReLU", "ReLU", "SpatialDropout1D",
)  # fmt: skip
_RECURRENT = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional")
DEPTH = 200


class Masks:
    """The masks of one graph. `entries`, `called`: its layers and their calls by name; `spell` writes an argument."""

    def __init__(
        self, entries: dict[str, dict[str, Any]], called: dict[str, list[Node]], spell: Callable[[Any], Any]
    ) -> None:
        self.made: list[dict[str, Any]] = []
        self._entries = entries
        self._called = called
        self._spell = spell
        self._known: dict[Ref, Ref | None] = {}

    def of(self, value: Any, merged_only: bool) -> Ref | None:
        """Return the mask of a tensor; None where it has none, or it is not known how it is made. `merged_only`: only
        that of a tensor whose masks are merged, for Keras 3 hands on all others.
        """
        if not isinstance(value, Ref) or (merged_only and not self._merged(value)):
            return None
        try:
            return self._of(value, 0)
        except LookupError:
            return None

    def _call(self, ref: Ref) -> tuple[str, dict[str, Any], Node | None]:
        entry = self._entries.get(ref.layer, {})
        calls = self._called.get(ref.layer, [])
        config = entry.get("config")
        node = calls[ref.node] if 0 <= ref.node < len(calls) else None
        return str(entry.get("class_name")), config if isinstance(config, dict) else {}, node

    def _merged(self, start: Ref) -> bool:
        """Tell whether a tensor comes from a layer that merges, through layers that hand on masks."""
        ref = start
        for _ in range(DEPTH):
            name, _, node = self._call(ref)
            if name in _MERGING:
                return True
            on = node is not None and name in (*_HANDING_ON, *_RECURRENT)
            before = list(refs_in([node.args])) if node is not None and on else []
            if len(before) != 1:
                return False
            ref = before[0]
        return False

    def _of(self, ref: Ref, depth: int) -> Ref | None:
        """Return the mask. Raises LookupError where it is not known."""
        if ref not in self._known:
            self._known[ref] = self._make(ref, depth)
        return self._known[ref]

    def _make(self, ref: Ref, depth: int) -> Ref | None:
        name, config, node = self._call(ref)
        if name == "InputLayer":
            return None
        before = list(refs_in([node.args])) if node is not None else []
        if not before or depth > DEPTH:
            raise LookupError(ref.layer)
        if name == "Embedding":
            return self._enter(ref, "numpy.NotEqual", [before[0], 0]) if config.get("mask_zero") else None
        if name == "Masking":
            kept = self._enter(ref, "numpy.NotEqual", [before[0], config.get("mask_value", 0.0)])
            return self._enter(ref, "numpy.Any", [kept], {"axis": -1, "keepdims": False})
        if name in _HANDING_ON or (name in _RECURRENT and _returns_sequences(name, config)):
            return self._of(before[0], depth + 1)
        if name not in _MERGING:
            raise LookupError(ref.layer)
        masks = [mask for one in before if (mask := self._of(one, depth + 1)) is not None]
        if name == "Concatenate" and config.get("axis", -1) == 1 and len(masks) == len(before):
            return self._enter(ref, "numpy.Concatenate", [masks], {"axis": 1})
        if name == "Concatenate" and config.get("axis", -1) not in (-1, 2):
            raise LookupError(ref.layer)
        merged = masks[0] if masks else None
        for mask in masks[1:]:
            merged = self._enter(ref, "numpy.LogicalAnd", [merged, mask])
        return merged

    def _enter(self, ref: Ref, operation: str, args: list[Any], settings: dict[str, Any] | None = None) -> Ref:
        name = f"{ref.layer}_mask_{len(self.made)}"
        self.made.append(operations.entry_of(name, operation, [self._spell(arg) for arg in args], settings))
        return Ref(name, 0, 0)


def may_mask(config: Any) -> bool:
    """Tell whether anything in a model may mask a step: a layer that makes masks, one of an unknown class, a mask that
    is an argument of a call.
    """
    left = [config]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            name, held = value.get("class_name"), value.get("config")
            if name == "Masking" or value.get("mask") is not None or value.get("mask_zero"):
                return True
            if "inbound_nodes" in value and isinstance(held, dict) and not (is_stock(str(name)) or is_operation(value)):
                return True
            left += value.values()
    return False


def _returns_sequences(name: str, config: dict[str, Any]) -> bool:
    """Tell whether a recurrent layer puts out a value a step, and so hands on its mask."""
    if name == "Bidirectional":
        held = config.get("layer")
        config = held.get("config", {}) if isinstance(held, dict) else {}
    return config.get("return_sequences") is True and not config.get("return_state")
