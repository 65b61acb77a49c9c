#!/usr/bin/env python3
"""A whole `keras-doctor check` process against a Python that does nothing, and against the alternatives.

    startup.py                     CPU and wall time of `check` on a small .keras and .h5, beside `python -c pass`
    startup.py --alternatives      also hayward, and a process that imports Keras and loads the file
    startup.py --tensorflow        and one that does so with TensorFlow as the backend (600 MB to install)

The command is the one that an installation of the built wheel makes, in an environment that holds nothing else. All
commands run in turns, so that what else the machine does meets them alike. The wrapper that pip before 26 puts around a
command imports `re`, for nothing; what that adds is measured too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys

from measuring import (
    Workshop,
    arguments,
    compare,
    in_turns,
    machine,
    milliseconds,
    sound,
    table,
    verdict,
    versions,
)

MODEL = "py311_tf221_k3151/mlp_seq/model"
BAR, AIM, KERAS_BAR = 2.4, 2.0, 60
SPEC = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
HAYWARD = "hayward==1.4.1"
KERAS = ("keras==3.15.1", "jax", "numpy", "scipy", "h5py")
TENSORFLOW = "tensorflow-cpu==2.21.0"
OLD_WRAPPER = """#!{}
import re
import sys
from keras_doctor.cli import script
if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw|\\.exe)?$', '', sys.argv[0])
    sys.exit(script())
"""
LOAD = "import keras, sys; keras.saving.load_model(sys.argv[1])"


def main() -> int:
    parser = arguments(__doc__, rounds=40)
    parser.add_argument("--alternatives", action="store_true", help="also hayward, and Keras itself")
    parser.add_argument("--tensorflow", action="store_true", help="also Keras with TensorFlow")
    options = parser.parse_args()
    shop = Workshop(options.cache)
    home = shop.ours()
    old = home / "bin/keras-doctor-old"
    old.write_text(OLD_WRAPPER.format(home / "bin/python"))
    old.chmod(0o755)
    environ = shop.environ()
    print(machine())
    kept = True
    for ending in (".keras", ".h5"):
        model = str(shop.corpus() / (MODEL + ending))
        commands = {
            "python -c pass": [str(home / "bin/python"), "-c", "pass"],
            "keras-doctor check": sound([str(home / "bin/keras-doctor"), "check", model], environ),
            "keras-doctor check --env": sound([str(home / "bin/keras-doctor"), "check", model, "--env", SPEC], environ),
            "keras-doctor check, old wrapper": [str(old), "check", model],
        }
        if options.alternatives or options.tensorflow:
            commands["hayward"] = [str(shop.installed("hayward", HAYWARD) / "bin/hayward"), "scan", model]
        runs = in_turns(commands, environ, options.rounds)
        for backend in backends(options):
            keras = shop.installed("keras", *KERAS, *[TENSORFLOW][: options.tensorflow])
            command = {f"load_model, {backend}": [str(keras / "bin/python"), "-c", LOAD, model]}
            runs |= in_turns(command, {**environ, "KERAS_BACKEND": backend}, max(3, options.rounds // 10))
        print(f"\n{ending}, {os.path.getsize(model):,} bytes, {options.rounds} rounds")
        show(runs)
        bare, ours = runs["python -c pass"], runs["keras-doctor check"]
        found = compare(ours, bare)
        kept &= verdict("CPU over bare Python, ratio of medians", found.ratio, BAR)
        kept &= verdict("CPU over bare Python, median of ratios", found.paired, BAR)
        named = compare(runs["keras-doctor check --env"], bare)
        kept &= verdict("the same with --env, ratio of medians", named.ratio, BAR)
        print(f"aim: {AIM:g}")
        if "hayward" in runs:
            kept &= verdict("CPU over hayward's", compare(ours, runs["hayward"]).ratio, 1)
        for backend in backends(options):
            ratio = statistics.median(one.cpu for one in runs[f"load_model, {backend}"]) / found.ours
            kept &= verdict(f"import keras, load_model with {backend}: CPU over ours", ratio, KERAS_BAR, at_least=True)
    if backends(options):
        print("\n" + versions(keras, "keras", "jax", "numpy", "h5py", *["tensorflow-cpu"][: options.tensorflow]))
    return 0 if kept else 1


def backends(options: argparse.Namespace) -> list[str]:
    """Return the backends with which Keras is measured."""
    return ["jax", "tensorflow"] if options.tensorflow else ["jax"] if options.alternatives else []


def show(runs: dict) -> None:
    """Print one row a command."""
    bare = runs["python -c pass"]
    rows = []
    for name, measured in runs.items():
        cpu, wall = (statistics.median(getattr(one, of) for one in measured) for of in ("cpu", "wall"))
        least = min(one.cpu for one in measured)
        ratio = cpu / statistics.median(one.cpu for one in bare)
        paired = f"{compare(measured, bare).paired:.2f}" if len(measured) == len(bare) else "-"
        status = ",".join(sorted({str(one.status) for one in measured}))
        rows.append((name, milliseconds(cpu), milliseconds(least), milliseconds(wall), f"{ratio:.2f}", paired, status))
    table(("command", "CPU", "least", "wall", "ratio of medians", "median of ratios", "status"), rows)


if __name__ == "__main__":
    sys.exit(main())
