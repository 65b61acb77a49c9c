"""tf.keras 2.12 to 2.15 and tf-keras: `load_model` of `.keras` archives.

Only the model itself, and what it is compiled with, are looked for by module. What stands inside goes through the
`deserialize` of its kind, which has a table: 2.12 hands all of it to the older functions; from 2.13 on a class is taken
from the table whatever its module says, except that one whose module is null is refused. The model is compiled before
it gets its variables; the first layer whose variables do not fit stops the load.

Source: keras/saving/saving_lib.py and serialization_lib.py of 2.12, keras/src/saving/saving_lib.py and
serialization_lib.py of 2.13 to 2.15, tf_keras/src/saving.
"""

from __future__ import annotations

from keras_doctor.loaders import calling, compile_config, graphs, weights_v3
from keras_doctor.loaders.eras.tf_keras import resolved
from keras_doctor.loaders.modules import ModuleWalk
from keras_doctor.loaders.objects import Built, Resolution
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.waiting import output_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference


class ArchiveWalk(ModuleWalk):
    """The building of a model from the config of an archive, or of what it is compiled with."""

    def resolve(self, reference: Reference) -> Resolution:
        """Look for a name: by module where nothing holds the object, else in the table of its kind."""
        if not reference.parent:
            return super().resolve(reference)
        if not self.load.does("tables-take-modules"):
            return resolved(self, reference)
        found = self.given(reference)
        if found is not None:
            return found
        if reference.function:
            definition = self.api.find(reference.name, reference.kind)
            return Resolution(reference, self.api, definition, problem="" if definition else "unknown")
        if reference.modern and reference.module is None:
            return Resolution(reference, self.api, problem="unlocated")
        return resolved(self, reference)


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    config = load.document.config
    yield from ArchiveWalk(load).entry(config, "layers", "")
    shapes = graphs.shapes(load, config)
    yield from graphs.steps(load, config, shapes)
    optimizers: list[Built] = []
    for step in compile_config.steps(load, ArchiveWalk(load, "compile"), optimizers):
        yield step
        if load.does("builds-every-optimizer") and _unbuildable(load, step.subject):
            yield Step("compile", ("optimizer:unbuildable",), step.where, step.subject)
    yield from weights_v3.steps(load, shapes)
    yield from weights_v3.optimizer(load, optimizers, shapes, config)
    yield from calling.steps(load, shapes)


def _unbuildable(load: Load, made: object) -> bool:
    """Tell whether the model gets ready an optimizer of the older kind: once it knows its inputs."""
    if not isinstance(made, Built) or made.reference.parent or not output_names(load.document.config):
        return False
    return any(name.partition("~")[0] == "OptimizerV2" for _, name in load.api.mro(made.definition))
