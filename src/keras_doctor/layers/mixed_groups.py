"""The group that legacy HDF5 has for a nested model in which are layers whose variables are not known.

It lists the trainable variables of all its layers, then the others: `_legacy_weights` of keras/src/saving/legacy (2.15,
3.15), `trainable_weights` of keras/engine/training.py (2.10).
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.assumed import infer_assumed
from keras_doctor.layers.models import model_layers
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.signature import Variable


@record
class Leaf:
    """A layer of a nested model that is no model itself. `path`: its place in the config; `variables`: None where they
    are not known.
    """

    name: str
    path: str
    variables: tuple[Variable, ...] | None


@record
class Share:
    """What a leaf has of a group, in order, the last `frozen` of it not trainable."""

    leaf: Leaf
    tensors: tuple[TensorRef, ...]
    frozen: int


def leaves(config: Any, era: str, path: str) -> tuple[Leaf, ...]:
    """Return the leaves of the model at a place of the config."""
    shapes = {shape.path: shape for shape in infer_assumed(config, era)}
    found = []
    for node in _leaves(ConfigNode(config).at(path)):
        name = str(node.get("name") or ConfigNode(node.get("config")).get("name") or "")
        shape = shapes.get(node.path)
        found.append(Leaf(name, node.path, shape.variables if shape is not None and shape.known else None))
    return tuple(found)


def _leaves(model: ConfigNode) -> Iterator[ConfigNode]:
    for node in model_layers(model):
        if model_layers(node):
            yield from _leaves(node)
        else:
            yield node


def shares(found: tuple[Leaf, ...], tensors: tuple[TensorRef, ...]) -> tuple[Share, ...] | None:
    """Return what of a group belongs to which leaf; None where names, order and what is known do not agree."""
    names = [leaf.name for leaf in found]
    if len(set(names)) < len(names):
        return None
    owned: dict[str, list[tuple[int, TensorRef]]] = {name: [] for name in names}
    for number, tensor in enumerate(tensors):
        owner = next((step for step in tensor.name.split("/")[:-1] if step in owned), None)
        if owner is None:
            return None
        owned[owner].append((number, tensor))
    made = []
    ends: list[int] = []  # of what comes before in the list of the trainable ones
    known = {
        number: variable.trainable
        for leaf in found
        if leaf.variables is not None
        for (number, _), variable in zip(owned[leaf.name], leaf.variables, strict=False)
    }
    frozen_from = min((number for number, trainable in known.items() if not trainable), default=len(tensors))
    for place, leaf in enumerate(found):
        own = owned[leaf.name]
        if leaf.variables is not None:
            if len(own) != len(leaf.variables) or not all(map(_fits, leaf.variables, (one for _, one in own))):
                return None
            trained = [number for (number, _), one in zip(own, leaf.variables, strict=True) if one.trainable]
        else:
            later = set(names[place + 1 :])
            following = [n for name in later for n, _ in owned[name] if known.get(n, False)]
            trained = [number for number, _ in own if number < min([frozen_from, *following])]
        if trained and ends and trained[0] < ends[-1]:
            return None
        ends += trained
        made.append(Share(leaf, tuple(one for _, one in own), len(own) - len(trained)))
    order = [tensor for share in made for tensor in share.tensors[: len(share.tensors) - share.frozen]]
    order += [tensor for share in made for tensor in share.tensors[len(share.tensors) - share.frozen :]]
    return tuple(made) if order == list(tensors) else None


def _fits(variable: Variable, tensor: TensorRef) -> bool:
    """Tell whether a tensor has the name and, as far as it is known, the shape of a variable."""
    called = tensor.name.rpartition("/")[2].partition(":")[0]
    sizes = zip(variable.shape, tensor.shape, strict=False)
    alike = len(variable.shape) == len(tensor.shape) and all(size in (None, there) for size, there in sizes)
    return alike and called == variable.name
