"""Everything that h5py can write, over its options: what is read must be what h5py reads."""

from __future__ import annotations

import itertools

import h5py
import ml_dtypes
import numpy as np
import pytest
from hdf5_oracle import differences, written

from keras_doctor.wire.hdf5 import File
from keras_doctor.wire.source import BytesSource, open_path

LIBVER = ("earliest", "v108", "v110", "v112", "v114", "latest")
NUMBERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", "?", "f16"]
SWAPPED = [">i2", ">u4", ">i8", ">f2", ">f4", ">f8", ">c8", ">c16"]
MACHINE_LEARNING = [
    "bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3", "float8_e3m4", "float8_e4m3fnuz", "float8_e5m2fnuz",
    "float8_e4m3b11fnuz", "float8_e8m0fnu", "int4", "uint4",
]  # fmt: skip


def everything(file):
    file["a/b/c"] = np.arange(10.0, dtype="f4")
    for name in NUMBERS + SWAPPED:
        file[f"types/{name.replace('>', 'big-')}"] = np.arange(12).reshape(3, 4).astype(name)
    for name in MACHINE_LEARNING:
        try:
            file[f"ml/{name}"] = np.arange(6).astype(getattr(ml_dtypes, name)).reshape(2, 3)
        except TypeError:
            file.pop(f"ml/{name}", None)
    strings(file)
    compounds(file)
    file["empty"] = h5py.Empty("f4")
    file.create_dataset("zero", (0,), "f4")
    file.create_dataset("zeros", (3, 0, 2), "f4")
    file["scalar"] = 3.5
    file.create_dataset("never", (5, 5), "f4")
    file.create_dataset("filled", (5, 5), ">f4", fillvalue=7)
    file.create_dataset("references", data=np.array([file["a"].ref, file["scalar"].ref], dtype=h5py.ref_dtype))
    file["committed type"] = np.dtype("f4")
    committed = file.create_dataset("committed", (3,), dtype=file["committed type"])
    committed[:] = 1
    committed.attrs.create("of a committed type", data=[1, 2], dtype=file["committed type"])
    file["soft"] = h5py.SoftLink("/a/b")
    file["external"] = h5py.ExternalLink("other.h5", "/x")
    file["hard"] = file["a"]
    file["a/loop"] = file["/"]
    attributes(file)


def strings(file):
    file.create_dataset("s/variable", data=["a", "bb", "ünï", ""], dtype=h5py.string_dtype())
    file.create_dataset("s/variable ascii", data=[b"a", b"bb"], dtype=h5py.string_dtype("ascii"))
    file.create_dataset("s/fixed", data=np.array([b"ab", b"c"]), dtype=h5py.string_dtype("ascii", 6))
    file["s/scalar"] = "hello"
    file["s/bytes"] = np.array([[b"a", b"bc"], [b"", b"d"]])
    ragged = file.create_dataset("s/ragged", (3,), dtype=h5py.vlen_dtype("i4"))
    ragged[0], ragged[2] = [1, 2, 3], [4]


def compounds(file):
    file["compound"] = np.array([(1, 2.5, b"x"), (3, 4.5, b"yy")], dtype=[("a", ">i4"), ("b", "f8"), ("c", "S3")])
    nested = np.dtype([("a", "i1"), ("b", [("x", "f8"), ("y", ">i4", (2,))])], align=True)
    file["nested compound"] = np.zeros(3, dtype=nested)
    file.create_dataset("array type", (2,), dtype=np.dtype(("f4", (3,))))
    file.create_dataset("enum", data=[0, 1, 2], dtype=h5py.enum_dtype({"R": 0, "G": 1, "B": 2}, "i4"))
    file["opaque"] = np.void(b"abcdef")
    file["opaques"] = np.frombuffer(b"abcdef", dtype="V2")


def attributes(file):
    values = {
        "text": "héllo", "bytes": b"bytes", "int": 5, "float": 2.5, "bool": True, "array": np.arange(4),
        "matrix": np.arange(6.0).reshape(2, 3), "texts": ["a", "b", "ç"], "fixed": np.array([b"ab", b"c"]),
        "empty text": h5py.Empty("S1"), "empty": h5py.Empty("f4"), "bools": np.array([True, False]),
        "none": np.zeros((0,)), "no columns": np.zeros((2, 0, 3)), "big": np.arange(3, dtype=">i4"),
        "big float": np.array([1.5], dtype=">f4"), "complex": 1 + 2j, "half": np.float16(1.5),
        "compound": np.array([(1, b"a")], dtype=[("x", "i2"), ("y", "S2")]),
        "enum": np.array([1], dtype=h5py.enum_dtype({"A": 1}, "u1")), "opaque": np.void(b"ab"),
        "nan": np.array([np.nan, np.inf]), "reference": file["a"].ref, "näme": "x",
        "matrix of texts": np.array([["a", "b"], ["", "d"]], dtype=object), "bfloat16": np.ones(2, ml_dtypes.bfloat16),
    }  # fmt: skip
    for name, value in values.items():
        file["a"].attrs[name] = value
    ragged = np.array([np.array([1, 2]), np.array([3])], dtype=object)
    file["a"].attrs.create("ragged", data=ragged, dtype=h5py.vlen_dtype("i4"))


def many(file):
    """Enough members and attributes, and large enough, to leave the object headers."""
    for i in range(300):
        file[f"g/{i}"] = np.float32(i)
    for i in range(40):
        file["g"].attrs[f"a{i}"] = f"value {i}"
    for i in range(12):
        file[f"h/{i}"] = h5py.SoftLink(f"/g/{i}")
    file["large"] = 1
    file["large"].attrs["text"] = "x" * 100_000
    file["large"].attrs["array"] = np.arange(2000)
    if file.libver[1] != "earliest" and file.libver[0] != "earliest":
        file["large"].attrs["large array"] = np.arange(20_000)
        file["large"].attrs["large bytes"] = np.bytes_(b"y" * 100_000)
    file["/".join("x" * 30)] = 1


@pytest.mark.parametrize("options", [{}, {"track_order": True}, {"userblock_size": 1024}], ids=repr)
@pytest.mark.parametrize("libver", LIBVER)
@pytest.mark.parametrize("fill", [everything, many], ids=lambda fill: fill.__name__)
def test_like_h5py(fill, libver, options):
    data = written(fill, libver=libver, **options)
    assert differences(data) == []
    file = File(BytesSource(data))
    assert file.declared_end == len(data)
    assert file.base == options.get("userblock_size", 0)


@pytest.mark.parametrize("sizes", [(4, 4), (8, 4), (4, 8)], ids=repr)
def test_other_field_sizes(tmp_path, sizes):
    created = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    created.set_sizes(*sizes)
    path = tmp_path / "x.h5"
    with h5py.File(h5py.h5f.create(bytes(path), fcpl=created)) as file:
        everything(file)
        file.create_dataset("chunked", data=np.arange(100), chunks=(7,), compression="gzip")
    assert differences(path.read_bytes()) == []


DIMENSIONS = {1: (137,), 2: (37, 41), 3: (11, 13, 17), 4: (3, 3, 16, 8)}
CHUNKS = [  # rank, chunk, maximum shape
    (1, (10,), None), (1, (10,), (None,)), (1, (200,), (None,)), (1, (137,), None), (1, (1,), (None,)),
    (1, (10,), (500,)), (2, (10, 7), None), (2, (10, 7), (None, None)), (2, (10, 7), (None, 41)),
    (2, (10, 7), (37, None)), (2, (10, 7), (100, 100)), (2, (37, 41), None), (2, (1, 41), (None, 41)),
    (2, (37, 1), (37, None)), (3, (4, 5, 6), None), (3, (4, 5, 6), (None, 13, None)), (3, (4, 5, 6), (11, None, 17)),
    (3, (4, 5, 6), (20, 30, 40)), (3, True, None), (4, (1, 1, 16, 1), None), (4, (2, 2, 5, 3), (None,) * 4),
]  # fmt: skip
FILTERS = [  # compression, shuffle, fletcher32
    (None, False, False), ("gzip", False, False), ("gzip", True, True), ("lzf", True, False), ("lzf", False, True),
    (None, True, False), (None, False, True),
]  # fmt: skip


def chunked(file):
    rng = np.random.default_rng(0)
    data = {rank: rng.integers(0, 9, shape) for rank, shape in DIMENSIONS.items()}
    for number, ((rank, chunk, most), (compression, shuffle, fletcher)) in enumerate(
        itertools.product(CHUNKS, FILTERS)
    ):
        file.create_dataset(
            f"all/{number}", data=data[rank].astype((">f4", "i1", "f8", "i2")[number % 4]), chunks=chunk, maxshape=most,
            compression=compression, shuffle=shuffle, fletcher32=fletcher,
        )  # fmt: skip
    for number, most in enumerate([None, (None, None), (None, 100), (100, None)]):
        for compression in (None, "gzip"):
            made = file.create_dataset(
                f"partly/{number}{compression}", (100, 100), ">f4", chunks=(10, 10), maxshape=most, fillvalue=3.5,
                compression=compression,
            )  # fmt: skip
            made[20:35, 33:61] = 1
    resized(file)
    for name, most, compression in (("fixed", None, None), ("extensible", (None,), None), ("e", (None,), "gzip")):
        made = file.create_dataset(f"long/{name}", (9000,), "i2", chunks=(1,), maxshape=most, compression=compression)
        made[:2500] = np.arange(2500)
        made[8000:] = 4
    made = file.create_dataset("tree", (60, 90), "i2", chunks=(2, 3), maxshape=(None, None))
    made[:] = np.arange(5400).reshape(60, 90)
    early(file)


def resized(file):
    made = file.create_dataset("resized/1", (10,), "i4", maxshape=(None,), chunks=(4,))
    made[:] = np.arange(10)
    made.resize((6,))
    made.resize((33,))
    made[30:] = 9
    made = file.create_dataset("resized/2", (10, 10), "i4", maxshape=(None, None), chunks=(4, 4))
    made[:] = np.arange(100).reshape(10, 10)
    made.resize((6, 15))
    made.resize((33, 3))
    made[30:] = 9


def early(file):
    """Chunks that are allocated when the dataset is made (in newer files: an implicit index); compact storage."""
    for shape, chunk in (((100,), (7,)), ((20, 30), (6, 7))):
        created = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        created.set_chunk(chunk)
        created.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple(shape)
        made = h5py.h5d.create(file.id, f"early {len(shape)}".encode(), h5py.h5t.STD_I32LE, space, created)
        h5py.Dataset(made)[...] = np.arange(np.prod(shape)).reshape(shape)
    created = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    created.set_layout(h5py.h5d.COMPACT)
    made = h5py.h5d.create(file.id, b"compact", h5py.h5t.STD_I32BE, h5py.h5s.create_simple((5,)), created)
    h5py.Dataset(made)[...] = np.arange(5)


@pytest.mark.parametrize("libver", ["earliest", "v108", "v110", "latest"])
def test_chunks_like_h5py(libver, tmp_path):
    data = written(chunked, libver=libver)
    assert len(data) > 1 << 20, "such a file is read in pages"
    path = tmp_path / "x.h5"
    path.write_bytes(b"?" * 12_345 + data + b"?" * 99)
    source = open_path(str(path))
    assert differences(data, source.window(12_345, len(data))) == []
    source.close()


FLOATS = {  # size, sign at, exponent at, exponent bits, mantissa at, mantissa bits, bias: ml_dtypes' documentation
    "bfloat16": (2, 15, 7, 8, 0, 7, 127),
    "float8_e4m3fn": (1, 7, 3, 4, 0, 3, 7),
    "float8_e5m2": (1, 7, 2, 5, 0, 2, 15),
    "": (4, 31, 25, 6, 0, 25, 31),
}


@pytest.mark.parametrize("order", [h5py.h5t.ORDER_LE, h5py.h5t.ORDER_BE], ids=["little", "big"])
@pytest.mark.parametrize("name", FLOATS)
def test_floats_with_fields_of_their_own(name, order):
    """HDF5 2.0 stores such types as floats; before that (and from ml_dtypes) they are opaque."""
    size, sign, exponent, exponent_bits, mantissa, mantissa_bits, bias = FLOATS[name]

    def fill(file):
        made = h5py.h5t.IEEE_F64LE.copy()
        made.set_fields(sign, exponent, exponent_bits, mantissa, mantissa_bits)
        made.set_size(size)
        made.set_ebias(bias)
        made.set_order(order)
        space = h5py.h5s.create_simple((2,))
        dataset = h5py.h5d.create(file.id, b"x", made, space)
        dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, np.frombuffer(bytes(range(1, 2 * size + 1)), f"V{size}"), made)

    dataset = File(BytesSource(written(fill))).get("x")
    assert (dataset.datatype.kind, dataset.datatype.name, dataset.datatype.size) == ("float", name, size)
    stored = bytes(range(1, 2 * size + 1))
    assert dataset.read() == (stored if order == h5py.h5t.ORDER_LE else swapped(stored, size))


def swapped(data: bytes, size: int) -> bytes:
    return b"".join(data[i : i + size][::-1] for i in range(0, len(data), size))


def test_ml_dtypes_are_opaque_to_h5py():
    def fill(file):
        file["x"] = np.ones(3, ml_dtypes.bfloat16)

    dataset = File(BytesSource(written(fill))).get("x")
    assert (dataset.datatype.kind, dataset.datatype.name, dataset.datatype.size) == ("opaque", "", 2)
    assert dataset.read() == np.ones(3, ml_dtypes.bfloat16).tobytes()


@pytest.mark.parametrize("name", ["COMPLEX_IEEE_F32LE", "COMPLEX_IEEE_F64BE"])
def test_complex_numbers_of_hdf5_2(name):
    if not hasattr(h5py.h5t, name):
        pytest.skip("h5py is built on an HDF5 before 2.0")

    def fill(file):
        made = h5py.h5d.create(file.id, b"x", getattr(h5py.h5t, name), h5py.h5s.create_simple((3,)))
        h5py.Dataset(made)[...] = [1 + 2j, 3 - 4j, 0]

    assert differences(written(fill, libver="latest")) == []
