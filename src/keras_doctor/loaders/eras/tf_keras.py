"""tf.keras and tf-keras: `load_model` of HDF5 files.

Every name is looked for in a table, in all releases: since 2.12 the loader of HDF5 files works inside a scope in which
`serialization_lib` hands everything to the older functions, also what states its module.

Source: tensorflow/python/keras/saving/hdf5_format.py, keras/saving/hdf5_format.py and, from 2.13 on,
keras/src/saving/legacy/hdf5_format.py; keras/saving/legacy/save.py (`in_tf_saved_model_scope=True`).
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders import calling, graphs, training, weights_hdf5
from keras_doctor.loaders.construction import refer
from keras_doctor.loaders.objects import Reference, Resolution
from keras_doctor.loaders.tables import TableWalk
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.waiting import waits_for_input
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Definition


class Hdf5Walk(TableWalk):
    """The building of a model, or of what it is compiled with."""

    def entry(
        self, value: Any, kind: str, path: str, depth: int = 0, parent: str = "", key: str = ""
    ) -> Iterator[Step]:
        """Yield the steps for one entry; some releases go through the keywords of each, and a list has none."""
        if isinstance(value, dict) and isinstance(value.get("config"), list) and self.load.does("reads-no-list"):
            reference = refer(value, kind, path, parent, key)
            if reference is not None:
                yield Step(self.stage, ("config:list",), Locus(path=path), (reference, self.api))
        yield from super().entry(value, kind, path, depth, parent, key)

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name; of optimizers, in the table of their generation."""
        return resolved(self, reference)

    def before(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Yield what comes before the constructor; the node of an operation is one that not every release parses."""
        yield from super().before(reference, definition, depth)
        if definition.class_name == "TensorFlowOpLayer" and self.load.does("parses-nodes-from-bytes"):
            node = reference.config.get("node_def") if isinstance(reference.config, dict) else None
            held = Reference("layers", "", f"{reference.path}.config.node_def", node, parent=reference.name)
            found = Resolution(held, self.api, problem="form")
            yield Step(self.stage, ("object:unresolved",), Locus(path=held.path), found)

    def refused(self, definition: Definition, config: dict[str, Any]) -> tuple[str, ...]:
        """Return the keywords that the constructor does not take: some losses are given their function only where
        archives are read.
        """
        found = super().refused(definition, config)
        if "fn" not in config or "fn" in found or not self.load.does("keeps-loss-function"):
            return found
        wrapper = any(name == "LossFunctionWrapper" for _, name in self.api.mro(definition)[1:])
        return (*found, "fn") if wrapper else found


def resolved(walk: TableWalk, reference: Reference) -> Resolution:
    """Return what the tables of tf.keras have for a name; of optimizers, that of their generation."""
    if reference.function:
        return Resolution(reference, walk.api, problem="unknown")  # "Unknown activation function: 'function'"
    if reference.kind == "optimizers" and isinstance(reference.config, dict) and reference.config:
        older = reference.config.get("is_legacy_optimizer", True)
        table = "optimizers.legacy" if older else "optimizers.new"
        if table in walk.api.tables() and reference.name not in walk.load.options.custom_objects:
            found = walk.api.find(reference.name, table)
            return Resolution(reference, walk.api, found, problem="" if found else "unknown")
    return TableWalk.resolve(walk, reference)


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    config = load.document.config
    yield from Hdf5Walk(load).entry(config, "layers", "")
    shapes = graphs.shapes(load, config)
    if waits_for_input(config):
        # Its layers have no variables yet, and nothing is called before somebody calls the model.
        shapes = tuple(one if one.known else replace(one, known=True, variables=(), reason="") for one in shapes)
    else:
        yield from graphs.steps(load, config, shapes)
    yield from weights_hdf5.steps(load, shapes)
    yield from training.steps(load, Hdf5Walk(load, "compile"), shapes, config)
    yield from calling.steps(load, shapes)
