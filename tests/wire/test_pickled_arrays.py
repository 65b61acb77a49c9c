"""Arrays inside pickles, against NumPy, which wrote them; and pickles that are more than arrays."""

from __future__ import annotations

import io
import os
import pickle

import numpy as np
import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.pickled_arrays import arrays, read
from keras_doctor.wire.source import BytesSource

ARRAYS = {
    "0": np.arange(12, dtype="f4").reshape(3, 4),
    "1": np.asfortranarray(np.arange(6, dtype="i8").reshape(2, 3)),
    "2": np.array(2.5),
    "3": np.ones((2, 2), dtype=">f4"),
    "4": np.zeros((0, 3), dtype="f2"),
    "5": np.zeros(100_000, dtype="u1"),
}


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("wrapped", [True, False])
def test_what_numpy_pickles_is_read(protocol, wrapped):
    value = np.asanyarray(ARRAYS) if wrapped else ARRAYS
    data = b"head" + pickle.dumps(value, protocol=protocol)
    found = dict(arrays(read(BytesSource(data), 4)))
    assert list(found) == list(ARRAYS)
    for key, array in found.items():
        wanted = ARRAYS[key]
        assert (array.shape, array.dtype.code) == (wanted.shape, wanted.dtype.str[1:])
        raw = np.frombuffer(data[array.data.offset : array.data.offset + array.data.length], wanted.dtype)
        read_back = raw.reshape(wanted.shape, order="F" if array.fortran else "C")
        assert np.array_equal(read_back, wanted)
        assert array.dtype.order == ("big" if wanted.dtype.byteorder == ">" else "little")


class Evil:
    def __reduce__(self):
        return os.system, ("echo harmless",)


@pytest.mark.parametrize("value", [Evil(), {"0": Evil()}, [np.random.RandomState(0)], {1: 2}, {"a": {1, 2}}])
def test_anything_else_is_refused(value):
    with pytest.raises(FormatError):
        read(BytesSource(pickle.dumps(value)))


def test_damaged_pickles_raise_format_errors_only():
    data = pickle.dumps(np.asanyarray({"0": np.arange(50, dtype="f4")}))
    rng = np.random.default_rng(1)
    for _ in range(3000):
        mutated = bytearray(data)
        for _ in range(rng.integers(1, 4)):
            mutated[rng.integers(len(data))] = rng.integers(256)
        if rng.integers(4) == 0:
            mutated = mutated[: rng.integers(len(data))]
        try:
            list(arrays(read(BytesSource(bytes(mutated)))))
        except FormatError:
            pass


def test_npz_of_keras_is_a_pickle_of_arrays():
    buffer = io.BytesIO()
    np.save(buffer, np.asanyarray(ARRAYS), allow_pickle=True)
    data = buffer.getvalue()
    assert list(dict(arrays(read(BytesSource(data), data.index(b"\n") + 1)))) == list(ARRAYS)
