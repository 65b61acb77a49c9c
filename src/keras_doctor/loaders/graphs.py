"""A whole model once it is there: which variables each layer comes to own, and which layers no release can call on what
comes in. `replaying` follows the nodes of one functional model before.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.graph import infer
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

# The era in whose way a line of releases infers shapes and makes variables.
ERA_OF_LINE = {
    "keras-1": "keras-1", "keras-2": "keras-2", "tensorflow": "tf.keras", "keras-2.6": "tf.keras",
    "tf-keras": "tf.keras-v3", "keras-3": "keras-3",
}  # fmt: skip
GRAPHS = ("Functional", "Model")
FUNCTIONS = ("TFOpLambda", "SlicingOpLambda")  # layers of functions of TensorFlow


@record
class Stuck:
    """A graph that cannot be put together.

    `layers`: names of the layers that are concerned. `hangs`: the loader tries for ever instead of saying so.
    """

    api: Api
    layers: tuple[str, ...] = ()
    hangs: bool = False


@record
class Inferred:
    """A layer whose shapes do not follow, and why."""

    api: Api
    name: str
    class_name: str
    reason: str


def era_of(load: Load) -> str:
    """Return the era in whose way the release of a load makes layers."""
    era = ERA_OF_LINE.get(load.api.line, "keras-3")
    return "tf.keras-v3" if era == "tf.keras" and load.reader == "keras-v3" else era


def shapes(load: Load, config: Any) -> tuple[LayerShape, ...]:
    """Return what every layer of `config` owns and puts out when the release builds it.

    `config` is the model's config as the loader makes use of it, with what it adds and converts.
    """
    era = era_of(load)
    for known, known_era, found in _latest:
        if known is config and known_era == era:
            return found
    found = infer(config, era)
    _latest.insert(0, (config, era, found))
    del _latest[2:]
    return found


_BY_PLACE = ("PReLU", "SReLU", "ParametricSoftplus")
_RESIZING = ("UpSampling2D", "Resizing")

# The configs that were followed last, with their eras and what was found: one file is often judged for many releases.
_latest: list[tuple[Any, str, tuple[LayerShape, ...]]] = []


def steps(load: Load, config: Any, inferred: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield what happens when the layers are called one after the other: stage "graph"."""
    told: set[tuple[str, bool]] = set()
    root = ConfigNode(config)
    if not load.document.weights and _never_called(root, inferred):
        return  # nothing was built when it was saved: layers are built by the first call, whatever comes in
    if load.environment.backend == "torch" and load.does("names-torch-parameters-by-path"):
        yield from _dotted(load, root, inferred)
    if load.api.line == "keras-3":
        yield from _interpolated(load, inferred)
        if any(node.class_name in ("Sequential", *GRAPHS) for node in load.document.layers):
            from keras_doctor.loaders import declared_inputs  # few models hold others

            yield from declared_inputs.steps(load, root, inferred)
    if load.api.line in ("keras-1", "keras-2") or load.does("multiplies-matrices"):
        from keras_doctor.loaders import refused_calls  # the oldest releases alone

        yield from refused_calls.steps(load, root, inferred)
    if load.api.line != "keras-3" and any(node.class_name in FUNCTIONS for node in load.document.layers):
        from keras_doctor.loaders import op_symbols

        yield from op_symbols.steps(load)
    equal = load.does("wants-equal-query-and-value")
    for shape in inferred:
        if equal and shape.known:
            yield from _unequal(load, root, shape)
        if shape.known:
            yield from _open(load, root, shape)
        if (shape.known and not shape.impossible) or (shape.reason, shape.impossible) in told:
            continue
        told.add((shape.reason, shape.impossible))
        where = Locus(path=shape.path)
        entry = root.at(shape.path)
        subject = Inferred(load.api, name_of(entry.value), str(entry.get("class_name")), shape.reason)
        if shape.impossible:
            yield Step("graph", ("graph:impossible",), where, subject)
        else:
            yield Step(
                "graph", ("graph:unknown",), where, subject, f"{subject.name[:60] or shape.path}: {shape.reason}"
            )
    if any(node.class_name == "Masking" or node.config.get("mask_zero") for node in load.document.layers):
        from keras_doctor.loaders import masks_refused  # few models mask

        yield from masks_refused.steps(load, config, inferred)
    if load.api.line != "keras-3":
        from keras_doctor.loaders import refused_layers

        yield from refused_layers.steps(load)


def _interpolated(load: Load, inferred: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the layers that resize in a way which the backend does not have: they raise when they are called."""
    resizing = [node for node in load.document.layers if node.class_name in _RESIZING]
    if not resizing:
        return
    from keras_doctor.releases.semantics import Semantics  # few models resize

    called = {shape.path for shape in inferred if shape.calls}
    for node in resizing:
        if node.path not in called:
            continue
        backend = load.environment.backend or "tensorflow"
        known = Semantics(load.api.library, load.api.version, backend).get("interpolations").split()
        way = node.config.get("interpolation")
        if isinstance(way, str) and way.lower() not in known:
            reason = (
                f"its interpolation {way[:40]!r} is none of {', '.join(known)}, which are what it has with {backend}"
            )
            subject = Inferred(load.api, node.name, node.class_name, reason)
            yield Step("graph", ("graph:impossible",), Locus(path=node.path), subject)


def _open(load: Load, root: ConfigNode, shape: LayerShape) -> Iterator[Step]:
    """Yield a layer with a number for each place, of which the input does not say how many: no release builds it."""
    entry = root.at(shape.path)
    if str(entry.get("class_name")) not in _BY_PLACE:
        return
    for variable in shape.variables:
        axes = [str(axis) for axis, size in enumerate(variable.shape, 1) if size is None]
        if axes:
            reason = (
                f"its {variable.name} holds a number for each place, and the size of axis {' and '.join(axes)} of its "
                "input is open; shared_axes does not name it"
            )
            subject = Inferred(load.api, name_of(entry.value), str(entry.get("class_name")), reason)
            yield Step("graph", ("graph:impossible",), Locus(path=shape.path), subject)
            return


def _unequal(load: Load, root: ConfigNode, shape: LayerShape) -> Iterator[Step]:
    """Yield an attention layer whose query and value have other sizes, which some releases refuse."""
    query, value = (*shape.input_shapes, None, None)[:2]
    if not query or not value or query[-1] == value[-1]:
        return
    entry = root.at(shape.path)
    if entry.get("class_name") == "MultiHeadAttention":
        reason = f"its query and its value have vectors of different sizes, {query[-1]} and {value[-1]}"
        subject = Inferred(load.api, name_of(entry.value), "MultiHeadAttention", reason)
        yield Step("graph", ("graph:impossible",), Locus(path=shape.path), subject)


def _never_called(root: ConfigNode, inferred: tuple[LayerShape, ...]) -> bool:
    """Tell whether a model is a Sequential of which nobody knows what goes in."""
    if root.get("class_name") != "Sequential" or not inferred:
        return False
    return inferred[0].input_shapes == (None,) and not inferred[0].known


def _dotted(load: Load, root: ConfigNode, inferred: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the layers with variables that PyTorch lets nobody name so. A functional model names no variables."""
    for shape in inferred:
        if shape.variables:
            entry = root.at(shape.path)
            name = name_of(entry.value)
            if "." in name and entry.get("class_name") not in GRAPHS:
                yield Step("graph", ("name:dotted",), Locus(path=shape.path), (load.api, name))


def name_of(entry: Any) -> str:
    """Return the name by which a graph knows a layer."""
    if not isinstance(entry, dict):
        return ""
    config = entry.get("config")
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return name if isinstance(name, str) else ""
