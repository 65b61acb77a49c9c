"""An optimizer's variables are laid out anew for the target's: for each weight what the optimizer keeps for it.

What an optimizer keeps for a weight is laid out as the weight is, so it goes the same way: transposed, flipped, cut and
joined with it. A weight that is scaled by s has a gradient that is smaller by s, and what the optimizer keeps goes with
a power of that. The releases differ in which variables there are, in which order, and in the order of the weights
(`layers.optimizers`); where the target has no place for them, or a weight is made of others in another way, they are
left out, and training starts afresh.
"""

from __future__ import annotations

from keras_doctor.document.expressions import (
    Expression,
    cast,
    concatenate,
    constant,
    flip,
    part,
    renamed,
    reshape,
    scale,
    strided,
    transpose,
    zeros,
)
from keras_doctor.fixes.fix import APPROXIMATE, LOSSY, Change
from keras_doctor.fixes.knowledge import written_by
from keras_doctor.layers.optimizers import DEGREES, state_variables
from keras_doctor.layers.stored_order import hdf5_groups
from keras_doctor.layers.stored_variables import part_path, stored_variables
from keras_doctor.loaders.optimizer_state import generation_of, in_store, stated
from keras_doctor.records import record
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.optimizers import StateVariable
    from keras_doctor.releases.api import Api

SLUG = "optimizer-state-carried"
_ARCHIVES = ("keras-v3", "keras-v3-directory")
_COUNTERS = ("iteration",)
_RESTORED = (*_COUNTERS, "learning_rate")  # numbers that the config holds as well, or that count steps
# What an optimizer may not have kept because it does not use it: zeros stand for it.
_UNUSED = {"idle": "", "momentum": "momentum"}
# Classes whose step is another function of the same variables in some generations: epsilon stands inside the root of
# newer ones, and where momentum is used (training_ops.h of TensorFlow, ApplyRMSProp). By how much a step differs
# depends on how large the gradients were.
_EPSILON_MOVED = {"RMSprop": ("v1", "v2"), "Adagrad": ("v1", "v2")}
# Classes whose step is a function of the number of steps. `get_updates` of "v1" adds to it and reads it in no order
# that is laid down: Keras 2.3.1 with TensorFlow 1.15 reads it after, 2.2.4 with 1.13 now after, now before.
_COUNTING = ("Adam", "Adamax", "Nadam")


class _Lost(Exception):
    """The variables do not carry over, and why."""


@record
class _Optimizer:
    """An optimizer as a release has it: its generation, class and keywords."""

    api: Api
    generation: str
    class_name: str
    config: dict[str, Any]

    def variables(self, weights: Sequence[TensorRef]) -> tuple[StateVariable, ...] | None:
        """Return what it keeps for these weights; None for a class that is not known."""
        return state_variables(
            self.generation, self.class_name, self.config, [weight.shape for weight in weights], self._does
        )

    def _does(self, behaviour: str) -> bool:
        return has(behaviour, self.api.library, self.api.version)


def carry_state(draft: Draft, target: Target) -> Iterator[Change]:
    """Give a draft whose layers are finished the optimizer's variables, as far as they carry over."""
    source = draft.source.training
    slots = in_store(source.slots) if draft.source.format in _ARCHIVES else source.slots
    if not source.slots or draft.training is None:
        return
    try:
        if draft.source.container not in ("zip", "hdf5"):
            raise _Lost("TensorFlow's checkpoints and TensorFlow.js keep them in another way")
        if target.format == "hdf5-model" and target.api.line == "keras-3":
            raise _Lost("Keras 3 cannot train a model whose HDF5 file holds any")
        made, approximate = _carried(draft, target, slots)
    except _Lost as reason:
        message = f"leave out the optimizer's variables: {reason}"
        yield Change("slots-dropped", message, kind=LOSSY, note="training starts afresh")
        return
    draft.slots = made
    message = f"lay out the optimizer's {len(slots)} variables as the target's optimizer has them: {len(made)}"
    if approximate:
        yield Change(SLUG, message, kind=APPROXIMATE, note=approximate)
    elif [one.path for one in made] != [one.path for one in slots]:
        yield Change(SLUG, message)


def _carried(draft: Draft, target: Target, slots: tuple[TensorRef, ...]) -> tuple[tuple[TensorRef, ...], str]:
    """Return the variables as the target has them, and what is approximate of that. Raises `_Lost`."""
    before = _optimizer(written_by(draft.source.provenance), draft.source.training.optimizer)
    config = draft.training or {}
    after = _optimizer(target.api, config.get("optimizer_config") or config.get("optimizer"))
    weights, mended = _trained(draft.source, draft.era_read), draft.trainable(target.era)
    if None in mended:
        raise _Lost("a weight is not there")
    known = before.variables(weights)
    wanted = after.variables(mended)  # type: ignore[arg-type]
    if known is None or wanted is None:
        return _unchanged(draft, target, before, after, weights, mended, slots), ""
    if after.generation == "v3" and has("skips-newer-optimizers", target.api.library, target.api.version):
        raise _Lost("the target reads none of its newer optimizers")
    if before.class_name != after.class_name:
        raise _Lost(f"the file has them of {before.class_name}, the target takes {after.class_name}")
    if [variable.shape for variable in known] != [slot.shape for slot in slots]:
        raise _Lost("they are not those of the model's weights")
    if has("sorts-trainable-weights", target.api.library, target.api.version):
        raise _Lost("the target orders them by names that it makes itself")
    held = {
        (weights[variable.of].path if variable.of is not None else "", variable.slot): slot
        for variable, slot in zip(known, slots, strict=True)
    }
    maker = _Maker(held, after, mended)
    made = tuple(
        _named(maker.made(variable), target, after.class_name, variable, number)
        for number, variable in enumerate(wanted)
    )
    return made, "; ".join(note for note in (maker.note, _moved(before, after), _unplaced(known, wanted)) if note)


def _unchanged(
    draft: Draft,
    target: Target,
    before: _Optimizer,
    after: _Optimizer,
    weights: list[TensorRef],
    mended: list[TensorRef | None],
    slots: tuple[TensorRef, ...],
) -> tuple[TensorRef, ...]:
    """Return the variables of an optimizer that is not known, where nothing about them changes. Raises `_Lost`."""
    same = before.generation == after.generation and before.class_name == after.class_name
    places = [None if weight is None else _leaf(weight).path for weight in mended]
    form = draft.source.format == target.format
    if not (same and form and places == [weight.path for weight in weights]) or _scaled(mended):
        raise _Lost(f"what {before.class_name or 'the optimizer'} keeps is not known")
    return draft.source.training.slots


def _scaled(tensors: Sequence[TensorRef | None]) -> bool:
    return any(isinstance(one, Expression) and one.operation != "renamed" for one in tensors)


def _leaf(tensor: TensorRef) -> TensorRef:
    while isinstance(tensor, Expression) and tensor.operation == "renamed":
        tensor = tensor.inputs[0]
    return tensor


def _optimizer(api: Api, entry: Any) -> _Optimizer:
    """Return the optimizer that an entry of a training config states. Raises `_Lost`."""
    if entry is None:
        raise _Lost("the file does not say of which optimizer they are")
    definition = stated(api, entry)
    config = entry.get("config") if isinstance(entry, dict) else None
    if definition is None:
        name = entry.get("class_name") if isinstance(entry, dict) else entry
        return _Optimizer(api, "", str(name), {})
    return _Optimizer(api, generation_of(api, definition), definition.class_name, config or {})


def _trained(source: ModelDocument, era: str) -> list[TensorRef]:
    """Return the weights that the release trained, in its order. Raises `_Lost`."""
    stored = {(path, name): tensor for path, name, tensor in stored_variables(source, era)}
    found = []
    for group in hdf5_groups(source.config, era):
        if not group.known:
            raise _Lost(f"what {group.name or 'a layer'} owns is not known")
        for variable in group.variables:
            if variable.trainable:
                place = part_path(group.path)
                tensor = stored.get((f"{place}/{variable.part}" if variable.part else place, variable.name))
                if tensor is None:
                    raise _Lost("a weight is not there")
                found.append(tensor)
    api = written_by(source.provenance)
    if has("sorts-trainable-weights", api.library, api.version):
        found.sort(key=lambda tensor: tensor.name)
    return found


class _Maker:
    """Makes the target's variables from those of the file.

    `held`: by the path of the weight ("" for none) and the slot; `factors`: by which weights were scaled.
    """

    def __init__(
        self, held: dict[tuple[str, str], TensorRef], after: _Optimizer, weights: Sequence[TensorRef | None]
    ) -> None:
        self.held = held
        self.after = after
        self.weights = weights
        self.factors: set[float] = set()

    @property
    def note(self) -> str:
        """What is approximate of what was made: a weight that is s times as large has a gradient 1 / s as large, so
        that its step, in units of its size, is 1 / s (Adam and its like) to 1 / s² (SGD) of what it was.
        """
        told = [
            f"weights scaled by {s:.3g} move by {1 / s:.2g} to {1 / s**2:.2g} of what they did" for s in self.factors
        ]
        return "; ".join(sorted(told))

    def made(self, variable: StateVariable) -> TensorRef:
        """Return what becomes one variable. Raises `_Lost`."""
        if variable.of is None:
            return self._number(variable.slot)
        weight = self.weights[variable.of]
        assert weight is not None
        shape = tuple(size or 0 for size in variable.shape)
        using = _UNUSED.get(variable.slot)
        if using is not None and not any(slot == variable.slot for _, slot in self.held):
            if using and self.after.config.get(using):
                raise _Lost(f"there is no {variable.slot}")
            return zeros("", shape)
        if shape != weight.shape or variable.slot not in DEGREES:
            found = self.held.get((_leaf(weight).path, variable.slot))
            if found is None and not shape:
                return zeros("", ())
        else:
            found = self._followed(weight, variable.slot)
        if found is None or found.shape != shape:
            raise _Lost("a weight is made of others")
        return found

    def _number(self, slot: str) -> TensorRef:
        """Return a number of the optimizer itself. Raises `_Lost`."""
        found = self.held.get(("", slot))
        if slot == "learning_rate":
            rate = self.after.config.get("learning_rate")
            if not isinstance(rate, (int, float)):
                raise _Lost("the learning rate is not known")
            return constant("", (), "float32", _float(rate))
        if slot in _COUNTERS:
            if found is None:  # Keras up to 2.2: RMSprop, Adagrad and Adadelta do not use it
                return zeros("", (), "int64")
            return found if found.dtype == "int64" or self.after.generation == "keras-3" else cast(found, "int64")
        if found is None:
            raise _Lost(f"there is no {slot.replace('_', ' ')}")
        return found

    def _followed(self, weight: TensorRef, slot: str) -> TensorRef | None:
        """Return what the optimizer keeps, laid out as the weight is; None where a weight is none of the file's."""
        if not isinstance(weight, Expression):
            return self.held.get((weight.path, slot))
        inputs = [self._followed(one, slot) for one in weight.inputs]
        again = _AGAIN.get(weight.operation)
        if again is None or not inputs or any(one is None for one in inputs):
            return None
        if weight.operation == "scale":
            self.factors.add(weight.arguments["factor"])
            return again([inputs[0]], {**weight.arguments, "factor": weight.arguments["factor"] ** -DEGREES[slot]})
        return again(inputs, {"shape": weight.shape, "dtype": weight.dtype, **weight.arguments})


# Operation of an expression → the same of other tensors.
_AGAIN: dict[str, Callable[[Any, dict[str, Any]], TensorRef]] = {
    "renamed": lambda inputs, given: inputs[0],
    "transpose": lambda inputs, given: transpose(inputs[0], given["axes"]),
    "reshape": lambda inputs, given: reshape(inputs[0], given["shape"]),
    "part": lambda inputs, given: part(inputs[0], given["axis"], given["start"], given["stop"]),
    "concatenate": lambda inputs, given: concatenate(inputs, given["axis"]),
    "flip": lambda inputs, given: flip(inputs[0], given["axes"]),
    "strided": lambda inputs, given: strided(inputs[0], given["shape"], given["steps"]),
    "cast": lambda inputs, given: cast(inputs[0], given["dtype"]),
    "scale": lambda inputs, given: scale(inputs[0], given["factor"], given["axis"], given["start"], given["stop"]),
}


def _unplaced(known: Sequence[StateVariable], wanted: Sequence[StateVariable]) -> str:
    """Return which numbers of the optimizer itself the target's begins anew; "" for none."""
    placed = {variable.slot for variable in wanted}
    numbers = [variable.slot for variable in known if variable.of is None and variable.slot not in placed]
    told = [slot.replace("_", " ") for slot in numbers if slot not in _RESTORED]
    return f"the target begins its {' and '.join(told)} anew: the first steps have another size" if told else ""


def _moved(before: _Optimizer, after: _Optimizer) -> str:
    """Return what is otherwise in the step of the target's optimizer; "" for nothing."""
    if before.generation == after.generation:
        return ""
    told = []
    if _epsilon_outside(before) != _epsilon_outside(after):
        told.append(f"{after.class_name} adds its epsilon elsewhere: steps differ where gradients are as small")
    counts = before.class_name in _COUNTING or bool(before.config.get("decay"))
    if counts and "v1" in (before.generation, after.generation):
        told.append("Keras 1 and 2 may count a step before they take it: n steps are taken for n + 1")
    return "; ".join(told)


def _epsilon_outside(optimizer: _Optimizer) -> bool:
    """Tell whether epsilon is added to the root, not under it."""
    fused = optimizer.generation == "v2" and optimizer.config.get("momentum")
    return not fused and optimizer.generation in _EPSILON_MOVED.get(optimizer.class_name, ())


def _named(tensor: TensorRef, target: Target, class_name: str, variable: StateVariable, number: int) -> TensorRef:
    """Return a variable under the name and at the place that the target's file has for it."""
    if target.format == "keras-v3":
        made = renamed(tensor, str(number))
        made.path = f"optimizer/vars/{number}"
    else:
        place = "" if variable.of is None else f"_{variable.of}"
        made = renamed(tensor, f"{class_name}/{variable.slot}{place}:0")
        made.path = f"optimizer_weights/{made.name}"
    return made


def _float(value: float) -> bytes:
    from struct import pack

    return pack("<f", value)
