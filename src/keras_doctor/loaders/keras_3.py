"""How Keras 3 builds a model, whatever holds its config: what archives and HDF5 files have in common.

Source: keras/src/saving/serialization_lib.py, keras/src/ops/operation.py `Operation.from_config` and
keras/src/layers/rnn/ of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders import naming, rebuilding
from keras_doctor.loaders.construction import refer
from keras_doctor.loaders.modules import ModuleWalk
from keras_doctor.loaders.tables import TableWalk
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.objects import Reference, Resolution
    from keras_doctor.releases.api import Definition

# Layers whose constructor makes the cell, with its initializers, before it looks at further keywords:
# keras/src/layers/rnn/lstm.py and its like.
_CELL_FIRST = ("LSTM", "GRU", "SimpleRNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")

_WHOLE = ("int32", "int64")


class Keras3Walk(ModuleWalk):
    """The building of a model from the config that `legacy_view.View` gives."""

    def entry(
        self, value: Any, kind: str, path: str, depth: int = 0, parent: str = "", key: str = ""
    ) -> Iterator[Step]:
        """Yield the steps for one entry: some releases want its config to be a dict before they look for the class."""
        config = value.get("config") if isinstance(value, dict) else None
        if config is not None and not isinstance(config, dict) and self.load.does("wants-configs-in-dicts"):
            reference = refer(value, kind, path, parent, key)
            if reference is not None and not reference.function and not self.by_name(reference):
                yield Step("resolve", ("config:list",), Locus(path=path), (reference, self.api))
        yield from super().entry(value, kind, path, depth, parent, key)

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name: that of a layer without a module in the table."""
        if self.by_name(reference):
            return TableWalk.resolve(self, reference)
        return super().resolve(reference)

    def by_name(self, reference: Reference) -> bool:
        """Tell whether an entry goes through `model_from_config`: a layer of a model that states no module."""
        return reference.kind == "layers" and reference.key == "layers" and not reference.modern

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

    def values(self, definition: Definition, config: dict[str, Any]) -> tuple[tuple[str, Any, tuple[object, ...]], ...]:
        """Return the keywords whose value the constructor refuses."""
        found = super().values(definition, config)
        trainable = config.get("trainable", True)
        if definition.kind == "layers" and not isinstance(trainable, bool) and self.load.does("wants-bool-trainable"):
            return (*found, ("trainable", trainable, (True, False)))
        axis = config.get("axis")
        if definition.class_name == "BatchNormalization" and isinstance(axis, list):
            return (*found, ("axis", axis, ("a whole number",)))  # batch_normalization.py: int(axis)
        dtype = config.get("dtype")
        if definition.class_name == "Hashing" and isinstance(dtype, str) and config.get("output_mode", "int") == "int":
            return found if dtype in _WHOLE else (*found, ("dtype", dtype, _WHOLE))  # hashing.py __init__
        return found

    def objects_first(self, definition: Definition) -> bool:
        """Tell whether a constructor builds the objects inside it before it refuses keywords."""
        return definition.class_name in _CELL_FIRST
