#!/usr/bin/env python3
"""Record which containers real loaders opened and which they refused, for tests/loaders/test_opening.py.

    record_openings.py MATRIX.jsonl.gz CORPUS > tests/data/openings.tsv

MATRIX: one JSON object a line, what a plain load of `file` (below CORPUS) did in `env`. A load was refused for its
container when its cause is format-not-supported. Rows that agree are counted once; a combination on which real loads
disagree is left out, and named on standard error.
"""

from __future__ import annotations

import collections
import gzip
import json
import os
import sys

from keras_doctor.artifacts import read
from keras_doctor.artifacts.formats import WHOLE

LIBRARY = {"keras": "keras", "tf.keras": "tf.keras", "tf_keras": "tf-keras"}


def main(matrix: str, corpus: str) -> None:
    seen: dict[tuple[str, ...], collections.Counter[bool]] = collections.defaultdict(collections.Counter)
    kinds: dict[str, tuple[str, str, str] | None] = {}
    with gzip.open(matrix, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if "verdict" not in row:
                continue
            if row["file"] not in kinds:
                kinds[row["file"]] = kind(os.path.join(corpus, row["file"]))
            found = kinds[row["file"]]
            if found is None:
                continue
            env = row["env"]
            library = LIBRARY[env["mod"]]
            version = env["tensorflow"] if library == "tf.keras" else env["keras"]
            seen[(*found, library, version)][row.get("cause") == "format-not-supported"] += 1
    print("format\tcontainer\tending\tlibrary\tversion\trefused\tloads")
    for key, counts in sorted(seen.items()):
        if len(counts) > 1:
            print("real loads disagree:", *key, dict(counts), file=sys.stderr)
        else:
            refused = next(iter(counts))
            print(*key, "yes" if refused else "no", counts[refused], sep="\t")


def kind(path: str) -> tuple[str, str, str] | None:
    """Return format, container and ending of an intact whole model; None for anything else."""
    document = read(path)
    if document.format not in WHOLE or document.damage:
        return None
    return document.format, document.container, os.path.splitext(path)[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
