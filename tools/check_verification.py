#!/usr/bin/env python3
"""Repair files of real releases for real targets, verified in real releases, and count how many were verified by whom.

    check_verification.py CORPUS SETUPS.jsonl TARGET … [--every N] [--mode real] [--out tests/data/verifications.tsv]

CORPUS and its files: as in check_repairs.py; with --custom-code those that need what it defines. SETUPS: as
in_releases.py takes it; the source is run in the setup that is named like its saver (of those that need no variables
to be that release). TARGET: the name of a setup. Writes a line for each file and target: the kind of the verification,
whether both compute the same, the largest difference in units of the outputs' scale, and why it is no better kind.
Prints the shares per target.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import os
import sys
import tempfile
from pathlib import Path

import keras_doctor as kd
from check_repairs import stock_files
from in_releases import setups_of
from keras_doctor.rescue.verification import Verifier
from keras_doctor.sources.parsing import Code

COLUMNS = ("file", "target", "kind", "equal", "difference", "why")
_NEEDED = ("PYTHONPATH",)  # variables that make another release of a setup's interpreter
_QUIET = ("KERAS_BACKEND", *_NEEDED)  # not taken over: each interpreter says its own


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("setups", type=Path)
    parser.add_argument("targets", nargs="+", metavar="TARGET")
    parser.add_argument("--every", type=int, default=1, help="take each N-th file")
    parser.add_argument("--mode", default="real", help="as repair --verify takes it")
    parser.add_argument("--custom-code", default="", metavar="FILE.py", help="take the files that need what it defines")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    setups = setups_of(options.setups)
    for setup in setups.values():
        _names.setdefault(setup["python"], setup["name"])
        os.environ.update({key: value for key, value in setup["environ"].items() if key not in _QUIET})
    files = custom_files(options.corpus, options.custom_code) if options.custom_code else stock_files(options.corpus)
    files = [path for path in files if _interpreter(setups, path)][:: options.every]
    rows = []
    for target in options.targets:
        environment = kd.Environment.of(setups[target]["python"])
        found = [outcome(options, setups, path, target, environment) for path in files]
        counts = collections.Counter((row["kind"], row["equal"]) for row in found)
        told = ", ".join(f"{kind or 'none'} {equal}: {count}" for (kind, equal), count in counts.most_common())
        print(f"{target}: of {len(found)} files {told}", flush=True)
        rows += found
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return 0


def custom_files(corpus: Path, code: str) -> list[Path]:
    """Return the model files that need custom objects of which all are defined in a Python file."""
    defined, found = Code([code]).names, []
    for meta in sorted(corpus.glob("*/*/meta.json")):
        told = json.loads(meta.read_text(encoding="utf-8"))
        if "versions" in told and told.get("custom") and set(told["custom"]) <= set(defined):
            found += [path for name in ("model.h5", "model.keras") if (path := meta.parent / name).exists()]
    return found


def _interpreter(setups: dict, path: Path) -> str:
    """Return the interpreter of a file's saver, "" when it alone is not that release."""
    setup = setups.get(path.parts[-3])
    return "" if setup is None or any(key in setup["environ"] for key in _NEEDED) else setup["python"]


_verifiers: dict[str, Verifier] = {}


def outcome(options: argparse.Namespace, setups: dict, path: Path, target: str, environment: kd.Environment) -> dict:
    """Return the row of one file and target."""
    source = _interpreter(setups, path)
    if source not in _verifiers:  # files stand by savers: the last one's processes are not needed any more
        for verifier in _verifiers.values():
            verifier.close()
        _verifiers.clear()
        code = [options.custom_code] if options.custom_code else []
        _verifiers[source] = Verifier(options.mode, source, custom_code=code)
    ending = ".keras" if (environment.keras or "").startswith("3") else ".h5"
    row = {"file": str(path.relative_to(options.corpus)), "target": target, "kind": "", "equal": ""}
    with tempfile.TemporaryDirectory() as folder:
        try:
            report = kd.repair(path, Path(folder) / f"mended{ending}", environment, verify=_verifiers[source])
        except (ValueError, OSError) as error:
            return {**row, "equal": "refused", "why": _short(str(error))}
    if not report.path:
        return {**row, "equal": "refused", "why": _short("; ".join(one.message for one in report.remaining))}
    found = report.verification
    row["kind"], row["equal"] = found.kind, {True: "yes", False: "no", None: "unknown"}[found.equal]
    if found.kind:
        row["difference"] = f"{found.difference:.1e}"
    parting = [str(found.parting)] if found.parting else []
    return {**row, "why": _short("; ".join([found.reason, *parting, *found.notes]).strip("; "))}


_names: dict[str, str] = {}


def _short(text: str) -> str:
    """Return a text on one line, with the names of setups for their interpreters."""
    for interpreter, name in _names.items():
        text = text.replace(interpreter, name)
    return " ".join(text.split())[:300]


if __name__ == "__main__":
    sys.exit(main())
