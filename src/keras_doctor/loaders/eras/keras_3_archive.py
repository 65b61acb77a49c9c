"""Keras 3: `load_model` of `.keras` archives and folders.

The config is deserialized with everything in it, a model's graph is put together with the model, the model is compiled,
and the variables come last: a layer whose variables are not there is told of at the end, with all others.

Source: keras/src/saving/saving_lib.py and serialization_lib.py of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.loaders import calling, compile_config, graphs, naming, rebuilding, weights_v3
from keras_doctor.loaders.legacy_entries import keywords as legacy_keywords
from keras_doctor.loaders.modules import ModuleWalk
from keras_doctor.loaders.tables import TableWalk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference, Resolution
    from keras_doctor.loaders.tracing import Step
    from keras_doctor.releases.api import Definition

# Layers whose constructor makes the cell, with its initializers, before it looks at further keywords:
# keras/src/layers/rnn/lstm.py and its like.
_CELL_FIRST = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")


class ArchiveWalk(ModuleWalk):
    """The building of a model from the config of an archive."""

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name: a layer of a model that states no module is looked for as in HDF5 files."""
        if _is_legacy(reference):
            return TableWalk.resolve(self, reference)
        return super().resolve(reference)

    def keywords(self, reference: Reference, definition: Definition) -> dict[str, Any]:
        """Return the config as the class gets it."""
        config = super().keywords(reference, definition)
        return legacy_keywords(config, definition) if _is_legacy(reference) else config

    def before(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Yield what comes before the constructor: the layer's dtype policy, the layer that a wrapper holds."""
        if "dtype" in self.early(reference, definition):
            path = f"{reference.path}.config.dtype"
            yield from self.entry(reference.config["dtype"], "policies", path, depth + 1, reference.name, "dtype")
        yield from super().before(reference, definition, depth)

    def early(self, reference: Reference, definition: Definition) -> tuple[str, ...]:
        """Return the keywords whose objects are built before the constructor runs."""
        found = super().early(reference, definition)
        config = reference.config
        policy = isinstance(config, dict) and isinstance(config.get("dtype"), dict)
        if policy and reference.kind == "layers" and self.load.does("policy-before-keywords"):
            return (*found, "dtype")
        return found

    def built(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Yield the construction of an object."""
        if reference.kind == "layers":
            yield from naming.steps(self.load, reference)
        yield from super().built(reference, definition, depth)
        if reference.kind == "layers":
            yield from rebuilding.steps(self.load, reference, definition)

    def objects_first(self, definition: Definition) -> bool:
        """Tell whether a constructor builds the objects inside it before it refuses keywords."""
        return definition.class_name in _CELL_FIRST


def _is_legacy(reference: Reference) -> bool:
    """Tell whether an entry is a layer of a model without a module, as tf.keras wrote them into archives."""
    return reference.kind == "layers" and reference.key == "layers" and not reference.modern


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    config = load.document.config
    yield from ArchiveWalk(load).entry(config, "layers", "")
    shapes = graphs.shapes(load, config)
    yield from graphs.steps(load, config, shapes)
    yield from compile_config.steps(load, ArchiveWalk(load, "compile"))
    yield from weights_v3.steps(load, shapes)
    yield from calling.steps(load, shapes)
