"""What a loader makes of the optimizer's variables in a file: whether they are those that the optimizer has there.

An optimizer's variables have no names that count: they are taken one after the other.

Sources: `set_weights` of keras/optimizers.py (1.0 to 2.3), optimizer_v2.py and optimizer.py (tf.keras); `load_model` of
keras/models.py and keras/engine/saving.py, `load_model_from_hdf5` of keras/saving/hdf5_format.py and
keras/src/legacy/saving/legacy_h5_format.py; `load_own_variables` of keras/src/optimizers/base_optimizer.py.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.optimizers import state_variables
from keras_doctor.loaders.objects import Built
from keras_doctor.loaders.owners import Owners
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.waiting import waits_for_input
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.optimizers import Shape, StateVariable
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api, Definition

_UNCOUNTED = ("RMSprop", "Adagrad", "Adadelta")  # which Keras up to 2.2 saved without their iterations

_DIGITS = 9  # of a variable's number: Python reads thousands of digits no more


@record
class StateMisfit:
    """Variables in the file that are not those of the optimizer which the release makes.

    `expected` and `found`: shapes, in order. `raises`: the release stops there; else it warns, and
    training starts afresh.
    """

    api: Api
    optimizer: str
    expected: tuple[Shape, ...]
    found: tuple[Shape, ...]
    raises: bool = False


def generation_of(api: Api, definition: Definition) -> str:
    """Return to which generation of optimizers a class belongs, as `layers.optimizers` calls them; "" for no class."""
    if definition.kind == "functions":
        return ""
    if api.line == "keras-3":
        return "keras-3"
    bases = {name.partition("~")[0] for _, name in api.mro(definition)}
    if "OptimizerV2" in bases:
        return "v2"
    return "v3" if "_BaseOptimizer" in bases else "v1"


def stated(api: Api, entry: Any) -> Definition | None:
    """Return the class of the optimizer that an entry of a training config states; None where it is not known.

    Entries of archives state its module, and mean what that has under the name.
    """
    config = entry.get("config") if isinstance(entry, dict) else None
    name = entry.get("class_name") if isinstance(entry, dict) else entry
    if not isinstance(name, str):
        return None
    module = entry.get("module") if isinstance(entry, dict) else None
    definition = api.definition(module, name) if isinstance(module, str) else None
    if definition is not None:
        return definition
    older = not isinstance(config, dict) or config.get("is_legacy_optimizer", True)
    table = "optimizers.legacy" if older and config else "optimizers.new"
    found = api.find(name, table if table in api.tables() else "optimizers")
    return found or api.definition("keras.optimizers", name)


def in_hdf5(load: Load, compiling: Iterator[Step], shapes: tuple[LayerShape, ...], config: Any) -> Iterator[Step]:
    """Yield the steps of compiling, and what comes of the variables in an HDF5 file. `config`: the model's, as the
    release builds it.
    """
    made = None
    for step in compiling:
        made = _optimizer(step) or made
        yield step
    expected = _expected(load, made, shapes, config)
    if made is None or expected is None:
        return
    found = _forgiven(load, made, tuple(slot.shape for slot in load.document.training.slots), len(expected))
    wanted = tuple(variable.shape for variable in expected)
    counts = load.does("counts-optimizer-variables") and generation_of(load.api, made.definition) != "v3"
    sorts = load.does("sorts-trainable-weights")  # by names, which are not known here
    uneven = len(wanted) != len(found)
    differ = not _fit(wanted, found) if not sorts else not uneven and _multiset(wanted) != _multiset(found)
    if differ or (uneven and counts):
        raises = load.does("stops-at-optimizer-state") and not uneven
        name = made.definition.class_name
        where = Locus(part="optimizer_weights")
        yield Step("compile", ("optimizer:misfit",), where, StateMisfit(load.api, name, wanted, found, raises))


def in_archive(load: Load, made: Built, shapes: tuple[LayerShape, ...], config: Any) -> Iterator[Step]:
    """Yield what comes of the variables in the store of an archive, for the optimizer that compiling made."""
    slots = in_store(load.document.training.slots)
    expected = _expected(load, made, shapes, config)
    if expected is None or generation_of(load.api, made.definition) not in ("v3", "keras-3"):
        return
    wanted, found = tuple(variable.shape for variable in expected), tuple(slot.shape for slot in slots)
    if not any(found):  # it was saved before it was trained
        return
    even = len(wanted) == len(found)
    if not even or not _fit(wanted, found):
        subject = StateMisfit(load.api, made.definition.class_name, wanted, found, raises=even)
        yield Step("weights", ("optimizer:misfit",), Locus(part="optimizer/vars"), subject)


def in_store(slots: tuple[TensorRef, ...]) -> tuple[TensorRef, ...]:
    """Return the variables of the optimizer itself in a v3 store, in its order: their names are numbers."""
    numbered = [slot for slot in slots if slot.name.isdecimal() and len(slot.name) <= _DIGITS]
    own = [slot for slot in numbered if _place(slot).endswith("optimizer/vars")]
    outer = [slot for slot in own if not _place(slot).endswith("inner_optimizer/vars")]
    return tuple(sorted(outer, key=lambda slot: int(slot.name)))


def _place(slot: TensorRef) -> str:
    return slot.path.rpartition("/")[0]


def trainable_shapes(load: Load, config: Any, shapes: tuple[LayerShape, ...]) -> tuple[Shape, ...] | None:
    """Return the shapes of a model's trainable variables, in the order in which the release lists them; None when they
    are not known.
    """
    if waits_for_input(config) or not model_layers(ConfigNode(config)):  # layers that the code of a model makes
        return None
    found: list[Shape] = []
    for owner in Owners(load, config, shapes).listed():
        if not owner.known or owner.class_name == "Merge":
            return None
        found += [variable.shape for variable in owner.variables if variable.trainable]
    return tuple(found)


def _expected(
    load: Load, made: Built | None, shapes: tuple[LayerShape, ...], config: Any
) -> tuple[StateVariable, ...] | None:
    """Return the variables of the optimizer that the release makes; None when they are not known."""
    if made is None:
        return None
    trainable = trainable_shapes(load, config, shapes)
    held = config.get("config") if isinstance(config, dict) else None
    if trainable is None or (isinstance(held, dict) and "mixed_float16" in str(held.get("dtype"))):
        return None  # a policy that has the optimizer wrapped
    generation = generation_of(load.api, made.definition)
    return state_variables(generation, made.definition.class_name, made.config, trainable, load.does)


def _optimizer(step: Step) -> Built | None:
    """Return the optimizer that a step makes; None for other steps, and for what stands inside one."""
    made = step.subject
    outermost = isinstance(made, Built) and made.reference.kind == "optimizers" and not made.reference.parent
    return made if outermost else None


def _forgiven(load: Load, made: Built, found: tuple[Shape, ...], wanted: int) -> tuple[Shape, ...]:
    """Return the shapes as `set_weights` of a class takes them: some know how older releases saved theirs."""
    name, generation = made.definition.class_name, generation_of(load.api, made.definition)
    newer = generation == "v2" or (generation == "v1" and load.does("counts-every-step"))
    if newer and name in _UNCOUNTED and wanted == len(found) + 1:
        return ((), *found)
    if newer and generation == "v1" and name == "Nadam" and wanted == len(found) + 1:
        return (*found[:1], (), *found[1:])
    if generation == "v2" and name == "Adam" and len(found) == 3 * ((wanted - 1) // 2) + 1:
        return found[:wanted]
    return found


def _multiset(shapes: tuple[Shape, ...]) -> list[list[int]]:
    return sorted([-1 if size is None else size for size in shape] for shape in shapes)


def _fit(wanted: tuple[Shape, ...], found: tuple[Shape, ...]) -> bool:
    """Tell whether shapes agree as far as both lists go; None stands for any size."""
    return all(
        len(one) == len(other) and all(size is None or size == held for size, held in zip(one, other, strict=True))
        for one, other in zip(wanted, found, strict=False)
    )
