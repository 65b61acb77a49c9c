#!/usr/bin/env python3
"""Write files of real releases again, unchanged, and load both in the release that saved them.

    check_rewrites.py CORPUS SETUPS.jsonl [--only NAME …] [--every N]

CORPUS: SAVER/ARCH/files, as tests/data/corpus.tar.xz has them, or more of the same. SETUPS: one environment a line,
as in_releases.py takes it, named like the saver. Prints a line
for each saver and format: files that load, that load again, that are the same bit for bit (weights, optimizer,
predictions); every file for which that does not hold is named on standard error. Ends with 1 when there is one.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
from pathlib import Path

import numpy as np

from in_releases import Release, setups_of
from keras_doctor import read
from keras_doctor.writers import write
from keras_doctor.writers.writing import FORMATS

ENDINGS = {"keras-v3": ".keras", "v3-weights": ".weights.h5", "json-architecture": ".json"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("setups", type=Path)
    parser.add_argument("--only", nargs="*", help="savers to look at")
    parser.add_argument("--every", type=int, default=1, help="take each N-th file")
    options = parser.parse_args()
    good = True
    print("saver\tformat\tfiles\tload\tload again\tsame\tnot to be told")
    for setup in setups_of(options.setups).values():
        if options.only and setup["name"] not in options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            pairs = list(rewritten(options.corpus / setup["name"], Path(folder), options.every))
            good &= report(setup["name"], pairs, list(answers(setup, [pair for _, pair in pairs])))
    return 0 if good else 1


def rewritten(saver: Path, out: Path, every: int):
    """Yield (format, pair of files) for the files of one saver."""
    files = sorted(path for path in saver.glob("*/*") if path.suffix in (".h5", ".keras", ".json"))
    for number, path in enumerate(files[::every]):
        document = read(path)
        if document.format not in FORMATS:
            continue
        target = out / f"{number}{ENDINGS.get(document.format, '.h5')}"
        write(document, target)
        inputs = path.with_name("golden.npz")
        architecture = path.with_name("arch.json") if document.format.endswith("weights") else None
        if architecture and not architecture.exists():
            continue
        yield (
            document.format,
            {
                "original": path,
                "rewritten": target,
                "inputs": inputs if inputs.exists() and path.suffix != ".json" else None,
                "architecture": architecture,
            },
        )


def answers(setup: dict, pairs: list[dict]):
    """Yield what the environment makes of each pair: the error that each load ended with, "" for none, and whether
    weights, optimizer and predictions are the same bit for bit, None when that cannot be told; None when the process
    ended.
    """
    with Release(setup) as release:
        for pair in pairs:
            found = {which: looked_at(release, pair, which) for which in ("original", "rewritten")}
            if None in found.values():
                yield None
                continue
            answer = {which: error for which, (error, _) in found.items()}
            equal = None
            if not any(answer.values()):
                equal = same(found["original"][1], found["rewritten"][1])
                again = None if equal else looked_at(release, pair, "original")
                if again and not same(found["original"][1], again[1]):
                    equal = None  # the original itself is another model at each load
            yield {**answer, "same": equal}


def looked_at(release: Release, pair: dict, which: str):
    """Return (error, arrays) of one file of a pair, None when the process ended. A failed prediction is part of what is
    compared.
    """
    answer, arrays = release.run(pair[which], pair["inputs"], pair["architecture"], weights=True)
    if answer is None:
        return None
    failed = answer["error"] if answer["stage"] == "load" else answer["plain"]
    return failed, {**arrays, "failed": np.array(answer["error"].split(":")[0])}


def same(first: dict, second: dict) -> bool:
    return first.keys() == second.keys() and all(
        first[name].shape == other.shape
        and first[name].dtype == other.dtype
        and first[name].tobytes() == other.tobytes()
        for name, other in second.items()
    )


def report(name: str, pairs: list, answered: list) -> bool:
    """Print the lines of one saver; tell whether every file that loads is the same when it is written again."""
    counts: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    good = True
    for (form, pair), answer in zip(pairs, answered, strict=True):
        count = counts[form]
        count["files"] += 1
        if answer is None:
            count["unclear"] += 1
            continue
        count["load"] += not answer["original"]
        count["again"] += not answer["rewritten"]
        count["same"] += answer["same"] is True
        count["unclear"] += not answer["original"] and not answer["rewritten"] and answer["same"] is None
        if answer["same"] is False or bool(answer["original"]) != bool(answer["rewritten"]):
            good = False
            print(f"{pair['original']}: {answer}", file=sys.stderr)
    for form, count in sorted(counts.items()):
        print(name, form, *(count[key] for key in ("files", "load", "again", "same", "unclear")), sep="\t", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
