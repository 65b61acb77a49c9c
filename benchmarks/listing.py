#!/usr/bin/env python3
"""How long it takes to list the tensors of an HDF5 file (path, shape, type, place), beside h5py in the same run.

    listing.py                     100, 1,000 and 10,000 small tensors, bare and inside a .keras
    listing.py --sizes 100,1000    other numbers
    listing.py --libver latest     written in the newest format, whose checksums are verified

Files are laid out as Keras 3 lays out weights: a group a layer, a group `vars`, two tensors. h5py reads the member of
the zip from memory, the fastest way it has; through the zip's file object, as far as 1,000 tensors, for comparison.
Both take turns; CPU time counts, the least of the rounds.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import h5py
import numpy as np

from keras_doctor.wire.archive import Archive
from keras_doctor.wire.hdf5 import Dataset, File
from keras_doctor.wire.source import open_path
from measuring import arguments, machine, milliseconds, table, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

BAR = 5.0
MEMBER = "model.weights.h5"
SLOW = 1000  # tensors up to which h5py reads through a zip's file object


def main() -> int:
    parser = arguments(__doc__, rounds=5)
    parser.add_argument("--sizes", default="100,1000,10000", help="numbers of tensors (default %(default)s)")
    parser.add_argument("--libver", default="earliest", help="h5py's option for the format (default %(default)s)")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    print(f"{machine()}, h5py {h5py.__version__}, HDF5 {h5py.version.hdf5_version}, libver {options.libver}")
    rows, ratios = [], []
    for count in map(int, options.sizes.split(",")):
        bare, packed = files(options.cache, count, options.libver)
        for name, ours, theirs in (
            ("bare", lambda path=bare: list_ours(path), lambda path=bare: list_theirs(path)),
            ("in a .keras", lambda path=packed: list_member(path), lambda path=packed: list_from_memory(path)),
        ):
            mine, other = in_turns(ours, theirs, options.rounds)
            ratios.append(other / mine)
            through = ""
            if name != "bare" and count <= SLOW:
                through = milliseconds(timed(lambda path=packed: list_through_zip(path)))
            each = f"{mine / count * 1e6:.1f} µs"
            cells = (milliseconds(mine), each, milliseconds(other), f"{ratios[-1]:.1f}", through)
            rows.append((f"{count:,} {name}", *cells))
    table(("tensors", "ours", "a tensor", "h5py", "ratio", "h5py in place"), rows)
    return 0 if verdict("times faster than h5py, at the worst", min(ratios), BAR, at_least=True) else 1


def files(folder: Path, count: int, libver: str) -> tuple[Path, Path]:
    """Return an HDF5 file of `count` small tensors and a zip that stores it, made when they are not there."""
    bare = folder / f"listing-{count}-{libver}-h5py{h5py.__version__}.h5"
    packed = bare.with_suffix(".keras")
    if not packed.exists():
        with h5py.File(bare, "w", libver=libver) as file:
            for i in range(count):
                shape = (3, 4) if i % 2 == 0 else (4,)
                file[f"layers/dense_{i // 2}/vars/{i % 2}"] = np.full(shape, i, "f4")
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("config.json", "{}")
            archive.write(bare, MEMBER)
    return bare, packed


def list_ours(path: Path) -> list[tuple[object, ...]]:
    source = open_path(str(path))
    try:
        return listing(File(source))
    finally:
        source.close()


def list_member(path: Path) -> list[tuple[object, ...]]:
    source = open_path(str(path))
    try:
        archive = Archive(source)
        return listing(File(archive.open(archive.members[MEMBER])))
    finally:
        source.close()


def listing(file: File) -> list[tuple[object, ...]]:
    found = [
        (node.path, node.shape, node.datatype.name, node.extent and node.extent[0] - file.base)
        for node in file.root.walk()
        if isinstance(node, Dataset)
    ]
    if file.damage:  # asking for it verifies what checksums there are
        raise SystemExit(f"damaged: {file.damage[0]}")
    return found


def list_theirs(path: Path | io.BytesIO | zipfile.ZipExtFile) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []

    def visit(name: str, node: object) -> None:
        if isinstance(node, h5py.Dataset):
            found.append(("/" + name, node.shape, node.dtype.name, node.id.get_offset()))

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return found


def list_from_memory(path: Path) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(path) as archive:
        return list_theirs(io.BytesIO(archive.read(MEMBER)))


def list_through_zip(path: Path) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(path) as archive, archive.open(MEMBER) as member:
        return list_theirs(member)


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the least CPU seconds of each; both must list the same."""
    if ours() != theirs():
        raise SystemExit("the two lists differ")
    times = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    return min(mine for mine, _ in times), min(other for _, other in times)


def timed(action: Callable[[], object]) -> float:
    start = process_time()
    action()
    return process_time() - start


if __name__ == "__main__":
    sys.exit(main())
