"""Chunks that inflate far beyond what they store."""

from __future__ import annotations

import io

import h5py
import numpy as np
import pytest

from keras_doctor.wire.errors import LimitExceeded
from keras_doctor.wire.hdf5 import File
from keras_doctor.wire.source import BytesSource


def dataset(values, **options):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("x", data=values, **options)
    return File(BytesSource(buffer.getvalue())).get("x")


def test_one_large_chunk_of_nothing_is_refused_before_it_is_inflated():
    found = dataset(np.zeros(24 << 20, "u1"), chunks=(24 << 20,), compression="gzip")
    with pytest.raises(LimitExceeded):
        found.read()


def test_zeros_in_ordinary_chunks_are_read():
    found = dataset(np.zeros(20 << 20, "u1"), chunks=(1 << 20,), compression="gzip")
    assert found.read() == bytes(20 << 20)


def test_one_large_chunk_of_something_is_read():
    values = np.random.default_rng(1).integers(0, 4, 17 << 20, dtype="u1")
    assert dataset(values, chunks=(17 << 20,), compression="gzip", compression_opts=1).read() == values.tobytes()
