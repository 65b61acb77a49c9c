#!/usr/bin/env python3
"""Score the reading of damaged files: every tensor whose bytes survive must come back bit-identical.

usage: check_salvage.py CORPUS [--only WORD] [--misses]       (needs h5py; CORPUS/pathology/CASE/meta.json)

Each case was made from a good file of the corpus (`made_from` of its meta.json). Which tensors survive is found out
without our reader: h5py says where the good file keeps the bytes of each tensor and the header that describes it
(object info: address, size), and both are looked for in the damaged file: at the same place, or, where there are at
least 16 bytes of values, anywhere; also in what is left when a plain wrapping is undone (gzip, zip, a transfer in text
mode, one file of a folder), and in the datasets that h5py still reads under the same path. Two counts come of it:

- described: the values are there and the header that says what they are, or h5py reads them. The bar is all of them.
- bare: the values are there, but the header is destroyed, cut off or unlinked: nothing in the file says that these
  bytes are that tensor, nor that they are one.

What "comes back" is what `rescue.salvage` gives to the variables of the good file's architecture, bytes compared.
"wrong" are variables that were given the bytes of another tensor. Exit status 1 when a described tensor does not come
back, or one comes back wrong.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import h5py
import numpy as np

from keras_doctor.artifacts import read
from keras_doctor.document.joining import with_architecture
from keras_doctor.layers.stored_variables import stored_variables
from keras_doctor.rescue.salvage import salvage
from keras_doctor.rescue.unwrapping import unwrapped
from keras_doctor.wire.errors import FormatError

if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument

TELLING = 16  # bytes that do not occur by chance


def datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    """Return the datasets of the model itself by path, those of optimizer and metrics left out."""
    found: dict[str, h5py.Dataset] = {}

    def visit(name: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and not name.startswith(("optimizer", "metrics")):
            found[name] = item

    file.visititems(visit)
    return found


class Good(NamedTuple):
    """A tensor of a good file: its bytes, where they lie, where its header lies (offset, length); None: not so."""

    data: bytes
    offset: int | None
    header: tuple[int, bytes]


def stored(path: Path) -> dict[str, Good]:
    """Return each tensor of a good file by its path."""
    shift, content = 0, path.read_bytes()
    whole = content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            inner = archive.read("model.weights.h5")
        shift, content = content.index(inner), inner
    with h5py.File(io.BytesIO(content), "r") as file:
        made = {}
        for name, item in datasets(file).items():
            offset = item.id.get_offset()
            info = h5py.h5o.get_info(item.id)
            start = info.addr + shift
            header = start, whole[start : start + info.hdr.space.total]
            made[name] = Good(np.asarray(item).tobytes(), None if offset is None else offset + shift, header)
        return made


def views(path: Path) -> list[bytes]:
    """Return the bytes of a damaged artifact, and what they are when a wrapping is undone."""
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    found = [one.read_bytes() for one in files]
    for content in list(found):
        if content.startswith(b"\x1f\x8b"):
            found.append(gzip.decompress(content))
        if b"\r\n" in content:
            found.append(content.replace(b"\r\n", b"\n"))
        if content.startswith(b"PK"):
            try:
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    found += [archive.read(name) for name in archive.namelist()]
            except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
                pass
    return found


def readable(contents: list[bytes]) -> dict[str, bytes]:
    """Return the tensors that h5py reads of what may be HDF5 files, by path."""
    found = {}
    for content in contents:
        try:
            with h5py.File(io.BytesIO(content), "r") as file:
                for name, item in datasets(file).items():
                    found[name] = np.asarray(item).tobytes()
        except (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError):
            continue
    return found


def survivors(good: dict[str, Good], path: Path) -> tuple[set[str], set[str]]:
    """Return the paths of the tensors whose bytes are in the damaged artifact: described ones, bare ones."""
    if not path.exists():
        return set(), set()
    contents = views(path)
    by_path = readable(contents)
    described, bare = set(), set()
    for name, (data, offset, (start, header)) in good.items():
        if by_path.get(name) == data:
            described.add(name)
            continue
        there = [one for one in contents if offset is not None and one[offset : offset + len(data)] == data]
        moved = [one for one in contents if len(data) >= TELLING and data in one]
        if any(one[start : start + len(header)] == header for one in there) or any(header in one for one in moved):
            described.add(name)
        elif there or moved:
            bare.add(name)
    return described, bare


def recovered(good: Path, damaged: Path) -> dict[str, bytes]:
    """Return what our salvage gives to each variable of the good file's architecture, by the tensor's path there."""
    original = read(good)
    document = unwrapped(_one(damaged))
    result = salvage(with_architecture(document, original))  # a config with a flipped bit may name another layer
    lost = {(one.owner, one.name) for one in result.lost}
    paths = {
        (place, name): tensor.path.rpartition(":/")[2] or tensor.path
        for place, name, tensor in stored_variables(original, original.provenance.era)
    }
    paths = {key: path if ":" not in path.partition("/")[0] else path.partition(":/")[2] for key, path in paths.items()}
    found = {}
    for place, name, tensor in stored_variables(result.document, original.provenance.era):
        if (place, name) not in lost:
            try:
                found[paths[place, name]] = tensor.read()
            except FormatError:
                continue
    return found


def _one(path: Path) -> ModelDocument:
    """Return what is at a path, or the one model in the folder that it is, as the command line takes it."""
    document = read(path)
    inside = [one for one in sorted(path.iterdir()) if one.is_file()] if document.format == "folder" else []
    return read(inside[0]) if len(inside) == 1 else document


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--misses", action="store_true", help="name each tensor that does not come back")
    options = parser.parse_args()
    cases = described = back = bare = bare_back = wrong = 0
    failed = False
    for meta in sorted(options.corpus.glob("pathology/*/meta.json")):
        if options.only not in meta.parent.name:
            continue
        case = json.loads(meta.read_text())
        good, damaged = options.corpus / case["made_from"], meta.parent / case["files"][0]["file"]
        if good.is_dir():
            continue
        cases += 1
        tensors = stored(good)
        kept, stray = survivors(tensors, damaged)
        found = recovered(good, damaged)
        same = {name for name, data in found.items() if name in tensors and data == tensors[name].data}
        others = {one.data: name for name, one in tensors.items()}
        mixed = {name for name, data in found.items() if others.get(data, name) != name and name not in same}
        described, back = described + len(kept), back + len(kept & same)
        bare, bare_back, wrong = bare + len(stray), bare_back + len(stray & same), wrong + len(mixed)
        failed = failed or bool(kept - same) or bool(mixed)
        if options.misses and (kept - same or mixed or stray - same):
            told = {"described": kept - same, "wrong": mixed, "bare": stray - same}
            print(meta.parent.name, {word: sorted(names) for word, names in told.items() if names})
    print(f"{cases} cases; described tensors that survive: {described}, bit-identical: {back}; wrong: {wrong}")
    print(f"values without a description: {bare}, of which came back: {bare_back}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
