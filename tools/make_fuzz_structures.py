#!/usr/bin/env python3
"""Write small files with structures that Keras itself seldom or never writes: tests/data/fuzz-structures.tar.xz.

    make_fuzz_structures.py tests/data/fuzz-structures.tar.xz

Needs h5py. Each HDF5 file has the layout of a v3 weights file, so that its datasets count as tensors. The fuzz harness
mutates them: dense links and attributes (fractal heaps, B-trees of version 2), every chunk index, filters, compound and
enum types, committed types, soft and external links, external storage, user blocks; and weights as .npz, pickles of
arrays, archives around a model.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import sys
import tarfile
import zipfile
from collections.abc import Callable

import h5py
import numpy as np

LATEST = {"libver": "latest"}
_VALUES = np.arange(48, dtype="float32")


def make(fill: Callable[[h5py.Group, h5py.File], None], user_block: bytes = b"", **options: object) -> bytes:
    """Return an HDF5 file whose group layers/dense/vars `fill` fills."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", userblock_size=512 if user_block else 0, **options) as file:
        fill(file.create_group("layers/dense/vars"), file)
    data = buffer.getvalue()
    return user_block.ljust(512, b"\0") + data[512:] if user_block else data


def plain(group: h5py.Group, file: h5py.File) -> None:
    group["0"] = _VALUES.reshape(6, 8)
    group["1"] = np.arange(8, dtype="float16")


def dense_links(group: h5py.Group, file: h5py.File) -> None:
    for number in range(24):
        group[str(number)] = np.float32(number)


def indirect_links(group: h5py.Group, file: h5py.File) -> None:
    for number in range(40):
        group[f"{number:03}-" + "long name " * 6] = h5py.SoftLink("/layers")
    group["0"] = _VALUES


def dense_attributes(group: h5py.Group, file: h5py.File) -> None:
    group["0"] = _VALUES
    for number in range(20):
        group.attrs[f"attribute {number}"] = number
    group.attrs["large"] = np.zeros(1200)


def tracked_order(group: h5py.Group, file: h5py.File) -> None:
    inner = file.create_group("layers/other/vars", track_order=True)
    for name in ("2", "0", "1"):
        inner[name] = _VALUES[:3]
        inner.attrs[name] = name
    group["0"] = _VALUES


def many_attributes_old(group: h5py.Group, file: h5py.File) -> None:
    group["0"] = _VALUES
    for number in range(12):
        group.attrs[f"name{number}"] = "text " * number


def chunked(
    maxshape: tuple[int | None, ...] | None,
    shape: tuple[int, ...],
    chunks: tuple[int, ...],
    each: int = 1,
    **options: object,
) -> Callable[[h5py.Group, h5py.File], None]:
    """Return what fills a group with a chunked dataset; `each` values in a row are the same."""

    def fill(group: h5py.Group, file: h5py.File) -> None:
        data = (np.arange(int(np.prod(shape))) // each).astype("float32").reshape(shape)
        group.create_dataset("0", data=data, maxshape=maxshape, chunks=chunks, **options)
        group["1"] = np.arange(3.0)

    return fill


def types(group: h5py.Group, file: h5py.File) -> None:
    group["0"] = np.array([True, False])
    group["1"] = np.array([(1, 2.0, b"x")], dtype=[("a", "i4"), ("b", "f8"), ("c", "S3")])
    group["2"] = np.array([1 + 2j], dtype="complex64")
    group["3"] = np.zeros(2, dtype=[("x", "f4", (2, 3))])
    group["4"] = np.array(["é", "words"], dtype=h5py.string_dtype())
    group["5"] = np.array([b"fixed", b"text"])
    group.create_dataset("6", (2,), dtype=h5py.vlen_dtype("int32"))[:] = [np.arange(3), np.arange(2)]
    group.create_dataset("7", (1,), dtype=h5py.ref_dtype)[:] = [group.ref]
    group.create_dataset("8", (3,), dtype=h5py.enum_dtype({"RED": 0, "GREEN": 1}, basetype="i2"))
    group["9"] = np.arange(4, dtype=">f4")
    group["10"] = np.void(b"opaque bytes")
    group["11"] = h5py.Empty("f4")
    group.attrs["reference"] = group.ref
    group.attrs["names"] = np.array(["a", "bb"], dtype=h5py.string_dtype())
    file["committed"] = np.dtype("float64")
    group.create_dataset("12", (2,), dtype=file["committed"])


def outside(group: h5py.Group, file: h5py.File) -> None:
    group["0"] = _VALUES
    group["soft"] = h5py.SoftLink("/layers/dense/vars/0")
    group["dangling"] = h5py.SoftLink("/nowhere")
    group["external"] = h5py.ExternalLink("other.h5", "/layers")
    group["hard"] = group["0"]
    file["loop"] = file["/"]
    group.create_dataset("1", (4,), dtype="f4", external=[("raw.bin", 0, 16)])


def loops(group: h5py.Group, file: h5py.File) -> None:
    """Every group holds every other one."""
    group["0"] = _VALUES
    groups = [
        file,
        file["layers"],
        file["layers/dense"],
        group,
        *(file.create_group(f"layers/{n}/vars") for n in range(4)),
    ]
    for number, one in enumerate(groups):
        for other in range(number + 1, len(groups) + number):
            one[f"link {other}"] = groups[other % len(groups)]


def compact(group: h5py.Group, file: h5py.File) -> None:
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((6,))
    h5py.h5d.create(group.id, b"0", h5py.h5t.IEEE_F32LE, space, plist).write(space, space, _VALUES[:6].copy())
    group["1"] = _VALUES


def virtual(group: h5py.Group, file: h5py.File) -> None:
    group["0"] = _VALUES
    layout = h5py.VirtualLayout(shape=(2, 48), dtype="f4")
    layout[0] = h5py.VirtualSource(".", "/layers/dense/vars/0", shape=(48,))
    layout[1] = h5py.VirtualSource("beside.h5", "/x", shape=(48,))
    group.create_virtual_dataset("1", layout)


FILES = {
    "plain-v2.h5": make(plain, **LATEST),
    "plain-v110.h5": make(plain, libver=("v110", "v110")),
    "user-block.h5": make(plain, user_block=b"a header of somebody"),
    "dense-links.h5": make(dense_links, **LATEST),
    "indirect-links.h5": make(indirect_links, **LATEST),
    "dense-attributes.h5": make(dense_attributes, **LATEST),
    "tracked-order.h5": make(tracked_order),
    "many-attributes.h5": make(many_attributes_old),
    "many-links.h5": make(dense_links),
    "btree1-chunks.h5": make(chunked(None, (7, 9), (2, 4))),
    "btree1-filters.h5": make(chunked(None, (40, 9), (8, 4), compression="gzip", shuffle=True, fletcher32=True)),
    "lzf.h5": make(chunked(None, (640,), (160,), compression="lzf", each=100)),
    "scale-offset.h5": make(chunked(None, (64,), (16,), scaleoffset=4)),
    "single-chunk.h5": make(chunked(None, (6, 8), (6, 8)), **LATEST),
    "single-filtered.h5": make(chunked(None, (6, 8), (6, 8), compression="gzip"), **LATEST),
    "fixed-array.h5": make(chunked((60, 9), (60, 9), (2, 4)), **LATEST),
    "fixed-array-paged.h5": make(chunked((4000,), (1300,), (1,), fillvalue=2.0), **LATEST),
    "fixed-filtered.h5": make(chunked(None, (60, 9), (8, 4), compression="gzip"), **LATEST),
    "extensible-array.h5": make(chunked((None, 9), (120, 9), (1, 9)), **LATEST),
    "extensible-filtered.h5": make(chunked((None, 9), (60, 9), (1, 9), compression="gzip", shuffle=True), **LATEST),
    "btree2-chunks.h5": make(chunked((None, None), (20, 9), (2, 4)), **LATEST),
    "btree2-filtered.h5": make(chunked((None, None), (20, 9), (2, 4), compression="gzip"), **LATEST),
    "types.h5": make(types),
    "types-v2.h5": make(types, **LATEST),
    "outside.h5": make(outside),
    "outside-v2.h5": make(outside, **LATEST),
    "loops.h5": make(loops),
    "loops-v2.h5": make(loops, **LATEST),
    "compact.h5": make(compact),
    "virtual.h5": make(virtual, **LATEST),
}  # fmt: skip


CONFIG = (
    b'{"module": "keras", "class_name": "Sequential", "config": {"name": "m", "layers": [{"module": "keras.layers", '
    b'"class_name": "Dense", "config": {"name": "dense", "units": 8}, "registered_name": null, '
    b'"build_config": {"input_shape": [null, 6]}}]}}'
)


def npz(arrays: dict[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def others() -> dict[str, bytes]:
    """Return files that are not HDF5: weights as .npz (a store of pickled dicts), pickles, archives around a model."""
    store = {"layers/dense/vars": np.array({"0": _VALUES.reshape(6, 8), "1": _VALUES[:8]}, dtype=object)}
    texts = {"metadata.json": b'{"keras_version": "3.3.3", "date_saved": "2024-05-01@12:00:00"}', "config.json": CONFIG}
    keras = zipped({**texts, "model.weights.h5": FILES["plain-v2.h5"]})
    weights = [_VALUES.reshape(6, 8), np.arange(3), np.float16(2)]
    return {
        "npz-weights.keras": zipped({**texts, "model.weights.npz": npz(store)}),
        "weights.npz": npz({"a": _VALUES, "b": np.arange(3), "c": np.array(["x"], dtype=object)}),
        "arrays.pkl": pickle.dumps({"weights": weights, "names": ["kernel", "bias"]}, 4),
        "arrays-2.pkl": pickle.dumps(weights, 2),
        "array.npy": npz({"a": _VALUES})[:-1],
        "model.keras.gz": gzip.compress(keras, mtime=0),
        "model.tar": tarred({"model/model.keras": keras, "model/readme.txt": b"text"}, "w"),
        "model.tgz": gzip.compress(tarred({"model.h5": FILES["plain-v110.h5"]}, "w"), mtime=0),
        "model.keras.bz2": bz2.compress(keras),
        "model.keras.xz": lzma.compress(keras),
        "model.zip": zipped({"folder/model.keras": keras, "folder/x.txt": b""}),
        "assets.keras": zipped(
            {**texts, "model.weights.h5": FILES["plain-v2.h5"], "assets/a/vocabulary.txt": b"x\ny\n"}
        ),
    }


def main(out: str) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, data in {**FILES, **others()}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    with open(out, "wb") as file:
        file.write(lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    main(sys.argv[1])
