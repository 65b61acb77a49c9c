"""The base files that are mutated: small files of the packed corpus over all savers, and a few made from them."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from fuzzing.zips import Member, unpack

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"

# format of the base -> (how often of 100, files a saver, name of the file or folder in the corpus, largest size).
# A name that ends in "/" is a folder; one with "*" every file that begins so, opened by the first.
FORMATS: dict[str, tuple[int, int, str, int]] = {
    "hdf5-model": (16, 6, "model.h5", 26_000),
    "hdf5-weights": (7, 2, "legacy_weights.h5", 20_000),
    "v3-weights": (8, 3, "model.weights.h5", 26_000),
    "keras-v3": (18, 6, "model.keras", 30_000),
    "keras-v3-deflated": (4, 0, "", 0),
    "keras-directory": (3, 3, "model_dir/", 40_000),
    "sharded-weights": (2, 3, "sharded*", 60_000),
    "savedmodel": (4, 3, "savedmodel/", 60_000),
    "export": (2, 3, "export/", 50_000),
    "checkpoint": (4, 4, "ckpt*", 30_000),
    "json": (7, 12, "arch.json", 9_000),
    "odd-models": (6, 0, "", 0),
    "yaml": (4, 5, "arch.yaml", 6_000),
    "tfjs": (3, 0, "", 0),
    "structures": (7, 0, "", 40_000),
    "pathology": (3, 60, "", 24_000),
    "foreign": (2, 0, "", 20_000),
}


class Base:
    """One base: its files by name. `entry` is what is read: a file among them, or "" for the folder itself.

    `alone`: a single file that is read from memory.
    """

    __slots__ = ("_members", "alone", "entry", "files", "format", "name", "names", "parsed")

    def __init__(self, format: str, name: str, files: dict[str, bytes], entry: str) -> None:  # noqa: A002
        self.format = format
        self.name = name
        self.files = files
        self.names = tuple(files)
        self.entry = entry
        self.alone = len(files) == 1 and entry in files
        self.parsed: dict[str, object] = {}  # what mutations know of a file, made when first wanted
        self._members: dict[str, list[Member]] = {}

    def members(self, name: str) -> list[Member]:
        """Return the members of a zip archive, to be changed freely; none when it is broken."""
        known = self._members.get(name)
        if known is None:
            try:
                known = unpack(self.files[name])
            except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError):
                known = []
            self._members[name] = known
        return [member.copy() for member in known]

    def original(self, name: str) -> bytes:
        """Return a file, or a member by "FILE!MEMBER"."""
        outer, _, inner = name.partition("!")
        if not inner:
            return self.files[outer]
        return next(m.data for m in self.members(outer) if m.name.decode("utf-8", "replace") == inner)


def load() -> dict[str, list[Base]]:
    """Return the bases by format: the same ones for the same archive."""
    import sys

    sys.path.insert(0, str(ROOT / "tests"))
    from conftest import unpacked

    corpus = unpacked(DATA / "corpus.tar.xz")
    bases: dict[str, list[Base]] = {form: [] for form in FORMATS}
    savers = sorted(entry.name for entry in os.scandir(corpus) if entry.is_dir() and entry.name != "pathology")
    for saver in savers:
        folders = sorted(os.listdir(corpus / saver), key=lambda arch: _rank(saver, arch))
        for form, (_, wanted, pattern, largest) in FORMATS.items():
            found = 0
            for arch in folders if pattern else ():
                if found == wanted:
                    break
                base = _take(form, corpus / saver / arch, pattern, largest)
                if base is not None:
                    bases[form].append(base)
                    found += 1
    bases["pathology"] = _pathology(corpus / "pathology", FORMATS["pathology"][3])
    bases["keras-v3-deflated"] = [_deflated(base) for base in bases["keras-v3"][::4] if _is_zip(base)]
    tensorflow = _of_tensorflow(unpacked(DATA / "tensorflow.tar.xz"))
    bases["tfjs"] = _tfjs(tensorflow["tfjs"], bases["json"])
    bases["savedmodel"] += tensorflow["savedmodel"]
    bases["checkpoint"] += tensorflow["checkpoint"]
    bases["odd-models"] = [Base("odd-models", "nothing", {"arch.json": b"{}"}, "arch.json")]
    bases["foreign"] = _files("foreign", unpacked(DATA / "foreign.tar.xz"), FORMATS["foreign"][3])
    bases["structures"] = _files("structures", unpacked(DATA / "fuzz-structures.tar.xz"), FORMATS["structures"][3])
    return bases


def _rank(saver: str, arch: str) -> bytes:
    return hashlib.sha256(f"{saver}/{arch}".encode()).digest()


def _take(form: str, folder: Path, pattern: str, largest: int) -> Base | None:
    """Return the base of one corpus folder, None when it has none or too large a one."""
    if pattern.endswith("/"):
        top = folder / pattern[:-1]
        paths = [path for path in sorted(top.rglob("*")) if path.is_file()] if top.is_dir() else []
        entry = ""
    elif pattern.endswith("*"):
        top = folder
        paths = sorted(folder.glob(pattern))
        if pattern == "ckpt*" and paths and (folder / "checkpoint").exists():
            paths.append(folder / "checkpoint")
        endings = (".index", ".json")
        entry = next((path.name for path in paths if path.name.endswith(endings)), "")
    else:
        top = folder
        paths = [folder / pattern] if (folder / pattern).is_file() else []
        entry = pattern
    if not paths or sum(path.stat().st_size for path in paths) > largest:
        return None
    files = {path.relative_to(top).as_posix(): path.read_bytes() for path in paths}
    return Base(form, f"{folder.parent.name}/{folder.name}/{pattern}", files, entry)


def _pathology(folder: Path, largest: int) -> list[Base]:
    found = []
    for case in sorted(folder.iterdir()):
        paths = [
            path for path in sorted(case.rglob("*")) if path.is_file() and path.name not in ("meta.json", "golden.npz")
        ]
        if not paths or sum(path.stat().st_size for path in paths) > largest:
            continue
        files = {path.relative_to(case).as_posix(): path.read_bytes() for path in paths}
        entry = paths[0].name if len(paths) == 1 and paths[0].parent == case else ""
        found.append(Base("pathology", f"pathology/{case.name}", files, entry))
    return found


def _is_zip(base: Base) -> bool:
    return base.files[base.entry].startswith(b"PK")


def _deflated(base: Base) -> Base:
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(base.files[base.entry])) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            new.writestr(zipfile.ZipInfo(info.filename), old.read(info), zipfile.ZIP_DEFLATED)
    return Base("keras-v3-deflated", base.name + " deflated", {base.entry: out.getvalue()}, base.entry)


def _tfjs(real: list[Base], architectures: list[Base]) -> list[Base]:
    """Return TF.js models that its converter wrote, and others with the config of other architectures."""
    plain = next(base for base in real if base.name == "tfjs/plain")
    found = list(real)
    for base in architectures[::12]:
        text = json.loads(plain.files["model.json"])
        text["modelTopology"]["model_config"] = json.loads(base.files["arch.json"])
        files = {**plain.files, "model.json": json.dumps(text).encode()}
        found.append(Base("tfjs", f"{base.name} as TF.js", files, "model.json"))
    return found


def _of_tensorflow(folder: Path) -> dict[str, list[Base]]:
    """Return what TensorFlow and its converter to TF.js wrote, by format."""
    found: dict[str, list[Base]] = {"tfjs": [], "savedmodel": [], "checkpoint": []}
    for form, inner, entry in (("tfjs", "tfjs", "model.json"), ("savedmodel", "savedmodels", "")):
        for top in sorted((folder / inner).iterdir()):
            files = {
                path.relative_to(top).as_posix(): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()
            }
            found[form].append(Base(form, f"{inner}/{top.name}", files, entry))
    for index in sorted((folder / "checkpoints").glob("*.index")):
        files = {path.name: path.read_bytes() for path in sorted(index.parent.glob(f"{index.stem}.[id]*"))}
        found["checkpoint"].append(Base("checkpoint", f"checkpoints/{index.stem}", files, index.name))
    return found


def _files(form: str, folder: Path, largest: int) -> list[Base]:
    """Return every small file of a folder, each a base."""
    paths = [path for path in sorted(folder.iterdir()) if path.is_file() and path.stat().st_size <= largest]
    return [Base(form, path.name, {path.name: path.read_bytes()}, path.name) for path in paths]
