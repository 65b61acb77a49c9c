#!/usr/bin/env python3
"""Score the reading of damaged files: every tensor whose bytes survive must come back bit-identical.

usage: check_salvage.py CORPUS [--only WORD] [--misses]       (needs h5py; CORPUS/pathology/CASE/meta.json)
       check_salvage.py --harm 200 FILE … [--misses]          each file harmed in so many ways, at random places

Each case was made from a good file of the corpus (`made_from` of its meta.json). Which tensors survive is found out
without our reader: h5py says where the good file keeps the bytes of each tensor and the header that describes it
(object info: address, size), and both are looked for in the damaged file: at the same place, or, where there are at
least 16 bytes of values, anywhere; also in what is left when a plain wrapping is undone (gzip, zip, a transfer in text
mode, one file of a folder), and in the datasets that h5py still reads under the same path. Two counts come of it:

- described: the values are there and the header that says what they are, or h5py reads them. The bar is all of them.
- bare: the values are there, but the header is destroyed, cut off or unlinked: nothing in the file says that these
  bytes are that tensor, nor that they are one.

What "comes back" is what `rescue.salvage` gives to the variables of the good file's architecture, bytes compared.
"wrong" are variables that were given the bytes of another tensor, "made up" those that were given bytes from a place
that is not theirs. (What was harmed where it stands, no file tells from what was written.) Exit status 1 when a
described tensor does not come back, or one comes back wrong or made up.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import sys
import tempfile
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


HARMS = ("cut", "zeros", "noise", "flips", "head", "tail")


def harmed(content: bytes, kind: str, chance: random.Random) -> bytes:
    """Return bytes with one harm: cut off, a stretch of zeros or noise, flipped bits, head or tail zeroed."""
    size, made = len(content), bytearray(content)
    if kind == "cut":
        return content[: chance.randrange(size // 50, size)]
    if kind == "flips":
        for _ in range(chance.choice((1, 4, 64))):
            made[chance.randrange(size)] ^= 1 << chance.randrange(8)
        return bytes(made)
    length = chance.choice((16, 64, 512, 4096))
    start = {"head": 0, "tail": max(size - length, 0)}.get(kind, chance.randrange(size))
    length = min(length, size - start)
    made[start : start + length] = chance.randbytes(length) if kind == "noise" else bytes(length)
    return bytes(made)


class Score:
    """Counts of tensors over damaged files. `missed`: by name of the case, what did not come back."""

    def __init__(self) -> None:
        self.cases = self.described = self.back = self.bare = self.bare_back = self.wrong = self.made_up = 0
        self.missed: list[tuple[str, dict[str, list[str]]]] = []

    def add(self, name: str, good: Path, tensors: dict[str, Good], damaged: Path) -> None:
        """Salvage a damaged file, and count."""
        kept, stray = survivors(tensors, damaged)
        found = recovered(good, damaged)
        same = {name for name, data in found.items() if name in tensors and data == tensors[name].data}
        others = {one.data: name for name, one in tensors.items()}
        mixed = {name for name, data in found.items() if others.get(data, name) != name and name not in same}
        contents = views(damaged) if damaged.exists() else []

        def in_place(name: str) -> bool:
            start, data = tensors[name].offset or 0, found[name]
            return any(one[start : start + len(data)] == data for one in contents)

        self.cases += 1
        self.described, self.back = self.described + len(kept), self.back + len(kept & same)
        self.bare, self.bare_back = self.bare + len(stray), self.bare_back + len(stray & same)
        self.wrong += len(mixed)
        made_up = {name for name in found.keys() & tensors if name not in same | mixed and not in_place(name)}
        self.made_up += len(made_up)
        told = {"described": kept - same, "wrong": mixed, "made up": made_up, "bare": stray - same}
        if any(told.values()):
            self.missed.append((name, {word: sorted(names) for word, names in told.items() if names}))

    def show(self, misses: bool) -> None:
        for name, told in self.missed if misses else ():
            print(name, told)
        print(
            f"{self.cases} cases; described tensors that survive: {self.described}, bit-identical: {self.back}; "
            f"wrong: {self.wrong}; made up: {self.made_up}"
        )
        print(f"values without a description: {self.bare}, of which came back: {self.bare_back}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", type=Path, nargs="+", metavar="CORPUS | FILE")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--harm", type=int, default=0, metavar="N", help="harm each FILE in so many ways")
    parser.add_argument("--misses", action="store_true", help="name each tensor that does not come back")
    options = parser.parse_args()
    scores = [of_harms(path, options.harm) for path in options.paths] if options.harm else [of_corpus(options)]
    for score in scores:
        score.show(options.misses)
    return int(any(score.back < score.described or score.wrong or score.made_up for score in scores))


def of_corpus(options: argparse.Namespace) -> Score:
    """Score the damaged files of a corpus."""
    score = Score()
    for meta in sorted(options.paths[0].glob("pathology/*/meta.json")):
        case = json.loads(meta.read_text())
        good = options.paths[0] / case["made_from"]
        if options.only in meta.parent.name and not good.is_dir():
            score.add(meta.parent.name, good, stored(good), meta.parent / case["files"][0]["file"])
    return score


def of_harms(path: Path, count: int) -> Score:
    """Score one file, harmed in many ways; the same ones each time."""
    score, tensors, content = Score(), stored(path), path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        damaged = Path(folder) / path.name
        for number in range(count):
            kind = HARMS[number % len(HARMS)]
            damaged.write_bytes(harmed(content, kind, random.Random(f"{path.name}{number}")))
            score.add(f"{path} {number} {kind}", path, tensors, damaged)
    return score


if __name__ == "__main__":
    sys.exit(main())
