#!/usr/bin/env python3
"""A whole `keras-doctor check` process against the scanners of model files, each in an environment of its own.

    scanners.py                    on a small .keras and .h5: hayward, modelscan, modelaudit
    scanners.py --tensorflow       modelscan with TensorFlow, which it needs to look into a .keras (1.4 GB to install)

What they do is not the same: a scanner looks for code that would run, keras-doctor says whether the model is whole and
loads. modelaudit's telemetry and cache are switched off, so that every run looks at the file.
"""

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path

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
# Name: what is installed, the command before the file, the bar: how many times keras-doctor's CPU it takes at least.
PEERS = {
    "hayward": (("hayward==1.4.1",), ("hayward", "scan"), 1),
    "modelscan": (("modelscan[h5py]==0.8.8",), ("modelscan", "scan", "-p"), 10),
    "modelaudit": (("modelaudit", "h5py"), ("modelaudit", "scan", "--no-cache"), 10),
}
SILENT = {"PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1", "CI": "1"}


def main() -> int:
    parser = arguments(__doc__, rounds=10)
    parser.add_argument("--tensorflow", action="store_true", help="give modelscan TensorFlow")
    options = parser.parse_args()
    shop = Workshop(options.cache)
    environ = shop.environ(**SILENT)
    homes: dict[str, Path] = {}
    for name, (requirements, _, _) in PEERS.items():
        wanted = requirements
        if name == "modelscan" and options.tensorflow:
            wanted = ("modelscan[h5py,tensorflow]==0.8.8",)
        homes[name] = shop.installed(name, *wanted)
    ours = shop.ours() / "bin/keras-doctor"
    print(machine())
    print("; ".join(versions(home, name) for name, home in homes.items()))
    kept = True
    for ending in (".keras", ".h5"):
        model = str(shop.corpus() / (MODEL + ending))
        commands = {"keras-doctor": sound([str(ours), "check", model], environ)}
        for name, (_, words, _) in PEERS.items():
            commands[name] = [str(homes[name] / "bin" / words[0]), *words[1:], model]
        runs = in_turns(commands, environ, options.rounds)
        print(f"\n{ending}, {os.path.getsize(model):,} bytes, {options.rounds} rounds")
        rows = []
        for name, measured in runs.items():
            found = compare(measured, runs["keras-doctor"])
            wall, rss = (statistics.median(getattr(one, of) for one in measured) for of in ("wall", "rss"))
            status = ",".join(sorted({str(one.status) for one in measured}))
            rows.append(
                (name, milliseconds(found.ours), milliseconds(wall), f"{rss:.0f} MB", f"{found.ratio:.1f}", status)
            )
        table(("command", "CPU", "wall", "peak", "CPU over keras-doctor's", "status"), rows)
        for name, (_, _, bar) in PEERS.items():
            ratio = compare(runs[name], runs["keras-doctor"]).ratio
            kept &= verdict(f"{name}: CPU over keras-doctor's", ratio, bar, at_least=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
