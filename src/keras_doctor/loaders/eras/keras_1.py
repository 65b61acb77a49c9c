"""Keras 1: `keras.models.load_model` of HDF5 files.

Classes are found by bare name in the namespace of a module; regularizers and constraints are dicts with a `name`. A
graph is put together in the order of the list, each layer called as soon as it is there.

Source: keras/models.py, keras/engine/topology.py (`Container.from_config`), keras/utils/layer_utils.py and
keras/utils/generic_utils.py (`get_from_module`) of 1.0 to 1.2.2.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.inbound import read_nodes, refs_in
from keras_doctor.loaders import calling, graphs, training, weights_hdf5
from keras_doctor.loaders.construction import node
from keras_doctor.loaders.eras.keras_2 import Keras2Walk
from keras_doctor.loaders.graphs import Stuck, name_of
from keras_doctor.loaders.renamed_keywords import as_built
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference, Resolution
    from keras_doctor.releases.api import Definition

_NAMED = ("regularizers", "constraints", "initializers", "optimizers")  # kinds whose entries are dicts with a name


_LOOPS = ("LSTM", "GRU", "SimpleRNN")
# Keywords of layers that behave otherwise in training, where they are more than 0 and less than 1.
_TRAINING = {
    "Dropout": ("p",), "SpatialDropout1D": ("p",), "SpatialDropout2D": ("p",), "SpatialDropout3D": ("p",),
    "GaussianDropout": ("p",), "Embedding": ("dropout",), **dict.fromkeys(_LOOPS, ("dropout_W", "dropout_U")),
}  # fmt: skip


class Keras1Walk(Keras2Walk):
    """The building of a model, or of what it is compiled with."""

    def __init__(self, load: Load, stage: str = "construct") -> None:
        super().__init__(load, stage)
        # Whether Theano has compiled nothing yet for which it imports its `ifelse`.
        self.cold = load.environment.backend == "theano" and load.does("theano-without-ifelse")

    def entry(
        self, value: Any, kind: str, path: str, depth: int = 0, parent: str = "", key: str = ""
    ) -> Iterator[Step]:
        """Yield the steps for one entry: outside of layers, `{"name": …}` with the keywords beside the name."""
        if kind in _NAMED and self.stage == "construct" and isinstance(value, dict):
            keywords = {name: one for name, one in value.items() if name != "name"}
            named = isinstance(value.get("name"), str)
            value = {"class_name": value["name"], "config": keywords} if named else {"config": keywords}
        yield from super().entry(value, kind, path, depth, parent, key)

    def built(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Yield the construction of an object; with Theano, whether it is one that asks if the model is trained."""
        yield from super().built(reference, definition, depth)
        name, config = definition.class_name, reference.config
        if not self.cold or reference.kind != "layers" or not isinstance(config, dict):
            return
        rates = [config.get(key) for key in _TRAINING.get(name, ())]
        normalizes = name == "BatchNormalization" and config.get("mode", 0) == 0
        if normalizes or name == "GaussianNoise" or any(isinstance(rate, float) and 0 < rate < 1 for rate in rates):
            self.cold = False
            yield Step("graph", ("theano:ifelse",), Locus(path=reference.path), reference)
        elif name in _LOOPS and not config.get("unroll"):
            self.cold = False

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name: `Container` is another one for a model."""
        if reference.kind == "layers" and reference.name == "Container":
            return super().resolve(replace(reference, name="Model"))
        return super().resolve(reference)

    def model(self, reference: Reference, definition: Definition | None, depth: int) -> Iterator[Step]:
        """Build a model, and its graph in the order of the list."""
        yield from super().model(reference, definition, depth)
        yield from _out_of_order(self.load, node(reference))


def _out_of_order(load: Load, model: ConfigNode) -> Iterator[Step]:
    """Yield the first layer whose call takes what a later one in the list puts out."""
    listed = model.get("layers")
    if not isinstance(listed, list) or "output_layers" not in model.value:
        return
    names = frozenset(map(name_of, listed))
    made: dict[str, int] = {}
    for entry in listed:
        if not isinstance(entry, dict):
            continue
        name = name_of(entry)
        own = entry.get("class_name") in ("InputLayer", "Sequential", "Model", "Container")
        made[name] = int(own)
        for call in read_nodes(entry, names) if entry.get("class_name") != "InputLayer" else ():
            if any(made.get(ref.layer, 0) <= ref.node for ref in refs_in([call.args, call.kwargs])):
                yield Step("graph", ("graph:order",), Locus(path=model.path), Stuck(load.api, (name,)))
                return
            made[name] += 1


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    yield from Keras1Walk(load).entry(load.document.config, "layers", "")
    config = as_built(load, load.document.config)
    shapes = graphs.shapes(load, config)
    yield from graphs.steps(load, config, shapes)
    yield from weights_hdf5.steps(load, shapes, config)
    yield from training.steps(load, Keras1Walk(load, "compile"), shapes, config)
    yield from calling.steps(load, shapes)
