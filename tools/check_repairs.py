#!/usr/bin/env python3
"""Repair files of real releases for real targets, load the results there, and compare outputs with the recorded ones.

    check_repairs.py CORPUS SETUPS.jsonl TARGET=SPEC … [--every N] [--ending .keras] [--out tests/data/repairs.tsv]

CORPUS: SAVER/ARCH/{files, golden.npz, meta.json}, as tests/data/corpus.tar.xz and evaluations.tar.xz have them, or more
of the same; files that need custom objects are left out. SETUPS: as in_releases.py takes it. TARGET: the name of a
setup, SPEC what is in it, as `keras-doctor check --env` takes it. Writes a line for each file and target: what became
of it ("equal", or the reason why not) and the largest difference of outputs in units of their scale. Prints the share
per target.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import sys
import tempfile
from pathlib import Path

import keras_doctor as kd
from in_releases import Release, apart, setups_of

TOLERANCE = 1e-5
HALF = 1e-3  # models that compute with half precision


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("setups", type=Path)
    parser.add_argument("targets", nargs="+", metavar="TARGET=SPEC")
    parser.add_argument("--every", type=int, default=1, help="take each N-th file")
    parser.add_argument("--only", nargs="*", metavar="ARCH", help="take these architectures alone")
    parser.add_argument("--ending", default="", help="of the results: else .keras for Keras 3, .h5 for others")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    setups = setups_of(options.setups)
    files = stock_files(options.corpus)[:: options.every]
    if options.only:
        files = [path for path in files if path.parent.name in options.only]
    rows = []
    for target in options.targets:
        name, _, spec = target.partition("=")
        found = list(outcomes(options.corpus, files, setups[name], spec, options.ending))
        counts = collections.Counter(row["outcome"].split(":")[0] for row in found)
        print(f"{name}: {100 * counts['equal'] / len(found):.1f} % of {len(found)}: {dict(counts)}", flush=True)
        rows += found
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["file", "env", "outcome", "difference"], delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return 0


def stock_files(corpus: Path) -> list[Path]:
    """Return the model files of the corpus that need nothing of the user's code and whose outputs were recorded."""
    found = []
    for golden in sorted(corpus.glob("*/*/golden.npz")):
        meta = golden.with_name("meta.json")
        told = json.loads(meta.read_text(encoding="utf-8")) if meta.exists() else {"versions": {}}
        if "versions" in told and not told.get("custom"):
            names = ("model.h5", "model.keras", "savedmodel")
            found += [golden.with_name(name) for name in names if golden.with_name(name).exists()]
    return found


def outcomes(corpus: Path, files: list[Path], setup: dict, spec: str, ending: str = ""):
    """Yield a row for each file."""
    environment = kd.Environment.parse(spec)
    ending = ending or (".keras" if (environment.keras or "").startswith("3") else ".h5")
    with tempfile.TemporaryDirectory() as folder, Release(setup) as release:
        for number, path in enumerate(files):
            row = {"file": str(path.relative_to(corpus)), "env": spec, "outcome": "", "difference": ""}
            result = Path(folder) / f"{number}{ending}"
            try:
                report = kd.repair(path, result, environment, verify="none")
            except (ValueError, OSError) as error:
                yield {**row, "outcome": f"refused: {error}"[:200]}
                continue
            if not report.path:
                why = "; ".join(finding.message for finding in report.remaining)[:200]
                yield {**row, "outcome": f"refused: {why}"}
                continue
            yield {**row, **loaded(release, result, path.with_name("golden.npz"))}
            result.unlink()


def loaded(release: Release, result: Path, golden: Path) -> dict:
    """Return what became of a file in its target."""
    answer, arrays = release.run(result, golden)
    if answer is None:
        return {"outcome": "error: the process ended"}
    error = answer["plain"] or answer["error"]
    if error:
        return {"outcome": "error: " + error.split("\n")[0][:300]}
    found = apart(arrays, golden)
    tolerance = HALF if "16" in golden.parent.name else TOLERANCE
    return {"outcome": "equal" if found <= tolerance else "differs", "difference": f"{found:.1e}"}


if __name__ == "__main__":
    sys.exit(main())
