"""Tensors of a TensorFlow checkpoint, as `load_weights` of tf.keras gives them to the layers: by the names of objects.

A model's layers that own variables are its objects `layer_with_weights-0`, `-1` …. A variable of another shape raises,
and so does a checkpoint of which nothing is found; what else has no counterpart is passed over without a word. So only
what fits throughout is known to load.

Source: tensorflow/python/keras/engine/training.py `load_weights` and network.py `_layer_checkpoint_dependencies`.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.owners import Owners
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.weights_conversion import fits
from keras_doctor.loaders.weights_v3 import Misfit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.owners import Owner

_LAYER = "layer_with_weights-"
_WITH_CELL = ("SimpleRNN", "GRU", "LSTM", "ConvLSTM2D")  # whose variables belong to the cell
_HOLDERS = ("layer", "layers", "cell", "cells", "forward_layer")  # keywords of layers that hold others


def steps(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield a step where it is not known what becomes of the tensors; nothing where each has its place."""
    document = load.document
    if document.format != "tf-checkpoint" or document.damage:
        yield Step("weights", (), unexamined="tensors that are stored by their names in a graph are not compared")
        return
    stored: dict[str, dict[str, tuple[int, ...]]] = {}
    for group in document.weights:
        holder = group.owner.partition("/")[0]
        stored.setdefault(holder, {}).update({f"{group.owner}/{tensor.name}": tensor.shape for tensor in group.tensors})
    owners = [owner for owner in Owners(load, document.config, shapes).listed() if owner.variables or not owner.known]
    names = [f"{_LAYER}{number}" for number in range(len(owners))]
    raises = load.does("restores-at-once")
    if raises and owners and not set(names) & stored.keys():
        expected = tuple(variable.shape for variable in owners[0].variables)
        misfit = Misfit(load.api, names[0], owners[0].node.path, expected, None)
        yield Step("weights", ("weights:absent",), Locus(path=owners[0].node.path), misfit)
        return
    for name, owner in zip(names, owners, strict=True):
        found = stored.pop(name, {})
        where = Locus(path=owner.node.path)
        apart = _apart(owner, name, found)
        if raises and apart is not None:
            yield Step("weights", ("weights:shape",), where, Misfit(load.api, name, owner.node.path, *apart))
            return
        if not _fit(owner, name, found):
            reason = f"what the layer {owner.name[:80]} takes of the checkpoint's {name} is not known"
            yield Step("weights", (), where, unexamined=reason)
            return
    if stored:
        reason = f"the checkpoint holds {next(iter(stored))[:80]} besides, for which the model has no layer"
        yield Step("weights", (), unexamined=reason)


def _object(owner: Owner) -> str | None:
    """Return which object of a layer its variables belong to: "" for the layer; None where there are several."""
    if owner.class_name in _WITH_CELL:
        return "/cell"
    return None if any(isinstance(owner.config.get(key), (dict, list)) for key in _HOLDERS) else ""


def _fit(owner: Owner, name: str, found: dict[str, tuple[int, ...]]) -> bool:
    """Tell whether a layer takes just what is stored for it."""
    if not owner.known or (
        _object(owner) is not None and (_object(owner) == "/cell") != (f"{name}/cell/" in str(found))
    ):
        return False
    return sorted(found.values(), key=str) == sorted((variable.shape for variable in owner.variables), key=str)


def _apart(
    owner: Owner, name: str, found: dict[str, tuple[int, ...]]
) -> tuple[tuple[Shape], tuple[tuple[int, ...]]] | None:
    """Return the shapes, in the layer and in the file, of the first variable that has another one there."""
    place = _object(owner)
    if not owner.known or place is None:
        return None
    for variable in owner.variables:
        stored = found.get(f"{name}{place}/{variable.name}")
        if stored is not None and not fits(variable.shape, stored):
            return (variable.shape,), (stored,)
    return None
