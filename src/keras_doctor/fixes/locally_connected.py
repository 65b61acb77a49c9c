"""LocallyConnected1D and 2D, which Keras 3 has not, become layers that compute the same sums.

A convolution whose kernel is the identity lays each patch out as one vector, exactly; an EinsumDense multiplies each
vector with the weights of its own place, from however the layer kept them (`implementation` 1, 2 or 3). Padding is
written down as zeros, and channels that come first are turned to the end on the way in. For a release that has the
layer, but none of its implementations, the kernel is laid out as the first one has it.
Sources: keras/layers/locally_connected/*.py (2.10), `local_conv` of keras/backend.py, which lays patches out by row,
column, channel; `bias_add` there, which reads the bias as it lies, though it is kept with its filters last.
"""

from __future__ import annotations

import struct
from math import prod

from keras_doctor.document.expressions import constant, reshape
from keras_doctor.fixes.fix import EXACT, LOSSY, Change, Fix
from keras_doctor.fixes.local_kernels import Layout, as_matrices, by_place, side
from keras_doctor.fixes.parts import Owned
from keras_doctor.fixes.sequences import become_sequence
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.objects import Built, Resolution
    from keras_doctor.loaders.tracing import Step

FIX = Fix("locally-connected", ("object:unresolved", "keyword:refused"))
# Class → what multiplies patches of (batch, places…, patch) with the weights: filters last, and first.
_CLASSES = {
    "LocallyConnected1D": ("blp,lpf->blf", "blp,lpf->bfl"),
    "LocallyConnected2D": ("brcp,rcpf->brcf", "brcp,rcpf->bfrc"),
}
MOST = 4096  # values in a patch: the identity has the square of that
_CONSTRAINTS = ("kernel_constraint", "bias_constraint")
_BY_ITSELF = ("NonNeg", "NonNegative", "non_neg")  # constraints that look at each value by itself


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the layers in the place of one, or the kernel in the layout that the target's has."""
    found: Resolution | Built = step.subject
    name, path = found.reference.name, found.reference.path
    if found.reference.kind != "layers" or name not in _CLASSES:
        return
    entry = draft.at(path)
    try:
        owned = Owned(draft, entry)
    except LookupError:
        return
    kernel = owned.tensors.get(("", "kernel"))
    shape = next((s for s in infer(draft.config, draft.era) if s.path == path), None)
    given = shape.input_shapes[0] if shape is not None and shape.input_shapes else None
    layout = _layout(entry["config"], given)
    if kernel is None or given is None or layout is None or layout.stored != kernel.shape:
        return
    own = str(entry["config"].get("name", "local"))
    if "keyword:refused" in step.tags:
        if "implementation" in step.subject.refused and entry["config"].get("padding", "valid") == "valid":
            entry["config"].pop("implementation")
            owned.keep({**owned.tensors, ("", "kernel"): as_matrices(kernel, layout)})
            yield Change(FIX.slug, f"lay the kernel of {own} out by place", step.where)
    elif target.api.find("EinsumDense", "layers") is not None and prod(layout.window) * layout.channels <= MOST:
        lost = " and ".join(_replace(draft, owned, layout, given, target))
        note = f"training goes on without its {lost}, which knows of the axes of the kernel" if lost else ""
        message = f"make the {name} {own} of a convolution that lays out patches and an EinsumDense"
        yield Change(FIX.slug, message, step.where, LOSSY if lost else EXACT, note)


def _layout(config: dict[str, Any], given: Shape | None) -> Layout | None:
    """Return how a layer keeps its kernel; None where that is not known."""
    first = config.get("data_format") == "channels_first"
    filters, implementation = config.get("filters"), config.get("implementation", 1)
    padding = config.get("padding", "valid")
    if given is None or len(given) < 3 or padding not in ("valid", "same") or implementation not in (1, 2, 3):
        return None
    lengths, channels = (given[2:], given[1]) if first else (given[1:-1], given[-1])
    sizes, steps = _each(config.get("kernel_size"), lengths), _each(config.get("strides", 1), lengths)
    if not len(sizes) == len(steps) == len(lengths):
        return None
    if type(channels) is not int or type(filters) is not int:
        return None
    sides = tuple(one for each in zip(lengths, sizes, steps, strict=True) if (one := side(*each, padding)) is not None)
    return Layout(implementation, sides, channels, filters, first) if len(sides) == len(lengths) else None


def _each(value: Any, lengths: Shape) -> list[Any]:
    """Return a value for each side."""
    return value if isinstance(value, list) else [value] * len(lengths)


def _replace(draft: Draft, owned: Owned, layout: Layout, given: Shape, target: Target) -> list[str]:
    """Make the layer a Sequential; return the keywords that are lost by that."""
    config, tensors, rank = owned.entry["config"], owned.tensors, len(layout.sides)
    own = str(config.get("name", "local"))
    layers: list[tuple[str, dict[str, Any], dict[str, TensorRef]]] = []
    if layout.first:
        layers.append(("Permute", {"name": f"{own}_to_last", "dims": [*range(2, rank + 2), 1]}, {}))
    if any(one.before or one.after for one in layout.sides):
        pads = [[one.before, one.after] for one in layout.sides]
        around = {"name": f"{own}_padded", "padding": pads if rank > 1 else pads[0]}
        layers.append((f"ZeroPadding{rank}D", around, {}))
    count = prod(layout.window) * layout.channels
    patches = {
        "name": f"{own}_patches", "trainable": False, "filters": count, "kernel_size": [*layout.window],
        "strides": [one.step for one in layout.sides], "padding": "valid", "use_bias": False,
    }  # fmt: skip
    equation = _CLASSES[owned.entry["class_name"]][layout.first]
    out = equation.rpartition(">")[2][1:]
    kernel, bias = by_place(tensors["", "kernel"], layout), tensors.get(("", "bias"))
    size = [layout.filters, *layout.places] if layout.first else [*layout.places, layout.filters]
    sums = {
        "name": f"{own}_sums", "equation": equation, "output_shape": size,
        "activation": config.get("activation", "linear"), "bias_axes": out if bias is not None else None,
    }  # fmt: skip
    held: dict[str, TensorRef] = {"kernel": reshape(kernel, (*layout.places, count, layout.filters))}
    if bias is not None:
        held["bias"] = reshape(bias, size)
    lost = []
    for key in ("kernel_regularizer", "bias_regularizer", "activity_regularizer", *_CONSTRAINTS):
        told, what = config.get(key), key.partition("_")[0]
        moved = what in held and held[what].shape != tensors["", what].shape
        if told is not None and key in _CONSTRAINTS and moved and _name_of(told) not in _BY_ITSELF:
            lost.append(key)
        elif told is not None:
            sums[key] = told
    identity = _identity(layout.window, layout.channels)
    layers += [(f"Conv{rank}D", patches, {"kernel": identity}), ("EinsumDense", sums, held)]
    become_sequence(draft, owned, layers, given, target)
    return lost


def _name_of(value: Any) -> str:
    """Return the class of a serialized object."""
    return str(value.get("class_name") if isinstance(value, dict) else value)


def _identity(sizes: tuple[int, ...], channels: int) -> Any:
    """Return a kernel that copies each value of a patch to a channel of its own: the identity, as float32."""
    count = channels
    for size in sizes:
        count *= size
    one, zero = struct.pack("<f", 1.0), struct.pack("<f", 0.0)
    rows = (zero * number + one + zero * (count - number - 1) for number in range(count))
    return constant("kernel", (*sizes, channels, count), "float32", b"".join(rows))
