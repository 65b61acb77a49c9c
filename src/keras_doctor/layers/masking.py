"""Which mask each call of a layer goes by, followed through a config; nothing is computed.

A mask is an expression: ("unequal", rank, tensor, value), ("any", rank, mask), ("all-of", rank, masks), … Two masks
that are equal as expressions hold the same. Which layers make, take and hand on masks is the same in all releases but
for the facts of `releases.semantics`. Sources: `compute_mask`, `supports_masking` in keras/layers of 1.2.2 and 2.2.4,
tensorflow/python/keras/layers of 2.4, keras/src/layers of 2.15 and 3.15, there `__call__` of layer.py as well.
"""

from __future__ import annotations

from keras_doctor.layers.evaluation import layer_config
from keras_doctor.layers.functional import calls_of, shifts_of
from keras_doctor.layers.inbound import Node, Ref, read_refs, refs_in
from keras_doctor.layers.models import is_graph, is_input, is_model, name_of
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.stock import ALIASES, is_operation, is_stock
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.semantics import Semantics

    Place = tuple[str, ...]  # the models around a graph, by name, with the number of the call
    Key = tuple[Place, str, int]  # a call: where, of which layer, which one
    Mask = tuple[Any, ...] | None

RECURRENT = (
    "LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "CuDNNLSTM", "CuDNNGRU",
    "Bidirectional",
)  # fmt: skip
ELEMENTWISE = ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract")
ATTENTION = ("Attention", "AdditiveAttention")
HEADS = ("MultiHeadAttention", "GroupQueryAttention")
_SKIPPING = ("Maximum", "Minimum", "Multiply")  # these leave out what is masked where masks merge to "either"
_TAKING = (*RECURRENT, "Softmax", "GlobalAveragePooling1D", "TimeDistributed")
_KEEPING = (
    "Activation", "ActivityRegularization", "AddLoss", "AddMetric", "AlphaDropout", "BatchNormalization", "Dense",
    "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "GroupNormalization", "LayerNormalization", "LeakyReLU",
    "ParametricSoftplus", "PReLU", "Softmax", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "SReLU",
    "ThresholdedReLU", "TimeDistributedDense", "UnitNormalization",
)  # fmt: skip
_VARYING = {"ReLU": "relu_mask", "Identity": "plain_mask", "Normalization": "plain_mask", "Rescaling": "plain_mask"}
_MODES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "concat": "Concatenate"}
# Layers that put out the very tensor that comes in, once a model is trained.
_PASSING = (
    "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "Identity",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
)  # fmt: skip
CALLS = 20_000
DEPTH = 64


@record
class Arg:
    """A tensor that comes in: what made it, and its mask. `ref`: as the graph names it, None in a Sequential."""

    key: tuple[Any, ...]
    mask: Mask = None
    ref: Ref | None = None


class Call:
    """One call of a layer. `given`: the masks among its arguments, None where there are none; `beside`: whether
    tensors come in beside the first argument. `path`: of the entry in the config.
    """

    def __init__(self, key: Key, entry: dict[str, Any], name: str, config: dict[str, Any], path: str) -> None:
        self.key = key
        self.entry = entry
        self.name = name
        self.config = config
        self.path = path
        self.args: list[Arg] = []
        self.named: dict[str, Arg] = {}
        self.given: list[Mask] | None = None
        self.beside = False
        self.node: Node | None = None

    @property
    def masks(self) -> list[Mask]:
        """The masks of the first argument's tensors, as the call knows them."""
        return self.given if self.given is not None else [arg.mask for arg in self.args]

    @property
    def mask(self) -> Mask:
        """The mask of the first tensor."""
        return next(iter(self.masks), None)


@record
class Use:
    """What a call goes by: the masks that change what it computes (None where there is none), and words for what it
    puts out at masked steps, where releases differ.
    """

    name: str
    path: str
    masks: tuple[Any, ...]


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


class Flow:
    """The masks of one model in a release of an era. `uses` has what each call goes by.

    `shapes`: the shapes that come into the first call of each layer, by config path, for the ranks of masks.
    """

    def __init__(self, era: str, semantics: Semantics, shapes: dict[str, tuple[Shape | None, ...]]) -> None:
        self.era = era
        self.modern = era == "keras-3"
        self.semantics = semantics
        self.shapes = shapes
        self.uses: dict[Key, Use] = {}
        self.left = CALLS

    def follow(self, config: Any) -> dict[Key, Use]:
        """Follow a whole model."""
        if isinstance(config, dict):
            self.model(config, "", (), [])
        return self.uses

    def model(self, entry: dict[str, Any], path: str, place: Place, given: list[Mask]) -> list[Mask]:
        """Follow a model; return the masks of what it puts out."""
        config = entry.get("config")
        inside = f"{path}.config".lstrip(".")
        if isinstance(config, dict) and is_graph(config):
            return self.graph(config, f"{inside}.layers", place, given)
        layers = config if isinstance(config, list) else config.get("layers") if isinstance(config, dict) else None
        masks = given or [None]
        before: tuple[Any, ...] = (place, "", 0)
        for number, layer in enumerate(layers if isinstance(layers, list) else []):
            if not isinstance(layer, dict) or is_input(layer):
                continue
            where = f"{inside}[{number}]" if isinstance(config, list) else f"{inside}.layers[{number}]"
            call = self.begun(layer, where, (place, name_of(layer), 0))
            call.args = [Arg((*before, index), mask) for index, mask in enumerate(masks)]
            masks = self.called(call) or [None]
            before = call.key
        return masks

    def begun(self, entry: dict[str, Any], path: str, key: Key) -> Call:
        """Return a call without arguments."""
        name = str(entry.get("class_name"))
        name = ALIASES.get(name, name)
        config = layer_config(entry, name, self.era)
        if name == "Merge":
            name = _MODES.get(str(config.get("mode")), name)
        return Call(key, entry, name, config, path)

    def graph(self, config: dict[str, Any], path: str, place: Place, given: list[Mask]) -> list[Mask]:
        """Follow a graph; return the masks of what it puts out."""
        layers = [layer if isinstance(layer, dict) else {} for layer in config["layers"]]
        names = frozenset(name_of(layer) for layer in layers)
        nodes = [calls_of(layer, names) for layer in layers]
        outputs = read_refs(config.get("output_layers"))
        shift, output_shift = shifts_of(layers, nodes, outputs)
        takers = self._takers(layers, nodes, shift)
        made: dict[tuple[str, int], list[Mask]] = {(name_of(layer), 0): [None] for layer in layers if is_input(layer)}
        inputs = {ref.layer: number for number, ref in enumerate(read_refs(config.get("input_layers")))}
        for name, mask in zip(inputs, given, strict=False):
            made[name, 0] = [mask]

        def arg(ref: Ref, shifts: dict[str, int], call: Call | None) -> Arg:
            number = ref.node - shifts.get(ref.layer, 0)
            found = made.get((ref.layer, number), [])
            mask = found[ref.tensor] if 0 <= ref.tensor < len(found) else None
            passes = call is not None and call.name in _PASSING
            others = takers((ref.layer, number, ref.tensor)) - {call.key[1:] if call else None}
            if mask is not None and others and not passes:
                mask = ("unsure", mask[1], mask)
            source = ("", inputs[ref.layer]) if ref.layer in inputs else (ref.layer, number)
            return Arg((place, *source, ref.tensor), mask, ref)  # an input has another name in a Sequential, or none

        waiting = [(index, number) for index, calls in enumerate(nodes) for number in range(len(calls))]
        while waiting and self.left > 0:
            later = []
            for index, number in waiting:
                node, layer = nodes[index][number], layers[index]
                sources = [(r.layer, r.node - shift.get(r.layer, 0)) for r in refs_in([node.args, node.kwargs])]
                if any(source not in made for source in sources):
                    later.append((index, number))
                    continue
                call = self.begun(layer, f"{path}[{index}]", (place, name_of(layer), number))
                call.node = node
                self.arguments(call, lambda ref, call=call: arg(ref, shift, call))
                made[name_of(layer), number] = self.called(call)
            if len(later) == len(waiting):
                break
            waiting = later
        return [arg(ref, output_shift, None).mask for ref in outputs]

    def _takers(
        self, layers: list[dict[str, Any]], nodes: list[list[Node]], shift: dict[str, int]
    ) -> Callable[[tuple[str, int, int]], set[tuple[str, int]]]:
        """Return which calls take the mask off a tensor: a MultiHeadAttention does that from Keras 3.8 on, and the
        tensor may be that of other calls as well, of which some are made later.
        """
        found: dict[tuple[str, int, int], set[tuple[str, int]]] = {}
        same: dict[tuple[str, int, int], tuple[str, int, int]] = {}

        def root(tensor: tuple[str, int, int]) -> tuple[str, int, int]:
            for _ in range(CALLS):
                if tensor not in same:
                    break
                tensor = same[tensor]
            return tensor

        if self.modern and self.semantics["heads_mask"] == "taken":
            for layer, calls in zip(layers, nodes, strict=True):
                name, takes = name_of(layer), _takes(layer)
                for number, node in enumerate(calls):
                    sources = [(r.layer, r.node - shift.get(r.layer, 0), r.tensor) for r in refs_in([node.args])]
                    if layer.get("class_name") in _PASSING and len(sources) == 1:
                        same[name, number, 0] = sources[0]
                    elif takes:
                        for source in refs_in([node.args, node.kwargs]):
                            key = (source.layer, source.node - shift.get(source.layer, 0), source.tensor)
                            found.setdefault(key, set()).add((name, number))
        by_root: dict[tuple[str, int, int], set[tuple[str, int]]] = {}
        for key, takers in found.items():
            by_root.setdefault(root(key), set()).update(takers)
        return lambda tensor: by_root.get(root(tensor), set())

    def arguments(self, call: Call, arg: Any) -> None:
        """Read the tensors that a call of a graph takes."""
        assert call.node is not None
        args, kwargs = call.node.args, call.node.kwargs
        call.args = [arg(ref) for ref in refs_in(args[:1])]
        for name, value in (*zip(("value", "key"), args[1:], strict=False), *kwargs.items()):
            call.named.update({name: arg(value)} if isinstance(value, Ref) else {})
        call.beside = any(True for _ in refs_in(kwargs.get("initial_state")))
        stated = kwargs.get("mask")
        if stated is not None:
            listed = stated if isinstance(stated, list) else [stated]
            call.given = [self.stated(arg(one)) if isinstance(one, Ref) else None for one in listed]
        if call.name in RECURRENT and len(call.args) > 1:
            call.args, call.beside = call.args[:1], True  # Keras 2 lists the state behind the input

    def stated(self, arg: Arg) -> Mask:
        """Return the mask that a tensor among the arguments is."""
        return ("given", 2, arg.key)

    def called(self, call: Call) -> list[Mask]:
        """Note what a call goes by; return the masks of what it puts out."""
        self.left -= 1
        if self.left < 0 or len(call.key[0]) > DEFAULT_LIMITS.depth:
            return []
        self.before(call)
        self.uses[call.key] = Use(call.name, call.path, self.effective(call))
        return self.after(call)

    def before(self, call: Call) -> None:
        """Called with each call before it is made."""

    # What a call goes by

    def effective(self, call: Call) -> tuple[Any, ...]:
        """Return the masks that change what a call computes; () for a layer that goes by none."""
        name, masks = call.name, call.masks
        if name in RECURRENT:
            mask = None if self.modern and call.beside and call.given is None else call.mask
            return (mask, *self._zeros(name, call.config, mask), *self.repeats(call, mask))
        if name == "GlobalAveragePooling1D":
            return (call.mask if self.semantics["pooling_mask"] == "counts" else None,)
        if name == "Softmax":
            return (call.mask if self.semantics["softmax_layer"] == "masked" else None,)
        if name in ATTENTION:
            return (*masks[:2], *[None] * (2 - len(masks)))
        if name in HEADS:
            return self._heads(call)
        if name in ELEMENTWISE:
            skips = self.semantics["merged_masks"] == "either" and name in _SKIPPING
            return tuple(masks) if skips else tuple(None for _ in masks)
        if name == "TimeDistributed":
            inner = call.config.get("layer")
            kind = str(inner.get("class_name")) if isinstance(inner, dict) else ""
            held = inner.get("config") if isinstance(inner, dict) else None
            takes = kind in _TAKING or is_model(kind, held)
            return (call.mask, *self._zeros(kind, held, call.mask)) if takes else ()
        if is_model(name, call.config):
            return tuple(masks)
        if name == "Lambda":  # one whose function takes the mask stays a Lambda
            same = self.semantics["same_mask"] == "kept" and _puts_out_its_input(call.config)
            return (call.mask if same else None,)
        return () if is_stock(name) or is_operation(call.entry) else tuple(masks)

    def _zeros(self, name: str, config: Any, mask: Mask) -> tuple[Any, ...]:
        """Return what a Bidirectional puts out at masked steps, where it puts out steps."""
        held = config.get("layer") if name == "Bidirectional" and isinstance(config, dict) else None
        inner = held.get("config") if isinstance(held, dict) else None
        if mask is None or not isinstance(inner, dict) or not inner.get("return_sequences"):
            return ()
        stated = "zero" if inner.get("zero_output_for_mask") else self.semantics["bidirectional_mask"]
        return (stated,)

    def repeats(self, call: Call, mask: Mask) -> tuple[Any, ...]:
        """Return what a layer puts out at a masked step where that is not the output before, with zeros at first: its
        first state, which differs from the outputs where a state comes in or there are several cells.
        """
        config = call.config
        if call.name == "Bidirectional":
            config = held_in(config.get("layer"))
        cell = config.get("cell")
        stacked = isinstance(cell, dict) and cell.get("class_name") == "StackedRNNCells" and not self.modern
        differs = call.beside or config.get("stateful") or stacked
        state = self.semantics["masked_step"] == "state" and not config.get("unroll")
        return ("state",) if mask is not None and differs and state else ()

    def _heads(self, call: Call) -> tuple[Mask, ...]:
        if self.semantics["attention_masks"] == "stated":
            return (None, None, None)
        value = call.named.get("value")
        key = call.named.get("key")
        return (call.mask, value.mask if value else None, key.mask if key else None)

    # What it hands on

    def after(self, call: Call) -> list[Mask]:
        """Return the masks of what a call puts out; tensors beyond the list have none."""
        name, config, mask = call.name, call.config, call.mask
        if len(call.args) > 1 and self.semantics["listed_masks"] == "lost" and not is_model(name, config):
            return [None]
        if name == "Embedding":
            made = config.get("mask_zero") and call.args
            return [("unequal", self.rank(call), call.args[0].key, 0)] if made else [None]
        if name == "Masking":
            value = config.get("mask_value", 0.0)
            value = value if isinstance(value, int | float) else None
            return [any_of(("unequal", self.rank(call), call.args[0].key, value))] if call.args else [None]
        if name in RECURRENT:
            return self._steps(call)
        if name in ATTENTION:
            return [mask]
        if name in HEADS:
            return [mask if self.semantics["attention_masks"] == "automatic" else None]
        if name in ELEMENTWISE:
            return [self._merged(call.masks)]
        if name == "Concatenate":
            return [self._joined(call)]
        if name == "TimeDistributed":
            return [self._distributed(call)]
        if is_model(name, config):
            return self.model(call.entry, call.path, (*call.key[0], f"{call.key[1]}#{call.key[2]}"), call.masks)
        if name == "Lambda":
            same = config.get("mask") is None and self.semantics["same_mask"] == "kept" and _puts_out_its_input(config)
            return [mask if same else None if config.get("mask") is None else ("of", 2, call.key)]
        if hands_on(name, self.semantics):
            return [mask]
        if is_stock(name) or is_operation(call.entry) or mask is None:
            return [None]
        return [("of", 2, call.key, mask)]

    def rank(self, call: Call) -> int:
        """Return the number of dimensions of what comes in."""
        shape = next(iter(self.shapes.get(call.path, ())), None)
        return len(shape) if shape is not None else 3 - (call.name == "Embedding")

    def _steps(self, call: Call) -> list[Mask]:
        config = call.config
        if call.name == "Bidirectional":
            config = held_in(config.get("layer"))
        mask = call.mask if config.get("return_sequences") else None
        return [mask, mask] if call.name == "Bidirectional" and call.config.get("merge_mode", "") is None else [mask]

    def _merged(self, masks: list[Mask]) -> Mask:
        known = [mask for mask in masks if mask is not None]
        if self.semantics["merged_masks"] == "either":
            return joined("any-of", known) if len(known) == len(masks) else None
        return joined("all-of", known)

    def _joined(self, call: Call) -> Mask:
        known = [mask for mask in call.masks if mask is not None]
        if not known:
            return None
        axis, rank = call.config.get("axis", -1), self.rank(call)
        axis = axis if isinstance(axis, int) else -1
        axis = axis % rank if rank else axis
        if axis == rank - 1:
            if self.semantics["merged_masks"] != "either":
                return joined("all-of", known)
            return joined("any-of", known) if len(known) == len(call.masks) else ("true", known[0][1], call.key)
        if len(known) == len(call.masks) and axis < known[0][1]:
            return ("joined", known[0][1], axis, tuple(known))
        return ("of", known[0][1], call.key, self.semantics["merged_masks"])

    def _distributed(self, call: Call) -> Mask:
        mask = call.mask
        entry = call.config.get("layer")
        if not isinstance(entry, dict):
            return mask
        inner = self.begun(entry, f"{call.path}.config.layer", ((*call.key[0], f"{call.key[1]}#{call.key[2]}"), "", 0))
        inner.args = [Arg(call.args[0].key if call.args else (), mask)]
        kept = self.semantics["distributed_mask"] == "as-given"
        shape = next(iter(self.shapes.get(call.path, ())), None)
        if is_model(inner.name, entry.get("config")):
            found = next(iter(self.after(inner)), None)
        elif inner.name in ("Embedding", "Masking"):
            self.shapes[inner.path] = (shape,)
            found = next(iter(self.after(inner)), None)
        else:
            keeps = inner.name in _KEEPING or (inner.name in RECURRENT and self._steps(inner)[0] is not None)
            found = mask if keeps else None
        if kept or (shape is not None and shape[0] is not None):
            return mask
        if found is not None:
            return found
        while mask is not None and mask[1] > 2:
            mask = any_of(mask)
        return mask


def _takes(entry: Any, depth: int = 0) -> bool:
    """Tell whether a layer is a MultiHeadAttention or a model with one in it."""
    if not isinstance(entry, dict) or depth > DEPTH:
        return False
    config = entry.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    inner = isinstance(layers, list) and any(_takes(layer, depth + 1) for layer in layers)
    return entry.get("class_name") in HEADS or inner


def held_in(entry: Any) -> dict[str, Any]:
    """Return the config of a layer inside another; {} where it has none."""
    held = entry.get("config") if isinstance(entry, dict) else None
    return held if isinstance(held, dict) else {}


def _puts_out_its_input(config: dict[str, Any]) -> bool:
    """Tell whether the function of a Lambda is `lambda x: x`."""
    from keras_doctor.layers.lambda_body import body
    from keras_doctor.wire.expressions import Argument

    try:
        _, found = body(config.get("function"))
    except (CannotInferError, ValueError, KeyError, TypeError, IndexError):
        return False
    return isinstance(found, Argument)


def hands_on(class_name: str, semantics: Semantics) -> bool:
    """Tell whether a layer without a `compute_mask` of its own hands on the mask that comes in."""
    fact = _VARYING.get(class_name)
    return class_name in _KEEPING or (fact is not None and semantics[fact] == "kept")


def compared(used: tuple[Any, ...], *left_out: str) -> tuple[Any, ...]:
    """Return what a call goes by without some words, nor the None at the end: one release may list more tensors than
    another.
    """
    masks = [one for one in used if not (isinstance(one, str) and one in left_out)]
    while masks and masks[-1] is None:
        masks.pop()
    return tuple(masks)


def any_of(mask: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the mask that keeps what has anything that is kept along its last axis."""
    return ("any", mask[1] - 1, mask)


def joined(kind: str, masks: list[Any]) -> Mask:
    """Return the masks as one; those that are the same count once."""
    different = tuple(dict.fromkeys(masks))
    if len(different) < 2:
        return different[0] if different else None
    return (kind, different[0][1], different)
