"""Einsum equations: reading them, and working out sizes."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.layers.shapes import Shape

LONGEST = 200  # characters of an equation


def parse(equation: str, operands: int) -> tuple[list[str], str]:
    """Return the axis names of each operand and of the output. An ellipsis stays in them as "..."."""
    text = equation.replace(" ", "")
    left, arrow, output = text.partition("->")
    parts = left.split(",")
    if len(text) > LONGEST or len(parts) != operands:
        raise CannotInferError("its equation does not fit its operands")
    if not arrow:
        names = sorted(set(left.replace(",", "").replace(".", "")))
        output = ("..." if "..." in left else "") + "".join(name for name in names if left.count(name) == 1)
    return parts, output


def sizes_of(part: str, shape: Shape) -> tuple[dict[str, int | None], Shape]:
    """Return the size of each named axis of one operand, and the sizes under its ellipsis."""
    head, dots, tail = part.partition("...")
    hidden = len(shape) - len(head) - len(tail)
    if hidden < 0 or (hidden and not dots):
        raise CannotInferError("its equation does not fit the dimensions of its input")
    named = dict(zip(head, shape, strict=False))
    if tail:
        named.update(zip(tail, shape[len(head) + hidden :], strict=False))
    return named, shape[len(head) : len(head) + hidden]


def solve(
    operands: list[str], output: str, shape: Shape, stated: Shape, traced: bool
) -> tuple[Shape, Shape, dict[str, int | None]]:
    """Return the kernel's shape, the output's shape and the size of each output axis of an EinsumDense on an input of
    `shape`.

    `stated`: the layer's own `output_shape`, without the batch; it leaves out the axes under an ellipsis, and Keras 3
    (`traced` false) keeps what it leaves open.
    """
    named, hidden = sizes_of(operands[0], shape)
    head, dots, tail = output.partition("...")
    axes = head + tail
    batch = hidden[:1] if dots and not head else (named.get(axes[:1]),)
    full = list(batch + (hidden[1:] if dots and not head else ()) + stated + (hidden if dots and head else ()))
    first = len(hidden) if dots and not head else 0
    places = {axis: first + place for place, axis in enumerate(axes)}
    if any(place >= len(full) for place in places.values()):
        raise CannotInferError("its output shape has fewer dimensions than its equation")
    for axis, place in places.items():
        if full[place] is None and (traced or place == 0):
            full[place] = named.get(axis)
    sizes = {axis: full[place] for axis, place in places.items()}
    kernel = [named.get(axis) if sizes.get(axis) is None else sizes[axis] for axis in operands[1]]
    if traced:  # what the multiplication gives, whatever else the layer states
        full = [*(sizes[axis] for axis in head), *(hidden if dots else ()), *(sizes[axis] for axis in tail)]
    return tuple(kernel), tuple(full), sizes
