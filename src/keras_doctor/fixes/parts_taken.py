"""Parts of a tensor, which Keras 3.0 and 3.1 do not read back, are taken one axis after the other.

`x[:, 1:3]` is saved with a list of slices, and those releases want a tuple. `Take` gives the same values: of each axis
its places, counted from the front. An axis whose size is open has to be taken whole.
Source: `GetItem.compute_output_spec` and `Take` of keras/src/ops/numpy.py (3.0).
"""

from __future__ import annotations

from keras_doctor.fixes.draft import layers_of
from keras_doctor.fixes.entries import Entries
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.operations import Operation, write
from keras_doctor.layers.functional import calls_of
from keras_doctor.layers.graph import infer
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.models import name_of
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.graphs import Stuck
    from keras_doctor.loaders.tracing import Step

    Part = tuple[str, dict[str, Any]]

FIX = Fix("parts-taken", ("graph:encoding",))
MOST = 4096  # places of one axis


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put operations that take from one axis each in the place of one that takes from several."""
    stuck: Stuck = step.subject
    graph = draft.at(step.where.path)
    layers = layers_of({"config": graph})
    names = frozenset(name_of(layer) for layer in layers if isinstance(layer, dict))
    shapes = {shape.path: shape.input_shapes for shape in infer(draft.config, draft.era)}
    made: list[Any] = []
    for number, layer in enumerate(layers):
        given = shapes.get(f"{step.where.path}.layers[{number}]", ())
        several = None
        if (
            isinstance(layer, dict)
            and layer.get("class_name") == "GetItem"
            and name_of(layer) in stuck.layers
            and given
        ):
            several = _taken(layer, names, given[0], target)
        if several:
            yield Change(FIX.slug, f"take the part {name_of(layer)} of a tensor axis by axis", step.where)
        made += several or [layer]
    graph["layers"] = made


def _taken(layer: dict[str, Any], names: frozenset[str], shape: Shape | None, target: Target) -> list[Any] | None:
    """Return the operations in the place of one, of which the last keeps its name; None where there are none."""
    calls = calls_of(layer, names)
    if len(calls) != 1 or shape is None or len(calls[0].args) != 2 or not isinstance(calls[0].args[0], Ref):
        return None
    keys = calls[0].args[1]
    parts = _parts(keys if isinstance(keys, list) else [keys], shape)
    if not parts:
        return None
    made: list[Any] = []
    tensor = calls[0].args[0]
    for number, (operation, values) in enumerate(parts):
        last = number == len(parts) - 1
        name = name_of(layer) if last else f"{name_of(layer)}_axis_{number}"
        entry: dict[str, Any] = {"class_name": "GetItem", "config": {}, "name": name}
        call = write(Operation(operation, tuple({"x": tensor, **values}.items())), entry, target.api)
        if call is None:
            return None
        entry["inbound_nodes"] = [{"args": [Entries.tensor(arg) for arg in call.args], "kwargs": {}}]
        made.append(entry)
        tensor = Ref(name, 0, 0)
    return made


def _parts(keys: list[Any], shape: Shape) -> list[Part] | None:
    """Return what is to be done to the axes, None where it is not known."""
    spent = sum(1 for key in keys if key is not None and key is not Ellipsis)
    if keys.count(Ellipsis) > 1 or spent > len(shape):
        return None
    rest = [Slice(None, None, None)] * (len(shape) - spent)
    place = keys.index(Ellipsis) if Ellipsis in keys else len(keys)
    sizes, axis = iter(shape), 0
    parts: list[Part] = []
    for key in [*keys[:place], *rest, *keys[place + 1 :]]:
        if key is None:
            parts.append(("numpy.ExpandDims", {"axis": axis}))
            axis += 1
            continue
        size = next(sizes)
        if isinstance(key, Slice):
            axis += 1
            if (key.start, key.stop) == (None, None) and key.step in (None, 1):
                continue
            ends = (key.start, key.stop, key.step)
            if not isinstance(size, int) or size > MOST or not all(end is None or type(end) is int for end in ends):
                return None
            places = list(range(*slice(*ends).indices(size))) if key.step != 0 else []
            if not places:
                return None
            parts.append(("numpy.Take", {"indices": places, "axis": axis - 1}))
        elif type(key) is int and isinstance(size, int) and -size <= key < size:
            parts.append(("numpy.Take", {"indices": key % size, "axis": axis}))
        else:
            return None
    return parts
