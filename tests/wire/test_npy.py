"""Headers of `.npy` files as NumPy writes them."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.npy import read_header
from keras_doctor.wire.source import BytesSource


def saved(array, version=None) -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version)
    return buffer.getvalue()


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.parametrize(
    "dtype",
    ["float32", "float16", "float64", "int8", "uint16", "int64", "bool", "complex64", "complex128", ">f4", ">u1"],
)
@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3, 4)])
def test_headers(dtype, shape, version):
    array = np.zeros(shape, dtype)
    data = saved(array, version)
    header = read_header(BytesSource(data))
    assert (header.dtype, header.shape, header.item) == (array.dtype.name, shape, array.itemsize)
    assert header.big_endian == (dtype == ">f4")
    assert data[header.offset :] == array.tobytes()
    assert not header.fortran_order


def test_other_arrays():
    assert read_header(BytesSource(saved(np.zeros((2, 3), order="F")))).fortran_order
    for array, name, item in (
        (np.array([b"abc"]), "bytes3", 3),
        (np.array(["abcde"]), "str5", 20),
        (np.array([{}], dtype=object), "object", 0),
        (np.zeros(1, [("a", "f4"), ("b", "i2", (3,))]), "record", 0),
        (np.zeros(1, "V2"), "void2", 2),
    ):
        header = read_header(BytesSource(saved(array)))
        assert (header.dtype, header.item, header.shape) == (name, item, array.shape)


def with_header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode("latin-1")


def test_python_2_wrote_long_integers():
    header = read_header(BytesSource(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }  \n")))
    assert header.shape == (3, 4)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUMPY\x09\x00\x02\x00{}      ", with_header("{}"),
        with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}"), with_header("[" * 1000),
        with_header("{'descr': __import__('os').getcwd(), 'shape': ()}"), with_header("{'descr': '<f4', 'shape': (1"),
        with_header("{'descr': '<f" + "9" * 50 + "', 'shape': ()}"), with_header("{'shape': (1,), 'descr': '<f4'} x"),
    ],
)  # fmt: skip
def test_what_is_no_header_is_refused(data):
    with pytest.raises(FormatError):
        read_header(BytesSource(data))


def test_random_bytes_raise_only_format_errors():
    rng = random.Random(4)
    good = saved(np.zeros((3, 4), "f4"))
    for _ in range(2000):
        data = bytearray(good)
        for _ in range(rng.choice((1, 4))):
            data[rng.randrange(90)] = rng.choice(b"{}[](),:'\" 0123456789TrueFalseL\xff\0")
        try:
            read_header(BytesSource(bytes(data)))
        except FormatError:
            pass
