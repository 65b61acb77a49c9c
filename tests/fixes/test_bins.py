"""Bins that were learned: against the bounds that TensorFlow 2.10 worked out (tools/record_bins.py)."""

from __future__ import annotations

import json
from bisect import bisect_left
from math import inf
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_doctor.document import Locus, TensorRef
from keras_doctor.fixes.bins_written import effective, learned

RECORDED = json.loads((Path(__file__).parents[1] / "data/learned-bins.json").read_text())["layers"]
SINGLE = st.floats(-4, 4, width=32) | st.integers(-2, 2).map(float)


@pytest.mark.parametrize("layer", RECORDED, ids=lambda layer: f"{layer['count']}-{len(layer['summary'][0])}")
def test_bounds_are_those_that_the_release_works_out(layer):
    data = np.array(layer["summary"], np.float32)
    summary = TensorRef("summary", "", data.shape, "float32", data.nbytes, Locus(), lambda: iter([data.tobytes()]))
    assert learned(summary, layer["count"]) == layer["bounds"]


@given(st.lists(SINGLE, max_size=8), st.lists(SINGLE, min_size=1))
def test_sorted_bounds_find_what_a_binary_search_finds_among_any(bins, numbers):
    """TensorFlow 2.5 searches in a variable, whose numbers need not be sorted; the last is infinite."""
    bins = [*bins, inf]
    bounds = effective(bins)
    assert bounds == sorted(bounds)
    for number in (*numbers, *bins):
        assert bisect_left(bounds, number) == min(bisect_left(bins, number), len(bins) - 1)
