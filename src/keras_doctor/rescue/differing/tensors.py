"""What differs in the tensors of two models, matched by layer and role."""

from __future__ import annotations

from keras_doctor.layers.stored_variables import part_path, stored_variables
from keras_doctor.records import record
from keras_doctor.rescue.differing.entries import Entry
from keras_doctor.rescue.differing.layer_pairs import holder
from keras_doctor.rescue.differing.values import OPAQUE, compared
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from keras_doctor.document.model import LayerNode, ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.rescue.differing.layer_pairs import Pair

    Roles = dict[str, TensorRef]


@record
class Tensors:
    """What differs between tensors, how many there are in both, and how many of those are equal."""

    entries: tuple[Entry, ...]
    both: int
    equal: int


def weight_entries(a: ModelDocument, b: ModelDocument, pairs: list[Pair]) -> Tensors:
    """Compare the weights. A document without a config is read with that of the other."""
    roles_a = _by_layer(a, b, {pair.a.path: pair.label for pair in pairs if pair.a is not None})
    roles_b = _by_layer(b, a, {pair.b.path: pair.label for pair in pairs if pair.b is not None})
    partners = _partners(roles_a, roles_b)
    found = []
    for label, roles in roles_a.items():
        found += [(label, *rest) for rest in _paired(roles, roles_b.pop(partners.get(label, label), {}))]
    for label, roles in roles_b.items():
        found += [(label, role, None, tensor) for role, tensor in roles.items()]
    return _compared("weights", found)


def _partners(a: dict[str, Roles], b: dict[str, Roles]) -> dict[str, str]:
    """Pair the objects that only one side knows by their names, as formats differ in how they call what the config does
    not explain: by the shapes of all their tensors, and, where several have those, by the values.
    """
    waiting: dict[tuple[tuple[int, ...], ...], list[str]] = {}
    for label, roles in b.items():
        if label not in a:
            waiting.setdefault(_shapes(roles), []).append(label)
    partners: dict[str, str] = {}
    for label, roles in a.items():
        few = waiting.get(_shapes(roles), []) if label not in b else []
        if few:
            same = (one for one in few if len(few) > 1 and _are_equal(roles, b[one]))
            partners[label] = next(same, few[0])
            few.remove(partners[label])
    return partners


def _shapes(roles: Roles) -> tuple[tuple[int, ...], ...]:
    return tuple(tensor.shape for tensor in roles.values())


def _are_equal(a: Roles, b: Roles) -> bool:
    return all(_entry("", "", "", *pair) is None for pair in zip(a.values(), b.values(), strict=True))


def state_entries(a: Sequence[TensorRef], b: Sequence[TensorRef], what: str) -> Tensors:
    """Compare the tensors of an optimizer or of metrics, which are known by their names or by their order."""
    found = [(what, *rest) for rest in _paired(_named(a), _named(b))]
    return _compared("training", found)


def _named(tensors: Iterable[TensorRef]) -> Roles:
    return {_place(tensor): tensor for tensor in tensors}


def _place(tensor: TensorRef) -> str:
    """Return where a tensor of an optimizer stands, however its format begins paths."""
    place = tensor.path.rpartition(":/")[2].lstrip("/")
    return place.removeprefix("optimizer_weights/").removesuffix(":0")


def _by_layer(document: ModelDocument, other: ModelDocument, labels: dict[str, str]) -> dict[str, Roles]:
    """Return the tensors of each layer by role: as the config has them, the others as the file calls them."""
    era = document.provenance.era
    if document.config is None and other.config is not None:
        document, era = document.changed(config=other.config), other.provenance.era
    found: dict[str, Roles] = {}
    held = set()
    parts, names = _places(document.layers, labels)
    for place, name, tensor in stored_variables(document, era) if document.config is not None else ():
        steps = place.split("/")
        length = next((n for n in range(len(steps), 0, -1) if "/".join(steps[:n]) in parts), 0)
        label = parts.get("/".join(steps[:length]), "")
        role = "/".join([*(step.lstrip("_") for step in steps[length:]), name])
        found.setdefault(label, {})[role] = tensor
        held.add(tensor.path)
    noted = document.facts.get("object_names") or {}
    for group in document.weights:
        owner = noted.get(group.owner, group.owner)
        for tensor in group.tensors:
            if tensor.path not in held:
                found.setdefault(names.get(owner, owner), {})[tensor.name.removesuffix(":0")] = tensor
    return found


def _places(layers: Iterable[LayerNode], labels: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the labels of layers by the place of their variables, and by the names of layers of the model itself."""
    parts = {part_path(layer.path): labels.get(layer.path, layer.name) for layer in layers if holder(layer) == "layers"}
    names = {layer.name: labels.get(layer.path, layer.name) for layer in layers if not layer.parent}
    return parts, names


def _paired(a: Roles, b: Roles) -> Iterator[tuple[str, TensorRef | None, TensorRef | None]]:
    """Pair tensors by role; those with other names in their order, where all of them fit so."""
    rest_a = [role for role in a if role not in b]
    rest_b = [role for role in b if role not in a]
    shapes = [[tensors[role].shape for role in rest] for tensors, rest in ((a, rest_a), (b, rest_b))]
    others = dict(zip(rest_a, rest_b, strict=True)) if shapes[0] == shapes[1] else {}
    for role, tensor in a.items():
        yield role, tensor, b.get(others.get(role, role))
    if not others:
        yield from ((role, None, b[role]) for role in rest_b)


def _compared(section: str, found: Iterable[tuple[str, str, TensorRef | None, TensorRef | None]]) -> Tensors:
    entries = []
    both = equal = 0
    for label, role, a, b in found:
        entry = _entry(section, label, role, a, b)
        both += a is not None and b is not None
        if entry is None:
            equal += 1
        else:
            entries.append(entry)
    return Tensors(tuple(entries), both, equal)


def _entry(section: str, label: str, role: str, a: TensorRef | None, b: TensorRef | None) -> Entry | None:
    """Return how two tensors differ, None when they do not. The same numbers in another dtype are a difference."""
    first, second = _shown(a), _shown(b)
    if a is None or b is None:
        return Entry(section, label, role, "only-b" if a is None else "only-a", first, second)
    if a.shape != b.shape:
        return Entry(section, label, role, "changed", first, second)
    try:
        values = compared(a, b)
    except FormatError as error:
        return Entry(section, label, role, "unreadable", first, second, note=error.what)
    if values is None and (a.dtype == b.dtype or OPAQUE in (a.dtype, b.dtype)):
        return None
    return Entry(section, label, role, "changed", first, second, values)


def _shown(tensor: TensorRef | None) -> dict[str, Any] | None:
    return None if tensor is None else {"shape": list(tensor.shape), "dtype": tensor.dtype}
