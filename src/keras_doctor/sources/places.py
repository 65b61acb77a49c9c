"""Where the variables of a user's layer stand in files: in the store of `.keras` archives under the attributes of its
code, in HDF5 one after another.

Sources: `trainable_weights` of keras/engine/base_layer.py (2.10) and of keras/src/layers/layer.py (3.15), `_save_state`
and `_save_container_state` of keras/src/saving/saving_lib.py.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.assumed import variables_anyhow
from keras_doctor.layers.stored_order import layout_of, rendered, snake_case
from keras_doctor.records import record
from keras_doctor.sources.holding import Held, Holding
from keras_doctor.sources.values import UnclearError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.shapes import Shape

    Key = tuple[object, ...]


@record
class Place:
    """Where one variable stands. `key`: which it is, the same in all releases; `path`: in the store, from the layer
    down, "" for its own, with its `number` there. `name`: as the release calls it, "" where that is not known. `shape`:
    None for sizes that do not follow from the code, and for all of them where not even their count does.
    """

    key: Key
    path: str
    number: int
    name: str
    shape: Shape | None
    trainable: bool


def places(held: Holding, era: str, release: str) -> tuple[Place, ...]:
    """Return the variables of a layer in the order in which HDF5 files of a release have them.

    Raises UnclearError where what a layer inside it owns is not known.
    """
    counts: dict[str, int] = {}
    found = []
    for key, path, name, shape, trainable in _walked(held, era, release, (), ""):
        counts[path] = counts.get(path, 0) + 1
        found.append(Place(key, path, counts[path] - 1, name, shape, trainable))
    return tuple(sorted(found, key=lambda place: not place.trainable))


def _walked(
    held: Holding, era: str, release: str, before: Key, path: str
) -> Iterator[tuple[Key, str, str, Shape | None, bool]]:
    own = sorted(enumerate(held.own), key=lambda pair: not pair[1].trainable)
    for number, variable in own:
        yield (*before, number), path, variable.name, None, variable.trainable
    spots: dict[int, tuple[str, str, Held]] = {}
    for attribute, some in held.attributes:
        counts: dict[str, int] = {}
        for one in some if isinstance(some, tuple) else (some,):
            base = snake_case(one.class_name)
            count = counts.get(base, 0)
            counts[base] = count + 1
            step = f"/{base}_{count}" if count else f"/{base}"
            spots[id(one)] = attribute, f"{attribute}{step if isinstance(some, tuple) else ''}", one
    in_time = [spots[id(one)] for one in held.tracked]
    for attribute, step, one in in_time if era == "keras-3" else spots.values():
        inner = f"{path}/{step}".lstrip("/")
        if one.own is not None:
            yield from _walked(one.own, era, release, (*before, step), inner)
            continue
        layout = layout_of(release)
        node = ConfigNode(one.entry)
        variables = variables_anyhow(one.entry, era)
        if variables is None:
            raise UnclearError(f"what {one.class_name} owns is not known")
        for number, inside in enumerate(variables):
            if "layers[" in inside.part and (layout.twice or layout.container != "layers"):
                raise UnclearError(f"how {attribute} is stored by that release is not known")
            steps = [inner, *rendered(node, inside.part, {}, layout)]
            yield (*before, step, number), "/".join(steps), inside.name, inside.shape, inside.trainable
