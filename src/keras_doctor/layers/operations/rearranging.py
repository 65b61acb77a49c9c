"""Rearrangements in the notation of einops: "b (h w) c -> b h w c"."""

from __future__ import annotations

from keras_doctor.layers.operations.operands import Operands
from keras_doctor.layers.shapes import CannotInferError, product, read_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST = 200  # characters of a pattern


def rearrange(op: Operands) -> Any:
    """Axes split, moved and joined as the pattern says."""
    pattern = op.get("pattern")
    if not isinstance(pattern, str) or len(pattern) > LONGEST or pattern.count("->") != 1:
        raise CannotInferError("its pattern is not known")
    before, after = (_groups(side) for side in pattern.split("->"))
    shape = op.shape()
    if len(before) != len(shape):
        raise CannotInferError("its pattern does not fit its input")
    sizes: dict[str, int | None] = {}
    for group, size in zip(before, shape, strict=False):
        known = {name: read_number(op.named.get(name)) for name in group}
        open_ones = [name for name in group if known[name] is None]
        rest = product(number for number in known.values() if number is not None)
        for name in open_ones[:1]:
            known[name] = size if not rest or size is None else size // rest
        sizes.update(known)
    if any(name not in sizes for group in after for name in group):
        raise CannotInferError("its pattern puts out an axis that it does not take")
    return tuple(product(sizes[name] for name in group) for group in after)


def _groups(side: str) -> list[list[str]]:
    """Return the axes of one side of a pattern, those in brackets together."""
    groups: list[list[str]] = []
    inside = False
    for word in side.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            inside = True
            groups.append([])
        elif word == ")":
            inside = False
        elif inside:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups
