#!/usr/bin/env python3
"""Record which operations each TensorFlow knows, and with which attributes: src/keras_doctor/releases/operations.tsv.

    record_operations.py PYTHON [PYTHON...]      interpreters, each with another TensorFlow

Each interpreter imports its TensorFlow and lists the registry of operations, which is compiled code: no source of a
wheel has all of it. What is recorded already of other releases stays; of each minor the last one given counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src/keras_doctor/releases/operations.tsv"

# Runs on Python 3.6 and TensorFlow 1.4 too.
LISTING = r"""
import sys
import tensorflow as tf
try:
    from tensorflow.python import pywrap_tensorflow as api
    buffer = api.TF_GetAllOpList()
except AttributeError:
    from tensorflow.python.client import pywrap_tf_session as api
    buffer = api.TF_GetAllOpList()
from tensorflow.core.framework import op_def_pb2
known = op_def_pb2.OpList()
known.ParseFromString(api.TF_GetBuffer(buffer))
print(tf.__version__)
for op in known.op:
    print(op.name + "\t" + " ".join(attr.name for attr in op.attr))
"""


def main() -> int:
    """Ask the interpreters and write the file anew."""
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    known = read()
    for python in sys.argv[1:]:
        environ = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run([python, "-c", LISTING], capture_output=True, text=True, env=environ, check=False)
        if done.returncode:
            print(f"{python}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
            return 1
        version, *rows = done.stdout.strip().splitlines()
        minor = ".".join(version.split(".")[:2])
        known[minor] = {name: tuple(attrs.split()) for name, _, attrs in (row.partition("\t") for row in rows)}
        print(f"TensorFlow {version}: {len(known[minor])} operations")
    TARGET.write_text(written(known), encoding="utf-8")
    return 0


def order(minor: str) -> tuple[int, ...]:
    """Return a key by which minors sort."""
    return tuple(int(part) for part in minor.split("."))


def read() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return what is recorded, by minor and operation."""
    if not TARGET.exists():
        return {}
    minors: list[str] = []
    known: dict[str, dict[str, tuple[str, ...]]] = {}
    for line in TARGET.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, *fields = line.split("\t")
        if not minors:
            minors = [name, *fields]
            known = {minor: {} for minor in minors}
            continue
        for field in fields:
            first, _, rest = field.partition(":")
            last, _, attrs = rest.partition(":")
            for minor in minors[minors.index(first) : minors.index(last) + 1]:
                known[minor][name] = tuple(attrs.split())
    return known


def written(known: dict[str, dict[str, tuple[str, ...]]]) -> str:
    """Return the file: the minors, then per operation its runs of minors, each with the attributes it has there."""
    minors = sorted(known, key=order)
    lines = [
        "# Operations of TensorFlow's registry, by tools/record_operations.py: name, then FIRST:LAST:ATTRIBUTES a run.",
        "\t".join(minors),
    ]
    for name in sorted({name for operations in known.values() for name in operations}):
        runs: list[list[str]] = []
        for position, minor in enumerate(minors):
            attrs = known[minor].get(name)
            if attrs is None:
                continue
            shown = " ".join(attrs)
            if runs and runs[-1][2] == shown and runs[-1][1] == minors[position - 1]:
                runs[-1][1] = minor
            else:
                runs.append([minor, minor, shown])
        lines.append("\t".join([name, *(":".join(run) for run in runs)]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
