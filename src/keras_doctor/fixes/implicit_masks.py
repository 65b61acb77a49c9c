"""Masks that Keras 3 states in the calls of a graph are left to the layers, where the target hands on the same ones.

Keras 3 writes the operations that make a mask into the graph (`NotEqual`, `Any`), and each layer with the mask that it
is called with. Releases before it make the masks of an Embedding and a Masking themselves; some have no words for
operations, and layers that take no such argument. The masks of both are followed through the model, and only where
every call goes by the same are they left out. Called from `dialects.recast`, before the calls are written.
Sources: `__call__` of keras/src/layers/layer.py (3.15), `compute_mask` of keras/layers (2.2.4).
"""

from __future__ import annotations

from keras_doctor.fixes.draft import copied, layers_of
from keras_doctor.fixes.graphs import is_operation
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.masking import Flow, any_of, compared, may_mask
from keras_doctor.layers.semantics import semantics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.masking import Arg, Call, Key, Mask, Use

DEPTH = 64
_STEPS = ("zero", "as-stated")  # what a Bidirectional puts out at masked steps


def leave_masks(draft: Draft, target: Target, wanted: dict[Key, Use]) -> bool:
    """Leave out the masks among the arguments of calls; tell whether that was done. Then `wanted`, which has what each
    call is to go by, says it as the target does.
    """
    if draft.era != "keras-3" or target.api.line == "keras-3" or not may_mask(draft.config):
        return False
    shapes = {shape.path: shape.input_shapes for shape in infer(draft.config, draft.era)}
    stated = _Stated(draft.era, semantics_of(draft.source.provenance, draft.era), dict(shapes))
    before = stated.follow(draft.config)
    if not stated.seen:
        return False
    plain = copied(draft.config)
    _bare(plain, 0)
    implied = _Implied(draft.era, target.semantics, dict(shapes))
    after = implied.follow(plain)
    for key, use in before.items():
        if key in after and compared(use.masks, *_STEPS) != compared(after[key].masks, *_STEPS):
            return False
    _bare(draft.config, 0)
    wanted.update(after)
    return True


class _Stated(Flow):
    """The masks of a model as its calls state them, with what the operations that make these compute."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.seen = False
        self._held: dict[tuple[Any, ...], Any] = {}

    def stated(self, arg: Arg) -> Mask:
        self.seen = True
        return self._held.get(arg.key) or super().stated(arg)

    def after(self, call: Call) -> list[Mask]:
        if is_operation(call.entry) and call.node is not None:
            key = (*call.key, 0)
            self._held[key] = self._computed(call)
        return super().after(call)

    def _computed(self, call: Call) -> Mask:
        """Return what an operation computes, as a mask; None where it is none that a layer makes."""
        assert call.node is not None
        name, args = call.name, call.node.args
        if name == "NotEqual" and len(args) == 2 and isinstance(args[0], Ref) and type(args[1]) in (int, float):
            return ("unequal", self.rank(call), call.args[0].key, args[1])
        masks = [self._held.get(arg.key) for arg in call.args]
        if name == "Any" and masks and masks[0] and call.config.get("axis") in (-1, [-1]):
            return None if call.config.get("keepdims") else any_of(masks[0])
        return None


class _Implied(Flow):
    """The masks of a model of Keras 3 as a release before it hands them on."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.modern = False


def _bare(model: Any, depth: int) -> None:
    """Take the masks from the arguments of the calls in a model, and in the models in it."""
    for layer in layers_of(model) if depth < DEPTH else ():
        if not isinstance(layer, dict):
            continue
        _bare(layer, depth + 1)
        config = layer.get("config")
        _bare(config.get("layer") if isinstance(config, dict) else None, depth + 1)
        for node in layer.get("inbound_nodes") or ():
            if isinstance(node, dict) and isinstance(node.get("kwargs"), dict):
                node["kwargs"].pop("mask", None)
