"""Masks go to the same layers as in the release that wrote the model: `settle` states them in the calls.

Which layers hand on a mask, how two become one, and what a layer does beside an initial state has changed with Keras 3,
and none of it is in a config. Where a call would go by another mask than before, the right one is worked out in the
graph and given to the call; a mask that it did not see is cut off by an operation, for no operation hands one on.
Source: `__call__` of keras/src/layers/layer.py (3.15).
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.fix import APPROXIMATE, Change
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.operations import entry_of
from keras_doctor.layers.graph import infer
from keras_doctor.layers.masking import ATTENTION, HEADS, RECURRENT, Arg, Flow, may_mask
from keras_doctor.layers.models import is_graph, is_input, is_model, name_of
from keras_doctor.layers.semantics import semantics_of
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.inbound import Ref
    from keras_doctor.layers.masking import Call, Key, Mask, Place, Use
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.releases.api import Api

SLUG = "masks-stated"
_STATED = (*RECURRENT, "GlobalAveragePooling1D", "Softmax", "TimeDistributed")
_OF_BIDIRECTIONAL = ("zero", "as-stated")  # these its own fix deals with


class _UnsaidError(Exception):
    """A mask that no operation of the graph computes."""


def uses_of(draft: Draft) -> dict[Key, Use]:
    """Return the masks that each call goes by in the release that wrote a model; {} where nothing makes a mask."""
    if not may_mask(draft.config):
        return {}
    semantics = semantics_of(draft.source.provenance, draft.era)
    return Flow(draft.era, semantics, _shapes(draft.config, draft.era)).follow(draft.config)


def settle(draft: Draft, target: Target, wanted: dict[Key, Use]) -> Iterator[Change]:
    """Make each call go by the masks that it is `wanted` to; say where none can be stated."""
    if not wanted or not may_mask(draft.config):
        return
    shapes = _shapes(draft.config, target.era)
    first = _Settling(target, shapes, wanted, write=False)
    first.follow(draft.config)
    if target.api.line == "keras-3":
        for entry in first.chained.values():
            if _become_graph(entry, draft.config, target.api):
                yield Change(
                    SLUG, f"make the Sequential {name_of(entry) or 'model'} a graph, in which masks are stated"
                )
    flow = _Settling(target, _shapes(draft.config, target.era) if first.chained else shapes, wanted, write=True)
    flow.follow(draft.config)
    for name in dict.fromkeys(flow.stated_in):
        yield Change(SLUG, f"state the mask that {name} goes by, which would be another")
    for name in dict.fromkeys(flow.cut_before):
        yield Change(SLUG, f"keep a mask from {name}, which went by none")
    for name in dict.fromkeys(flow.otherwise):
        note = "at a masked step it puts out its first state in one release and the output before in the other"
        yield Change(SLUG, f"leave {name} as it is, which masks otherwise", kind=APPROXIMATE, note=note)
    for name in dict.fromkeys(flow.unjoined):
        note = "along the steps the release joins no mask with what has none: it may refuse the call"
        yield Change(SLUG, f"leave {name}, which joins steps of which some may be masked", kind=APPROXIMATE, note=note)
    for name in dict.fromkeys(flow.unsaid):
        note = "it goes by another mask there, and computes otherwise where steps are masked"
        yield Change(SLUG, f"leave {name} with the masks that reach it", kind=APPROXIMATE, note=note)


def _shapes(config: Any, era: str) -> dict[str, tuple[Shape | None, ...]]:
    return {shape.path: shape.input_shapes for shape in infer(config, era)}


class _Settling(Flow):
    """The masks of a model in its target, put right call by call, in the order in which they are made."""

    def __init__(
        self, target: Target, shapes: dict[str, tuple[Shape | None, ...]], wanted: dict[Key, Use], write: bool
    ) -> None:
        super().__init__(target.era, target.semantics, shapes)
        self.api = target.api
        self.wanted = wanted
        self.write = write and target.api.line == "keras-3"
        self.chained: dict[Place, dict[str, Any]] = {}
        self.stated_in: list[str] = []
        self.cut_before: list[str] = []
        self.unsaid: list[str] = []
        self.otherwise: list[str] = []
        self.unjoined: list[str] = []
        self._models: dict[Place, dict[str, Any]] = {}
        self._made: dict[Place, dict[Any, Ref]] = {}
        self._added: dict[Place, list[dict[str, Any]]] = {}
        self._refs: dict[Place, dict[Any, Ref]] = {}

    def model(self, entry: dict[str, Any], path: str, place: Place, given: list[Mask]) -> list[Mask]:
        self._models[place] = entry
        masks = super().model(entry, path, place, given)
        added = self._added.pop(place, None)
        if added:
            entry["config"]["layers"] += added
        return masks

    def before(self, call: Call) -> None:
        wanted = self.wanted.get(call.key)
        for arg in call.args:
            if arg.ref is not None:
                self._refs.setdefault(call.key[0], {})[arg.key] = arg.ref
        if self._stumbles(call) and self.write and call.node is not None:
            self._cut(call, call.entry["inbound_nodes"][call.key[2]], [True] * len(call.args), silent=True)
        if wanted is None:
            return
        have, want = _masks(self.effective(call)), _masks(wanted.masks)
        if call.name in RECURRENT and want and self.repeats(call, want[0]) != _words(wanted.masks):
            self.otherwise.append(name_of(call.entry))
        count = max(len(have), len(want))
        have, want = (masks + (None,) * (count - len(masks)) for masks in (have, want))
        if have == want or not have:
            return
        if call.node is None and self.api.line == "keras-3" and not self.write:
            self.chained[call.key[0]] = self._models[call.key[0]]
        if not self.write or call.node is None:
            call.given = list(want)
            self.unsaid += [name_of(call.entry)] if call.node is None or self.api.line != "keras-3" else []
            return
        try:
            self._settle(call, have, want)
        except _UnsaidError:
            self.unsaid.append(name_of(call.entry))

    def _stumbles(self, call: Call) -> bool:
        """Tell whether a layer takes a mask that it makes nothing of, and stumbles over it."""
        if call.mask is None or call.given is not None or call.name not in ("BatchNormalization", "TimeDistributed"):
            return False
        unfit = call.name == "BatchNormalization" and call.mask[1] != self.rank(call) - 1
        return unfit or (call.mask[0] == "unsure" and not self.effective(call))

    def after(self, call: Call) -> list[Mask]:
        masks = super().after(call)
        if call.name == "Concatenate" and not self.modern and masks[0] is not None and masks[0][0] == "of":
            self.unjoined.append(name_of(call.entry))
        if call.name == "Concatenate" and masks[0] is not None and self.modern:
            # Whatever takes it takes the operations that it is made of into the graph: one of these is called
            # "concatenate" by Keras, as the layer is.
            return [("unsure", masks[0][1], masks[0])]
        return masks

    def _settle(self, call: Call, have: tuple[Mask, ...], want: tuple[Mask, ...]) -> None:
        """Write a call anew. `have`, `want`: its masks, tensor by tensor."""
        name, many = call.name, call.name in (*ATTENTION, *HEADS)
        node = call.entry["inbound_nodes"][call.key[2]]
        model = is_model(name, call.config)
        if not any(want):
            self._cut(call, node, [True] * len(call.args))
        elif name in HEADS:
            mask = self._looks(call, node, want)
            self._cut(call, node, [True] * len(call.args))
            node["kwargs"]["attention_mask"] = _object(mask)
            self.stated_in.append(name_of(call.entry))
        elif name in _STATED or many or model:
            refs = [self._ref(call.key[0], mask) if mask is not None else None for mask in want]
            if model:  # one that is called with a mask sets it on the very tensor that comes in
                self._cut(call, node, [True] * len(call.args), silent=True)
            objects = [_object(ref) if ref is not None else None for ref in refs]
            node["kwargs"]["mask"] = objects if many or len(call.args) > 1 else objects[0]
            call.given = list(want)
            self.stated_in.append(name_of(call.entry))
        else:
            raise _UnsaidError

    def _looks(self, call: Call, node: dict[str, Any], want: tuple[Mask, ...]) -> Ref:
        """Return what each query may look at, (batch, queries, keys), as a MultiHeadAttention makes it of masks."""
        if call.config.get("attention_axes") not in (None, [1], 1) or any(mask and mask[1] != 2 for mask in want):
            raise _UnsaidError
        place, made = call.key[0], []
        for number, mask in enumerate(want):
            if mask is not None:
                axis = -2 if number else -1
                made.append(self._op(place, "numpy.ExpandDims", [_object(self._ref(place, mask))], {"axis": axis}))
        result = made[0]
        for one in made[1:]:
            result = self._op(place, "numpy.LogicalAnd", [_object(result), _object(one)])
        stated = node["kwargs"].get("attention_mask")
        return result if stated is None else self._op(place, "numpy.LogicalAnd", [_object(result), stated])

    def _cut(self, call: Call, node: dict[str, Any], wanted: list[bool], silent: bool = False) -> None:
        """Take the masks off tensors of a call."""
        named = [(call.named[key], True) for key in ("value", "key") if key in call.named]
        args = [*zip(call.args, wanted, strict=True), *named]
        plain: dict[Any, Arg] = {}
        for arg, cut in args:
            if not cut or arg.mask is None or arg.ref is None:
                continue
            made = self._made.setdefault(call.key[0], {})
            if ("cut", arg.key) not in made:
                made["cut", arg.key] = self._op(call.key[0], "numpy.Copy", [_object(arg.ref)])
            copied = made["cut", arg.key]
            for where, key in ((node, "args"), *((node["kwargs"], key) for key in ("value", "key"))):
                if key in where:
                    where[key] = _replaced(where[key], arg.ref, copied)
            plain[arg.key] = Arg(arg.key, None, copied)
            self.cut_before += [] if silent else [name_of(call.entry)]
        call.args = [plain.get(arg.key, arg) for arg in call.args]
        call.named = {key: plain.get(arg.key, arg) for key, arg in call.named.items()}

    def _ref(self, place: Place, mask: Any) -> Ref:
        """Return the tensor that is a mask, computed in a graph. Raises _UnsaidError where it cannot be."""
        made = self._made.setdefault(place, {})
        if mask not in made:
            made[mask] = self._computed(place, mask)
        return made[mask]

    def _computed(self, place: Place, mask: Any) -> Ref:
        kind, _, *rest = mask
        if kind in ("unequal", "given"):
            tensor = self._refs.get(place, {}).get(rest[0])
            if tensor is None or (kind == "unequal" and rest[1] is None):
                raise _UnsaidError
            return tensor if kind == "given" else self._op(place, "numpy.NotEqual", [_object(tensor), rest[1]])
        if kind == "any":
            settings = {"axis": -1, "keepdims": False}
            return self._op(place, "numpy.Any", [_object(self._ref(place, rest[0]))], settings)
        if kind == "joined":
            parts = [_object(self._ref(place, one)) for one in rest[1]]
            return self._op(place, "numpy.Concatenate", [parts], {"axis": rest[0]})
        if kind in ("all-of", "any-of"):
            operation = "numpy.LogicalAnd" if kind == "all-of" else "numpy.LogicalOr"
            result, *others = [self._ref(place, one) for one in rest[0]]
            for one in others:
                result = self._op(place, operation, [_object(result), _object(one)])
            return result
        raise _UnsaidError

    def _op(self, place: Place, operation: str, args: list[Any], settings: dict[str, Any] | None = None) -> Ref:
        from keras_doctor.layers.inbound import Ref as Tensor

        module, _, class_name = operation.rpartition(".")
        if self.api.definition(f"keras.src.ops.{module}", class_name) is None:
            raise _UnsaidError
        config = self._models[place]["config"]
        added = self._added.setdefault(place, [])
        taken = {name_of(layer) for layer in (*config["layers"], *added)}
        number = len(added)
        while (name := f"{config.get('name') or 'model'}_mask_{number}") in taken:
            number += 1
        added.append(entry_of(name, operation, args, settings))
        return Tensor(name, 0, 0)


def _masks(used: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the masks among what a call goes by."""
    return tuple(one for one in used if not isinstance(one, str))


def _words(used: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a call puts out at masked steps, in words."""
    return tuple(one for one in used if isinstance(one, str) and one not in _OF_BIDIRECTIONAL)


def _object(ref: Ref) -> dict[str, Any]:
    config = {"shape": [None], "dtype": "float32", "keras_history": [ref.layer, ref.node, ref.tensor]}
    return {"class_name": "__keras_tensor__", "config": config}


def _replaced(value: Any, old: Ref, new: Ref) -> Any:
    """Return arguments of a call with one tensor for another."""
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        history = value["config"].get("keras_history")
        if history == [old.layer, old.node, old.tensor]:
            config = {**value["config"], "keras_history": [new.layer, new.node, new.tensor]}
            return {**value, "config": config}
    return value


def _become_graph(entry: dict[str, Any], config: Any, api: Api) -> bool:
    """Make a Sequential a graph, with its calls as they are; tell whether it declares its input."""
    layers = layers_of(entry)
    if not layers or not is_input(layers[0]) or is_graph(entry.get("config")):
        return False
    names = [str(name_of(layer) or f"layer_{number}") for number, layer in enumerate(layers)]
    for number, layer in enumerate(layers):
        layer["name"] = layer["config"]["name"] = names[number]
        args = [_object_of(names[number - 1])] if number else []
        layer["inbound_nodes"] = [{"args": args, "kwargs": {}}] if number else []
    own = entry["config"].get("name") or "sequential"
    last = int(is_graph(layers[-1].get("config")) and has("counts-own-call", api.library, api.version))
    first, end = [names[0], 0, 0], [names[-1], last, 0]
    bare = has("reads-nested-ends", api.library, api.version)
    ends = {"input_layers": first if bare else [first], "output_layers": end if bare else [end]}
    entry["class_name"] = "Functional"
    entry["config"] = {"name": own, "trainable": entry["config"].get("trainable", True), "layers": layers, **ends}
    name_module(entry, "layers", api)
    if has("counts-own-call", api.library, api.version):
        _count(config, own)
    return True


def _object_of(name: str) -> dict[str, Any]:
    config = {"shape": [None], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def _count(model: Any, name: str, depth: int = 0) -> None:
    """Count the call that a graph is made of where the outputs of the graph around it refer to it."""
    if depth > 64 or not isinstance(model, dict):
        return
    config = model.get("config")
    layers = layers_of(model)
    if isinstance(config, dict) and is_graph(config) and any(name_of(layer) == name for layer in layers):
        refs = config["output_layers"]
        for ref in refs if refs and isinstance(refs[0], list) else [refs]:
            if ref and ref[0] == name:
                ref[1] += 1
    for layer in layers:
        _count(layer, name, depth + 1)
