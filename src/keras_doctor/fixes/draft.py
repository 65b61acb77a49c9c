"""`Draft`: a model on its way into another release: its config, and the tensors of each layer by the variable that they
are.

The entry of a layer (a dict with `class_name`) keeps its identity while fixes change what is in it, and its tensors go
with it, wherever it moves. A variable is known by (part, name), as `layers.signature.Variable` has them, with the
models around the layer left out of the part.
"""

from __future__ import annotations

from keras_doctor.document.config import split_path
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.fixes.foreign import foreign_layers, frozen_in_hdf5, in_hdf5, in_store, unknown_places
from keras_doctor.fixes.weighed_words import weighed, weights_of
from keras_doctor.layers.assumed import infer_assumed
from keras_doctor.layers.mixed_groups import leaves
from keras_doctor.layers.stored_order import WEIGHTS, StoredGroup, hdf5_groups, v3_groups
from keras_doctor.layers.stored_variables import stored_variables
from keras_doctor.layers.stored_vocabularies import word_weights

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.provenance import Provenance
    from keras_doctor.document.tensors import TensorRef, WeightGroup
    from keras_doctor.fixes.foreign import Foreign
    from keras_doctor.layers.signature import Variable
    from keras_doctor.sources.parsing import Code

    Key = tuple[str, str]  # part and name of a variable
    Tensors = dict[Key, TensorRef]

_V3 = ("keras-v3", "keras-v3-directory", "keras-v3-weights")


class GoneError(KeyError):
    """Nothing stands at a place of the config: an earlier fix took it away."""


class Draft:
    """A model that fixes work on.

    `source`: the document it began as. `config`: a copy, which fixes may change. `era`: whose names and layouts its
    tensors have, `era_read`: whose they had. `training`: config of the training state (a copy), None for none. `lost`:
    groups of the file whose tensors could not be told apart, with the reason. `code`: that of the classes that Keras
    does not have, where it is at hand.
    """

    def __init__(self, source: ModelDocument, code: Code | None = None) -> None:
        self.source = source
        self._code = code
        self.config: Any = copied(source.config)
        self.era = self.era_read = source.provenance.era
        self.training: Any = copied(source.training.config)
        self.training_path = source.training.path
        self.slots: tuple[TensorRef, ...] = ()  # of the optimizer, which are laid out when the layers are finished
        self.assets = source.assets
        self.lost: list[tuple[str, str]] = []
        self._held: dict[int, Tensors] = {}
        self._foreign: dict[int, Foreign] = {}
        self._kept: dict[int, Any] = {}  # keeps the entries alive, so that an id stays theirs
        self._take(source)

    # Tensors

    def tensors(self, entry: Any) -> Tensors:
        """Return the tensors of a layer's entry, in stored order; changes to what is returned change the draft."""
        self._kept[id(entry)] = entry
        return self._held.setdefault(id(entry), {})

    def give(self, entry: Any, tensors: Tensors) -> None:
        """Give an entry these tensors in place of those that it has."""
        self._kept[id(entry)] = entry
        self._held[id(entry)] = dict(tensors)

    def move(self, entry: Any, other: Any) -> None:
        """Give the tensors of an entry to the one that takes its place."""
        self.give(other, self._held.pop(id(entry), {}))
        if id(entry) in self._foreign:
            self._foreign[id(other)] = self._foreign.pop(id(entry))

    def _take(self, source: ModelDocument) -> None:
        """Hand each stored tensor to the entry of the layer that owns it."""
        given: set[str] = set()
        for path, name, tensor in stored_variables(source, self.era):
            entry, part = self.leaf(self.config, path)
            self.tensors(entry)[part, name] = tensor
            given.add(tensor.path)
        for path, tensor in word_weights(source, self.era):
            entry, part = self.leaf(self.config, path)
            self.tensors(entry)[part, tensor.name] = tensor
            given |= {one.path for group in source.weights for one in group.tensors if one.name == tensor.name}
        for path, foreign in foreign_layers(source, self.era, self._code):
            entry = self.at(path)
            self._kept[id(entry)] = entry
            self._foreign[id(entry)] = foreign
            given |= {tensor.path for tensors in foreign.parts.values() for tensor in tensors}
        for group in source.weights:
            left = [tensor for tensor in group.tensors if tensor.path not in given]
            if left:
                what = f"{len(left)} of its {len(group.tensors)} tensors fit no variable of the layers that are known"
                self.lost.append((group.owner, what))

    def unplaced(self, form: str) -> list[tuple[str, str]]:
        """Return the layers of unknown classes whose tensors have no place in a format, with the reason."""
        told = [(foreign.layer, foreign.unplaced(form)) for foreign in self._foreign.values()]
        return [(layer, f"what it owns is left out: {why}") for layer, why in told if why]

    def leaf(self, entry: Any, part: str) -> tuple[Any, str]:
        """Return the layer inside an entry that owns a variable, and what is left of the variable's part."""
        steps = part.split("/") if part else []
        while steps and steps[0].startswith("layers[") and is_model(entry):
            number = int(steps.pop(0)[len("layers[") : -1])
            entry = layers_of(entry)[number]
        return entry, "/".join(steps)

    # Config

    def at(self, path: str) -> Any:
        """Return what stands at a path. Raises GoneError when there is nothing."""
        steps = split_path(path)
        value = self.config
        if steps and steps[0] == self.training_path and self.training is not None:
            value = {self.training_path: self.training}
        try:
            for step in steps:
                value = value[step]
        except (KeyError, IndexError, TypeError) as error:
            raise GoneError(path) from error
        return value

    def config_at(self, path: str) -> dict[str, Any] | None:
        """Return the keywords of the object at a path, None when it has none. Raises GoneError as `at` does."""
        entry = self.at(path)
        config = entry.get("config") if isinstance(entry, dict) else None
        return config if isinstance(config, dict) else None

    def put(self, path: str, value: Any) -> None:
        """Put a value in the place of what stands at a path."""
        *steps, last = split_path(path)
        training = bool(steps) and steps[0] == self.training_path and self.training is not None
        holder = {self.training_path: self.training} if training else self.config
        for step in steps:
            holder = holder[step]
        holder[last] = value

    # Documents

    def document(self, era: str, form: str, path: str, **fields: Any) -> ModelDocument:
        """Return the draft as a document of a format, its tensors laid out as an era has them.

        `fields`: of `ModelDocument`, in place of the source's. Tensors that the layout has no place for are left out;
        a variable without a tensor makes a group that is too short, which the target's rules then report.
        """
        provenance = fields.get("provenance", self.source.provenance)
        weights = self.weights(era, form, fields.get("release", ""))
        training = TrainingState(self.training, self.training_path, self.slots)
        return ModelDocument(
            path,
            form,
            {"keras-v3": "zip", "hdf5-model": "hdf5"}.get(form, "text"),
            size=self.source.size,
            config=dict(self.config),  # another one each time: what was found out about the last no longer holds
            provenance=provenance,
            weights=weights,
            facts=_facts(form, weights, provenance),
            training=training,
            assets=self.assets,
        )

    def weights(self, era: str, form: str, release: str) -> tuple[WeightGroup, ...]:
        """Return the tensors as groups of a format."""
        from keras_doctor.document.tensors import WeightGroup

        inferred = infer_assumed(self.config, era)
        store = form in _V3
        layout = v3_groups(self.config, era, release, inferred) if store else hdf5_groups(self.config, era, inferred)
        wanted = [(group, *self.leaf(self.at(group.path), v.part), v) for group in layout for v in group.variables]
        named = self._by_name([(leaf, part, variable) for _, leaf, part, variable in wanted])
        made: dict[str, list[TensorRef]] = {group.name: [] for group in layout}
        for group, leaf, part, variable in wanted:
            tensor = named.get((id(leaf), part, variable.name))
            if tensor is None and variable.name == WEIGHTS:
                tensor = weights_of(self, leaf)
            if tensor is not None:
                made[group.name].append(self._named(form, group, len(made[group.name]), variable, tensor))
        if store:
            made.update(weighed(self, release, inferred))
        for name, tensors in self._foreign_groups(layout, era, form, release):
            made[name] = list(tensors)
        return tuple(WeightGroup(name, "", tuple(tensors)) for name, tensors in made.items())

    def _foreign_groups(
        self, layout: tuple[StoredGroup, ...], era: str, form: str, release: str
    ) -> Iterator[tuple[str, tuple[TensorRef, ...]]]:
        """Yield the groups of the layers of unknown classes."""
        if not self._foreign:
            return
        places = (
            [(node.path, place) for node, place in unknown_places(self.config, era, release)] if form in _V3 else []
        )
        for path, place in places:
            foreign = self._foreign.get(id(self.at(path)))
            if foreign is not None and not foreign.unplaced(form):
                yield from in_store(foreign, place, era, release)
        for group in layout if form not in _V3 else ():
            entry = self.at(group.path)
            foreign = self._foreign.get(id(entry))
            if foreign is not None and not foreign.unplaced(form):
                yield group.name, in_hdf5(foreign, group.name, era, release)
            elif not group.known and is_model(entry):
                tensors = self._mixed(group, era, form, release)
                if tensors is not None:
                    yield group.name, tensors

    def _mixed(self, group: StoredGroup, era: str, form: str, release: str) -> tuple[TensorRef, ...] | None:
        """Return the group of a nested model with layers of unknown classes in it; None where there are none, or the
        order is not known.
        """
        trained: list[TensorRef] = []
        others: list[TensorRef] = []
        found = leaves(self.config, era, group.path)
        known = [(leaf, self.at(leaf.path), leaf.variables) for leaf in found]
        named = self._by_name([(entry, v.part, v) for _, entry, variables in known for v in variables or ()])
        any_foreign = False
        for leaf, entry, variables in known:
            foreign = self._foreign.get(id(entry))
            if foreign is not None:
                frozen = frozen_in_hdf5(foreign, era, release)
                if foreign.unplaced(form) or frozen is None:
                    return None
                tensors = in_hdf5(foreign, f"{group.name}/{leaf.name}", era, release)
                trained += tensors[: len(tensors) - frozen]
                others += tensors[len(tensors) - frozen :]
                any_foreign = True
            for variable in variables or ():
                tensor = named.get((id(entry), variable.part, variable.name))
                if tensor is None:
                    return None
                inner = StoredGroup(f"{group.name}/{leaf.name}", leaf.path, ())
                (trained if variable.trainable else others).append(self._named(form, inner, 0, variable, tensor))
        return (*trained, *others) if any_foreign else None

    def trainable(self, era: str) -> list[TensorRef | None]:
        """Return the tensors of the trainable variables in the order in which an era lists these; None for one that is
        not there.
        """
        groups = hdf5_groups(self.config, era, infer_assumed(self.config, era))
        wanted = [(*self.leaf(self.at(group.path), v.part), v) for group in groups for v in group.variables]
        named = self._by_name(wanted)
        return [named.get((id(leaf), part, v.name)) for leaf, part, v in wanted if v.trainable]

    def _by_name(self, wanted: list[tuple[Any, str, Variable]]) -> dict[tuple[int, str, str], TensorRef]:
        """Return the tensors by the layer, part and name of the variables that they become.

        Where a layer's variables have other names (Keras 1 calls a kernel W), they follow each other in the same order.
        """
        by_leaf: dict[int, list[Key]] = {}
        for leaf, part, variable in wanted:
            self._kept[id(leaf)] = leaf
            by_leaf.setdefault(id(leaf), []).append((part, variable.name))
        found: dict[tuple[int, str, str], TensorRef] = {}
        for key, names in by_leaf.items():
            held = self._held.get(key, {})
            if len(held) == len(names) and not set(names) <= set(held):
                held = dict(zip(names, held.values(), strict=True))
            for part, name in names:
                if (part, name) in held:
                    found[key, part, name] = held[part, name]
        return found

    def _named(self, form: str, group: StoredGroup, number: int, variable: Variable, tensor: TensorRef) -> TensorRef:
        from keras_doctor.document.expressions import cast, renamed

        if form in _V3:
            return renamed(tensor, str(number))
        if tensor.dtype == "bfloat16":  # HDF5 has no such type, and legacy loaders make nothing of its bytes
            tensor = cast(tensor, "float32")
        place = "/".join(word for word in (group.name, variable.part, variable.name) if word)
        return renamed(tensor, f"{place.replace('[', '_').replace(']', '')}:0")


def _facts(form: str, weights: tuple[WeightGroup, ...], provenance: Provenance) -> dict[str, Any]:
    """Return what reading the written file would tell of its weights."""
    if form in _V3:
        return {}
    return {
        "weights_complete": True,
        "weights_keras_version": provenance.keras_version,
        "weights_backend": provenance.backend,
        "weight_names": tuple(tensor.name for group in weights for tensor in group.tensors),
        "layer_names": len(weights),
    }


def is_model(entry: Any) -> bool:
    """Tell whether an entry holds layers."""
    return isinstance(entry, dict) and bool(layers_of(entry))


def layers_of(entry: Any) -> list[Any]:
    """Return the list of the layers in an entry; [] where there is none."""
    config = entry.get("config") if isinstance(entry, dict) else None
    if isinstance(config, list):
        return config
    held = config.get("layers") if isinstance(config, dict) else None
    return held if isinstance(held, list) else []


def copied(value: Any) -> Any:
    """Return a deep copy of plain JSON, with the tuples and shapes that tf.keras marks as such made lists."""
    if isinstance(value, dict):
        kind = value.get("class_name")
        if kind == "__tuple__" and "items" in value:
            return copied(value["items"])
        if kind == "TensorShape" and "items" in value:
            return copied(value["items"])
        return {key: copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copied(item) for item in value]
    return value
