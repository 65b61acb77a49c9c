"""Which tensor is which variable where a file has no groups but only names: TensorFlow.js.

Sources: tensorflowjs/converters/keras_h5_conversion.py (4.22), which keeps the names that the weights have in HDF5
("lstm/lstm_cell/kernel") and of a `.keras` file the inner paths ("layers/dense/vars/0"), by the alphabet; and
tfjs-layers/src/engine/training.ts, getNamedWeights. Within a layer, the tensors stand in the order of its variables.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.model import walk_layers
from keras_doctor.layers.graph import infer
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.stored_order import hdf5_groups

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.signature import Variable

    # The place of a layer in the config, its variables, and the tensors that are theirs.
    Owned = tuple[str, tuple[Variable, ...], tuple[TensorRef, ...]]

_STORE = "vars"


def by_alphabet(config: Any, era: str, tensors: list[TensorRef]) -> tuple[Owned, ...]:
    """Return the layers of a model with the tensors that are theirs when the layers stand by the alphabet, as the
    converter goes through HDF5; () when a tensor then has another name or shape than the variable.

    Names alone may mislead: a layer "dense" that was built outside of its model may own "dense_1/kernel".
    """
    groups = sorted(hdf5_groups(config, era), key=lambda group: group.name.encode().split(b"/"))
    wanted = [variable for group in groups for variable in group.variables]
    if len(wanted) != len(tensors) or not all(map(_fits, wanted, tensors)):
        return ()
    rest = iter(tensors)
    return tuple((group.path, group.variables, tuple(next(rest) for _ in group.variables)) for group in groups)


def _fits(variable: Variable, tensor: TensorRef) -> bool:
    """Tell whether a tensor has the name and, as far as it is known, the shape of a variable."""
    same = tensor.path.rpartition("/")[2] == variable.name and len(variable.shape) == len(tensor.shape)
    return same and all(size in (None, there) for size, there in zip(variable.shape, tensor.shape, strict=True))


def by_layer(config: Any, era: str, tensors: list[TensorRef]) -> Iterator[Owned]:
    """Yield the layers that are no models themselves, with the tensors that have their names.

    Of layers with one name in several models, the first have the first tensors.
    """
    shapes = {shape.path: shape.variables for shape in infer(config, era)}
    leaves = [(name, path) for name, path in _leaves(ConfigNode(config)) if shapes.get(path)]
    names = {name: name for name, _ in leaves}
    places = {path: name for name, path in leaves}
    for inner in walk_layers(config):  # what a wrapper holds may stand under its own name
        around = next((path for path in _around(inner.path) if path in places), "")
        if around:
            names.setdefault(inner.name, places[around])
    held: dict[str, list[TensorRef]] = {}
    for tensor in tensors:
        held.setdefault(_owner(tensor.path, names), []).append(tensor)
    for name, path in leaves:
        count = len(shapes[path])
        own, held[name] = held.get(name, [])[:count], held.get(name, [])[count:]
        yield path, shapes[path], tuple(own)


def _around(path: str) -> Iterator[str]:
    """Yield the places around one in the config, from within."""
    while path:
        path = path.rpartition(".")[0]
        yield path


def by_store(tensors: list[TensorRef]) -> dict[str, tuple[TensorRef, ...]]:
    """Return the tensors by the inner path of the object that they belong to; {} where none has a path of a store."""
    held: dict[str, list[tuple[int, TensorRef]]] = {}
    for tensor in tensors:
        owner, _, number = tensor.path.rpartition("/")
        place, _, last = owner.rpartition("/")
        if last == _STORE and place and number.isdecimal() and number.isascii() and len(number) < 9:
            held.setdefault(place, []).append((int(number), tensor))
    return {place: tuple(tensor for _, tensor in sorted(own, key=lambda one: one[0])) for place, own in held.items()}


def _leaves(model: ConfigNode) -> Iterator[tuple[str, str]]:
    """Yield name and place of the layers of a model, and of the models in it, that are no models."""
    for node in model_layers(model):
        if model_layers(node):
            yield from _leaves(node)
        else:
            yield str(node.get("name") or ConfigNode(node.get("config")).get("name") or ""), node.path


def _owner(path: str, names: dict[str, str]) -> str:
    """Return the layer that a tensor's name speaks of: the outermost one, by the longest name (a layer's may have
    slashes).
    """
    steps = path.split("/")[:-1]
    for start in range(len(steps)):
        for stop in range(len(steps), start, -1):
            name = "/".join(steps[start:stop])
            if name in names:
                return names[name]
    return ""
