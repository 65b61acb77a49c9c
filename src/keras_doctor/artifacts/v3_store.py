"""The variable store of `.keras` and `.weights.h5`: groups `…/vars/0`, `…/vars/1`, one `vars` for each object that
owns variables.

Source: keras/src/saving/saving_lib.py (3.x), keras/saving/saving_lib.py (2.12 to 2.15).
"""

from __future__ import annotations

from keras_doctor.artifacts.hdf5_parts import NAMELESS, tensor, text
from keras_doctor.document.tensors import WeightGroup
from keras_doctor.records import record
from keras_doctor.wire.hdf5 import Dataset, Group

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.wire.errors import Damage, Oddity
    from keras_doctor.wire.hdf5 import File

# The top groups that the store of a model can have; the first ones decide that a file is one.
DEPENDENCIES = "_layer_checkpoint_dependencies"  # of tf.keras 2.12 to 2.14
CONTAINERS = ("layers", DEPENDENCIES, "vars", "optimizer", "metrics")
VARS = "vars"
_LOOKED_AT = 20  # groups of a level that are looked into before a file is taken for something else


@record
class Store:
    """What a store holds: `weights` of the model, `slots` of the optimizer, `metric_state`, and `facts` for dating."""

    weights: tuple[WeightGroup, ...]
    slots: tuple[TensorRef, ...]
    metric_state: tuple[TensorRef, ...]
    facts: dict[str, Any]
    damage: tuple[Damage, ...]
    oddities: tuple[Oddity, ...]


def read_store(file: File, prefix: str = "", shift: int | None = 0) -> Store:
    """Return everything that the HDF5 file of a store holds. `prefix` and `shift`: as in `hdf5_parts.tensor`."""
    groups: list[WeightGroup] = []
    slots: list[TensorRef] = []
    metrics: list[TensorRef] = []
    named: dict[str, str] = {}
    counted: set[str] = set()
    for item in file.root.walk():
        if not isinstance(item, Group) or item.path.rsplit("/", 1)[-1] != VARS:
            continue
        owner = item.path[: -len(VARS)].strip("/")
        found = _variables(item, prefix, shift)
        if item.attributes and (name := text(item, "name")) is not None:
            named[owner] = name
        top, _, below = owner.partition("/")
        if top == DEPENDENCIES:
            counted.add(below.split("/", 1)[0])
        if top == "optimizer":
            slots += found
        elif top == "metrics":
            metrics += found
        elif found:
            groups.append(WeightGroup(owner, f"{prefix}{item.path}", tuple(found)))
    facts: dict[str, Any] = {
        "v3_containers": tuple(name for name in CONTAINERS if name in file.root.links),
        "vars_have_name_attribute": bool(named),
        "object_names": named,
        "doubled_numbering": _has_gaps(counted),
        "optimizer_weight_names": tuple(slot.name for slot in slots),
    }
    return Store(tuple(groups), tuple(slots), tuple(metrics), facts, tuple(file.damage), tuple(file.oddities))


def _has_gaps(names: set[str]) -> bool:
    """Tell whether numbers are left out ("dense", "dense_2"): Keras 2.12 and 2.13 count layers with weights twice."""
    for name in names:
        base, _, number = name.rpartition("_")
        if number.isdecimal() and len(number) < 7 and int(number) > 1 and f"{base}_{int(number) - 1}" not in names:
            return True
    return False


def _variables(group: Group, prefix: str, shift: int | None) -> list[TensorRef]:
    """Return the datasets of one `vars` group: "0", "1" … in the order of the numbers, then those with names."""
    keys = sorted(group.links, key=lambda key: (0, int(key), "") if key.isdecimal() and len(key) < 10 else (1, 0, key))
    places = _nameless(group) if any(key.startswith(NAMELESS) for key in keys) else {}
    items = ((key, group.get(key)) for key in keys)
    if places:
        items = ((str(number), group.get(places.get(str(number), str(number)))) for number in range(len(keys)))
    return [tensor(item, key, prefix, shift) for key, item in items if isinstance(item, Dataset)]


def _nameless(group: Group) -> dict[str, str]:
    """Return, by the number that it had, each member whose name the file lost; {} where that is not certain.

    They stand in the order of their names, and the numbers of variables leave none out.
    """
    stored = [key for key in group.links if key.startswith(NAMELESS)]
    numbers = sorted(str(number) for number in range(len(group.links)) if str(number) not in group.links)
    return dict(zip(numbers, stored, strict=True)) if len(numbers) == len(stored) else {}


def is_store(file: File) -> bool:
    """Tell whether an HDF5 file has the layout of a store: groups `vars`, at the top, below it or two levels down."""
    root = file.root
    if "layer_names" in root.attributes or "layer_names0" in root.attributes or "model_weights" in root.links:
        return False
    return any(name in root.links for name in CONTAINERS) or _has_vars(root, 3)


def _has_vars(group: Group, levels: int) -> bool:
    """Tell whether a group `vars` lies so many levels down.

    A subclassed model's top groups are its attributes' names.
    """
    if VARS in group.links:
        return True
    inner = (group.get(name) for name in list(group.links)[:_LOOKED_AT]) if levels else ()
    return any(isinstance(item, Group) and _has_vars(item, levels - 1) for item in inner)
