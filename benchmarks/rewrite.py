#!/usr/bin/env python3
"""Writing a model of 1 GB again, beside copying its tensors with h5py: time and peak memory.

    rewrite.py                     makes files of 1 GB in the cache folder, once
    rewrite.py --size 4000         of 4 GB each

"as it is" writes the document as it was read; "transposed" and "scaled" do that to each kernel on the way. The copy
reads each dataset into an array and writes it into a new file, one after the other, and keeps the names. keras-doctor
waits until its file is on the disk, and checks nothing less than it always does; the copy is measured both ways, and
the bar holds against the one that does not wait.
"""

from __future__ import annotations

import statistics
import sys

from measuring import PLAIN, Workshop, arguments, machine, run, table, verdict
from memory import make

TIME, MEMORY = 2.0, 150.0  # times the copy; MB beyond the largest tensor

_OURS = """
import sys
from keras_doctor import read
from keras_doctor.document import expressions
from keras_doctor.records import replace
from keras_doctor.writers import write

def changed(tensor):
    if len(tensor.shape) < 2 or sys.argv[3] == "as it is":
        return tensor
    return expressions.transpose(tensor) if sys.argv[3] == "transposed" else expressions.scale(tensor, 1.2)

document = read(sys.argv[1])
weights = tuple(replace(group, tensors=tuple(map(changed, group.tensors))) for group in document.weights)
write(document.changed(weights=weights), sys.argv[2], force=True)
"""
_COPY = """
import os, sys, h5py
with h5py.File(sys.argv[1]) as old, h5py.File(sys.argv[2], "w") as new:
    def copy(name, item):
        if isinstance(item, h5py.Dataset):
            new.create_dataset(name, data=item[()])
    old.visititems(copy)
if sys.argv[3] == "waiting":
    os.fsync(os.open(sys.argv[2], os.O_RDWR))
"""


def main() -> int:
    parser = arguments(__doc__, rounds=5)
    parser.add_argument("--size", type=int, default=1000, help="MB of weights (default %(default)s)")
    options = parser.parse_args()
    shop = Workshop(options.cache)
    maker = str(shop.installed("h5py", "h5py", "numpy") / "bin/python")
    h5, keras = make(shop, maker, options.size)
    ours = str(shop.installed("repair", f"{shop.wheel()}[repair]", fresh=True) / "bin/python")
    target = shop.folder / "rewritten"
    print(machine())
    commands = {
        "h5py copies": [maker, "-c", _COPY, str(h5), str(target), ""],
        "h5py copies, and waits for the disk": [maker, "-c", _COPY, str(h5), str(target), "waiting"],
    }
    for path in (h5, keras):
        for how in ("as it is", "transposed", "scaled"):
            commands[f"{path.suffix}, {how}"] = [ours, "-c", _OURS, str(path), str(target), how]
    runs = {name: [] for name in commands}
    names = list(commands)
    for number in range(-1, options.rounds):  # the first round fills caches; each begins with another command
        for name in names[number % len(names) :] + names[: number % len(names)]:
            done = run(commands[name], PLAIN)
            target.unlink(missing_ok=True)
            runs[name] += [done] if number >= 0 else []
    if any(one.status for many in runs.values() for one in many):
        raise SystemExit("a command failed")
    kept = report(runs, largest(options.size))
    return 0 if kept else 1


def largest(size: int) -> float:
    """Return the MB of the largest tensor of the files that `memory.make` makes."""
    from memory import width_for

    return width_for(size) ** 2 * 4 / 1e6


def report(runs: dict, tensor: float) -> bool:
    copies = runs["h5py copies"]
    rows = []
    for name, many in runs.items():
        wall, cpu = (statistics.median(getattr(one, of) for one in many) for of in ("wall", "cpu"))
        ratios = [
            statistics.median(getattr(one, of) / getattr(other, of) for one, other in zip(many, copies, strict=True))
            for of in ("wall", "cpu")
        ]
        peak = max(one.rss for one in many)
        rows.append((name, f"{wall:.2f} s", f"{cpu:.2f} s", *(f"{ratio:.2f}" for ratio in ratios), f"{peak:.0f} MB"))
    table(("command", "wall", "CPU", "wall ratio", "CPU ratio", "peak"), rows)
    kept = True
    for row in rows[2:]:
        kept &= verdict(f"{row[0]}: times the copy (wall)", float(row[3]), TIME)
        kept &= verdict(f"{row[0]}: peak MB", float(row[5].split()[0]), tensor + MEMORY)
    return kept


if __name__ == "__main__":
    sys.exit(main())
