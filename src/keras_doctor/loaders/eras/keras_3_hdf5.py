"""Keras 3: `load_model` of HDF5 files.

A layer of a model is looked for by its bare name; what stands inside a layer (the layer of a wrapper, a cell,
initializers, a policy) is looked for as in archives, by module. Weights come before the training config.

Source: keras/src/legacy/saving/legacy_h5_format.py, saving_utils.py and serialization.py.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders import calling, graphs, training, weights_hdf5
from keras_doctor.loaders.construction import refer
from keras_doctor.loaders.keras_3 import Keras3Walk
from keras_doctor.loaders.legacy_view import View
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition

# Layers that have the names of operations on numbers, or take lists: `alike`.
_MERGING = frozenset(("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"))


class Hdf5Walk(Keras3Walk):
    """The building of a model from the config of an HDF5 file, as `View` gives it.

    `after`: by the path of a model, what stops it when its layers are put together.
    """

    def __init__(self, load: Load, stage: str = "construct", after: dict[str, Step] | None = None) -> None:
        super().__init__(load, stage)
        self.after = after or {}

    def entry(
        self, value: Any, kind: str, path: str, depth: int = 0, parent: str = "", key: str = ""
    ) -> Iterator[Step]:
        """Yield the steps for one entry: that of a layer has to be a dict of keywords."""
        if kind == "layers" and isinstance(value, dict) and not isinstance(value.get("config", {}), dict):
            reference = refer(value, kind, path, parent, key)
            if reference is not None and self.by_name(reference):
                yield Step("construct", ("config:list",), Locus(path=path), (reference, self.api))
        yield from super().entry(value, kind, path, depth, parent, key)

    def model(self, reference: Reference, definition: Definition | None, depth: int) -> Iterator[Step]:
        """Build the layers of a model and put them together."""
        yield from super().model(reference, definition, depth)
        if reference.path in self.after:
            yield self.after[reference.path]

    def by_name(self, reference: Reference) -> bool:
        """Tell whether an entry goes through `model_from_config`: the model itself does, too."""
        return super().by_name(reference) or (reference.kind == "layers" and not reference.key)


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    view = View(load)
    shapes = graphs.shapes(load, view.config)
    doubled = _doubled(load, view, shapes) if view.without_input else {}
    fatal = {path: step for path, step in doubled.items() if step.stage != "call"}
    yield from Hdf5Walk(load, after=fatal).entry(view.config, "layers", "")
    yield from graphs.steps(load, view.config, shapes)
    if any(node.class_name in _MERGING for node in load.document.layers):
        from keras_doctor.loaders import alike

        yield from alike.steps(load, view.config)
    if any("layers" in node.config or len(node.inbound) > 1 for node in load.document.layers):
        from keras_doctor.loaders import legacy_calls, shifted_calls

        yield from legacy_calls.steps(load, view.config)
        yield from shifted_calls.steps(load, view.config)
    if view.lost_axes:
        from keras_doctor.loaders.axes import lost_axes

        yield from lost_axes(load, view, shapes)
    config = view.config
    if load.does("trains-what-is-frozen"):
        from keras_doctor.loaders.thawing import thawed

        config = thawed(config)
    yield from weights_hdf5.steps(load, shapes if config is view.config else graphs.shapes(load, config), config)
    yield from _float8(load)
    yield from _opaque(load)
    yield from training.steps(load, Hdf5Walk(load, "compile"), shapes, view.config)
    yield from calling.steps(load, shapes)
    yield from (step for step in doubled.values() if step.stage == "call")


def _doubled(load: Load, view: View, shapes: tuple[LayerShape, ...]) -> dict[str, Step]:
    """Return, by the path of a model, what comes of an input shape that gets a second batch."""
    from keras_doctor.loaders import doubled_batch

    return dict(doubled_batch.steps(load, view, shapes))


def _float8(load: Load) -> Iterator[Step]:
    """Yield the layers of the model in float8 whose first array is a kernel: built from a config they begin with scales
    (keras/src/layers/core/dense.py `build`, einsum_dense.py).
    """
    policies = {node.name: node for node in load.document.layers if isinstance(node.config.get("dtype"), dict)}
    for group in load.document.weights:
        node = policies.get(group.owner)
        policy = node.config["dtype"].get("class_name") if node is not None else None
        if policy == "QuantizedFloat8DTypePolicy" and group.tensors and group.tensors[0].shape:
            yield Step("weights", ("weights:float8",), Locus(part=group.path), (load.api, group.owner))


def _opaque(load: Load) -> Iterator[Step]:
    """Yield the first tensor whose type HDF5 has no name for: it comes as bytes, which no variable takes."""
    for tensor in load.document.tensors():
        if tensor.dtype == "opaque":
            yield Step("weights", ("weights:opaque",), Locus(part=tensor.path), (load.api, tensor.name))
            return
