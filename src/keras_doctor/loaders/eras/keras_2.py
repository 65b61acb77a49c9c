"""Keras 2.0 to 2.3: `keras.models.load_model` of HDF5 files.

Classes are found by bare name; configs of Keras 1 are read, for decorators rename the arguments of each constructor.

Source: keras/models.py of 2.0 and 2.1, keras/engine/saving.py, sequential.py and network.py of 2.2 and 2.3,
keras/utils/generic_utils.py, keras/legacy/interfaces.py and keras/legacy/layers.py.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders import calling, graphs, training, weights_hdf5
from keras_doctor.loaders.renamed_keywords import as_built, received
from keras_doctor.loaders.tables import TableWalk
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition

_WITH_CELL = ("SimpleRNN", "GRU", "LSTM", "ConvLSTM2D")


class Keras2Walk(TableWalk):
    """The building of a model, or of what it is compiled with."""

    def keywords(self, reference: Reference, definition: Definition) -> dict[str, Any]:
        """Return the config under the names that the constructor comes to see."""
        config = super().keywords(reference, definition)
        return received(self.api, definition, config) if config else config

    def values(self, definition: Definition, config: dict[str, Any]) -> tuple[tuple[str, Any, tuple[object, ...]], ...]:
        """Return the keywords whose value is refused; that of Keras 1's `mode` is, unless it is 0."""
        found = super().values(definition, config)
        mode = config.get("mode", 0) if definition.class_name == "BatchNormalization" else 0
        if mode != 0 and "mode" in self.api.accepts(definition).popped:
            return (*found, ("mode", mode, (0,)))
        return found

    def objects_first(self, definition: Definition) -> bool:
        """Tell whether a class makes a cell of its keywords before it hands the rest on, since 2.0.9."""
        return definition.class_name in _WITH_CELL and ("layers", "RNN") in self.api.mro(definition)

    def inside(
        self, reference: Reference, definition: Definition, config: dict[str, Any], depth: int
    ) -> Iterator[Step]:
        """Yield the objects of a constructor, each where the file has it."""
        stored = reference.config if isinstance(reference.config, dict) else {}
        yield from super().inside(reference, definition, stored, depth)
        if definition.class_name == "Merge" and isinstance(stored.get("layers"), list):
            for place, entry in enumerate(stored["layers"]):
                path = f"{reference.path}.config.layers[{place}]"
                yield from self.entry(entry, "layers", path, depth + 1, reference.name, "layers")

    def model(self, reference: Reference, definition: Definition | None, depth: int) -> Iterator[Step]:
        """Build a model: a Sequential of 2.2.2 and before is the bare list of its layers."""
        listed = isinstance(reference.config, list)
        if reference.name == "Sequential" and not listed and not self.load.does("reads-sequential-dict"):
            yield Step(self.stage, ("sequential:dict",), Locus(path=reference.path), (reference, self.api))
        yield from super().model(reference, definition, depth)


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    yield from Keras2Walk(load).entry(load.document.config, "layers", "")
    config = as_built(load, load.document.config)
    shapes = graphs.shapes(load, config)
    yield from graphs.steps(load, config, shapes)
    yield from weights_hdf5.steps(load, shapes, config)
    yield from training.steps(load, Keras2Walk(load, "compile"), shapes, config)
    yield from calling.steps(load, shapes)
