#!/usr/bin/env python3
"""Record what plain loads in real releases came to, for tests/loaders/test_tf_keras_loads.py and test_keras_3_loads.py.

    record_loads.py MATRIX.jsonl.gz tf.keras tf_keras | xz > tests/data/tf-keras-loads.tsv.xz
    record_loads.py MATRIX.jsonl.gz keras-3 | xz > tests/data/keras-3-loads.tsv.xz

MATRIX: one JSON object a line, what a plain load of `file` did in `env`. LOADER: tf.keras, tf_keras, or the line of
releases of the package: keras-1, keras-2, keras-3. Of each
release, format, verdict and cause two loads are taken, which ones the hash of their names decides. A line of the
output: the environment as `Environment.parse` takes it, the file below the corpus, the verdict, and the causes that are
right for it.
"""

from __future__ import annotations

import collections
import gzip
import hashlib
import json
import sys

EACH = 2
# The names under which a load's packages stand in a row and in an environment string.
PACKAGES = {
    "tf.keras": {"tensorflow": "tensorflow"},
    "tf_keras": {"keras": "tf-keras", "tensorflow": "tensorflow"},
    "keras": {"keras": "keras", "tensorflow": "tensorflow", "jax": "jax", "torch": "torch"},
}


def main(matrix: str, *loaders: str) -> None:
    groups: dict[tuple[str, ...], list[tuple[str, dict[str, object]]]] = collections.defaultdict(list)
    with gzip.open(matrix, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("kind", "model") != "model" or "verdict" not in row or loader(row["env"]) not in loaders:
                continue
            key = (row["env"]["name"], row["format"], row["verdict"], row.get("cause") or "")
            digest = hashlib.sha256(f"{row['env']['name']} {row['file']}".encode()).hexdigest()
            groups[key].append((digest, row))
    print("environment\tfile\tverdict\tcauses")
    for _, rows in sorted(groups.items()):
        for _, row in sorted(rows, key=lambda pair: pair[0])[:EACH]:
            causes = [row["cause"], *row.get("also", ())] if row.get("cause") else []
            print(environment(row["env"]), row["file"], row["verdict"], ",".join(causes), sep="\t")


def loader(env: dict[str, str]) -> str:
    return f"keras-{env['keras'][0]}" if env["mod"] == "keras" else env["mod"]


def environment(env: dict[str, str]) -> str:
    words = [f"python=={env['python']}"]
    words += [f"{name}=={env[key]}" for key, name in PACKAGES[env["mod"]].items() if env.get(key)]
    words += [f"{name}=={env[name]}" for name in ("h5py", "numpy") if env.get(name)]
    words += [f"backend={env['backend']}"] if env["mod"] == "keras" else []
    return " ".join([*words, f"loader={env['mod']}"])


if __name__ == "__main__":
    main(*sys.argv[1:])
