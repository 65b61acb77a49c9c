#!/usr/bin/env python3
"""Compare the HDF5 reader to h5py on every HDF5 file below some folders, bare or stored in a zip.

    compare_hdf5.py FOLDER ...     tree, links, attributes, shapes, types and bytes; exit status 1 when any differ

Zip members are read in place, as a check reads them. Files that h5py cannot open, or raises on while they are compared,
are counted apart: the corpus has damaged ones.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/wire"))

from hdf5_oracle import differences

from keras_doctor.wire.archive import Archive
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.source import Source, open_path

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNATURE = b"\x89HDF\r\n\x1a\n"


def main(folders: list[str]) -> int:
    compared, differing, refused = 0, 0, []
    for label, source in (pair for folder in folders for pair in files(folder)):
        try:
            found = differences(source.read(0, source.size), source)
        except (OSError, RuntimeError, KeyError, ValueError) as error:  # what h5py raises on damaged files
            refused.append(f"{label}: {type(error).__name__}: {error}")
            continue
        compared += 1
        differing += bool(found)
        for difference in found:
            print(f"{label}: {difference}")
    print(f"{compared} files compared, {differing} differ; h5py could not read {len(refused)}:")
    print(*(f"  {line:.160}" for line in refused), sep="\n")
    return 1 if differing else 0


def files(folder: str) -> Iterator[tuple[str, Source]]:
    """Yield every HDF5 file below a folder with what it is called."""
    for directory, _, names in os.walk(folder):
        for name in sorted(names):
            path = os.path.join(directory, name)
            if os.path.isfile(path):
                source = open_path(path)
                yield from ((path + inner, found) for inner, found in inside(source))
                source.close()


def inside(source: Source) -> Iterator[tuple[str, Source]]:
    """Yield what HDF5 a file is or, as a zip, holds."""
    head = source.read_up_to(0, 8)
    if head == SIGNATURE:
        yield "", source
    elif head.startswith(b"PK\3\4"):
        try:
            archive = Archive(source)
            for name, member in archive.members.items():
                if name.endswith(".h5"):
                    yield f"!{name}", archive.open(member)
        except FormatError:
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
