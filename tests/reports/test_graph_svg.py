"""Where the boxes of the picture stand."""

from __future__ import annotations

import time

import pytest

from keras_doctor.reports.graph_svg import _levels


@pytest.mark.parametrize(
    ("feeds", "levels"),
    [
        ([], []),
        ([[]], [0]),
        ([[], [0], [1], [0, 2]], [0, 1, 2, 3]),
        ([[1], [2], []], [2, 1, 0]),
        ([[], [], [0, 1], [2, 0]], [0, 0, 1, 2]),
        ([[1], [0]], [0, 1]),  # a cycle
        ([[], [0, 3], [1], [2]], [0, 1, 2, 3]),  # a cycle below a box
        ([[1, 1], []], [1, 0]),  # the same producer twice
    ],
)
def test_a_box_stands_below_its_producers(feeds, levels):
    assert _levels(feeds) == levels


def test_the_order_of_the_file_costs_nothing():
    count = 50_000
    start = time.process_time()
    assert _levels([[index + 1] for index in range(count - 1)] + [[]]) == list(range(count))[::-1]
    assert time.process_time() - start < 5
