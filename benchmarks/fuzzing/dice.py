"""The random source of one input: everything about an input follows from (seed, index)."""

from __future__ import annotations

import random
from collections.abc import MutableSequence, Sequence
from typing import TypeVar

T = TypeVar("T")

# Where parsers tend to go wrong: zero, one, the ends of signed and unsigned ranges, powers of two and their neighbours.
_EDGES = {
    width: tuple(
        sorted(
            {
                value & ((1 << 8 * width) - 1)
                for bits in range(0, 8 * width + 1, 1 if width == 1 else 4)
                for value in ((1 << bits) - 1, 1 << bits, (1 << bits) + 1)
            }
            | {(1 << 8 * width) - 1, (1 << 8 * width) - 2, 1 << 8 * width - 1, (1 << 8 * width - 1) - 1}
        )
    )
    for width in (1, 2, 3, 4, 8)
}


class Dice(random.Random):
    """A seeded random source with the choices that mutations make."""

    def __init__(self, seed: int, index: int) -> None:
        super().__init__(seed << 40 | index)

    def below(self, end: int) -> int:
        """Return a number from 0 to `end` - 1; 0 for an empty range."""
        return int(self.random() * end) if end > 0 else 0

    def pick(self, values: Sequence[T]) -> T:
        """Return one of the values."""
        return values[int(self.random() * len(values))]

    def odds(self, share: float) -> bool:
        """Return True in that share of cases."""
        return self.random() < share

    def some(self, most: int = 6) -> int:
        """Return how often to do something: 1 most of the time, seldom more."""
        count = 1
        while count < most and self.random() < 0.4:
            count += 1
        return count

    def length(self, most: int) -> int:
        """Return a length from 1 to `most`, short ones as likely as long ones."""
        if most <= 1:
            return 1
        return min(most, 1 << self.below(most.bit_length())) if self.random() < 0.5 else 1 + self.below(min(most, 64))

    def edge(self, width: int, size: int, old: int) -> int:
        """Return another value for a field of `width` bytes of a file of `size` bytes."""
        roll = self.below(8)
        if roll < 3:
            value = self.pick(_EDGES[width])
        elif roll == 3:
            value = old + self.pick((-8, -2, -1, 1, 2, 8))
        elif roll == 4:
            value = old ^ 1 << self.below(8 * width)
        elif roll == 5:
            value = size + self.pick((-8, -1, 0, 1, 8))
        elif roll == 6:
            value = self.pick((old * 2, old // 2, old << 8, old >> 8, -old))
        else:
            value = self.below(size)
        return value & ((1 << 8 * width) - 1)

    def replace_one(self, values: MutableSequence[T], value: T) -> None:
        """Put `value` in place of one of `values`."""
        values[self.below(len(values))] = value
