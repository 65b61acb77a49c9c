"""The beginning of compressed data, with the standard library's own compressors as the oracle."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib

import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.inflating import METHODS, inflate
from keras_doctor.wire.source import BytesSource

DATA = bytes(range(256)) * 2000
PACKED = {
    "gzip": gzip.compress(DATA),
    "zlib": zlib.compress(DATA),
    "deflate": zlib.compress(DATA)[2:-4],
    "bzip2": bz2.compress(DATA),
    "xz": lzma.compress(DATA),
}


@pytest.mark.parametrize("method", PACKED)
def test_whole(method):
    found = inflate(BytesSource(PACKED[method]), method, len(DATA) + 1)
    assert (found.data, found.whole, found.broken) == (DATA, True, "")


@pytest.mark.parametrize("method", PACKED)
@pytest.mark.parametrize("most", [1, 1000, 100_000])
def test_no_more_than_is_asked_for(method, most):
    found = inflate(BytesSource(PACKED[method]), method, most)
    assert found.data == DATA[:most]
    assert not found.whole


@pytest.mark.parametrize("method", PACKED)
def test_cut(method):
    packed = PACKED[method]
    for length in range(0, len(packed), max(1, len(packed) // 50)):
        found = inflate(BytesSource(packed[:length]), method, 1 << 20)
        assert DATA.startswith(found.data)
        assert not found.whole
        assert "ends early" in found.broken


@pytest.mark.parametrize("method", PACKED)
def test_other_bytes(method):
    with pytest.raises(FormatError):
        inflate(BytesSource(b"\xff" * 5000), method, 1000)


def test_a_dictionary_that_is_too_large_is_refused():
    huge = lzma.compress(DATA, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 256 << 20}])
    with pytest.raises(FormatError):
        inflate(BytesSource(huge), "xz", 1000)


def test_a_method_that_this_python_has_not():
    assert "zstd" in METHODS
    with pytest.raises(FormatError):
        inflate(BytesSource(b"x"), "brotli", 10)
