"""`TableWalk`: names looked for in tables, as every loader did up to Keras 2.11, and as HDF5 files are still read.

`deserialize_keras_object(identifier, module_objects, custom_objects)`: the custom objects, then the table of the kind.
Sources: keras/utils/generic_utils.py of 2.0 to 2.11, tensorflow/python/keras/utils/generic_utils.py,
keras/saving/legacy/serialization.py, keras/src/legacy/saving/serialization.py.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.loaders import naming
from keras_doctor.loaders.construction import Walk, node
from keras_doctor.loaders.objects import Resolution
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition

# Layers of Keras 3 that some releases let hand on their input: `handed_on`.
_HANDING_ON = ("Equalization", "RandomGrayscale")


class TableWalk(Walk):
    """The building of a model whose classes are found by their bare names."""

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name among the custom objects, then in the table of its kind."""
        if reference.name in self.load.options.custom_objects:
            return Resolution(reference, self.api, custom=True)
        found = self.api.find(reference.name, reference.kind)
        return Resolution(reference, self.api, found, problem="" if found else "unknown")

    def before(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Build the layer that a wrapper holds, or the cell of an RNN: their `from_config` does that first."""
        for key in self.early(reference, definition):
            if key not in ("layer", "cell"):
                continue
            path = f"{reference.path}.config.{key}"
            yield from self.entry(reference.config[key], "layers", path, depth + 1, reference.name, key)

    def early(self, reference: Reference, definition: Definition) -> tuple[str, ...]:
        """Return the keywords that hold layers: `from_config` takes them out and builds them."""
        config = reference.config
        if reference.kind != "layers" or not isinstance(config, dict):
            return ()
        taken, _ = self.api.taken_before(definition)
        return tuple(key for key in ("layer", "cell") if key in taken and isinstance(config.get(key), dict))

    def model(self, reference: Reference, definition: Definition | None, depth: int) -> Iterator[Step]:
        """Build the layers of a model, in the order in which the config lists them."""
        yield Step(self.stage, ("model", f"model:{reference.name}"), subject=reference)
        handing_on = False
        for child in self.layers(reference):
            handing_on = handing_on or child.get("class_name") in _HANDING_ON
            yield from self.entry(child.value, "layers", child.path, depth + 1, reference.name, "layers")
        yield from naming.steps(self.load, reference)
        yield from naming.twice(self.load, node(reference))
        if isinstance(reference.config, dict) and "output_layers" in reference.config:
            from keras_doctor.loaders.replaying import replay

            yield from replay(self.load, node(reference))
        if handing_on:
            from keras_doctor.loaders import handed_on  # few models have such layers

            yield from handed_on.steps(self.load, node(reference))
        called, self.later = self.later, []
        yield from called

    def layers(self, reference: Reference) -> Iterator[ConfigNode]:
        """Yield the entries of a model's layers: of the bare list of Keras up to 2.2.2, too."""
        held: Any = node(reference)
        if isinstance(held.value, dict):
            held = ConfigNode(held.get("layers"), f"{held.path}.layers")
        return held.children() if isinstance(held.value, list) else iter(())
