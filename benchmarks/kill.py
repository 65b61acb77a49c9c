#!/usr/bin/env python3
"""Kill keras-doctor while it writes, at random instants: source and earlier target must be as they were.

    kill.py                 1,000 times, in turns over formats, with an earlier target and without
    kill.py --rounds 50     fewer
    kill.py --folder        while a folder is repaired into another one: each file of both is looked at

A process says that it is about to write and gets SIGKILL after a random time, up to a little more than writing takes.
Then the source must have its bytes, and the target those of before or those of a whole new file, nothing else. What a
killed process can leave beside the target is one `.partial`, which no reader takes for a model.
"""

from __future__ import annotations

import collections
import hashlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, sleep

from measuring import PLAIN, Workshop, arguments, machine, table

_SIZE = 24  # MB: writing takes a while, and not too long
_WRITING = """
import sys
from keras_doctor import read
from keras_doctor.writers import write
document = read(sys.argv[1])
print(flush=True)
write(document, sys.argv[2], force=True)
print(flush=True)
"""


_REPAIRING = """
import sys
from keras_doctor.cli import main
print(flush=True)
main(["repair", *sys.argv[1:], "--force", "--verify=none", "--env", "python==3.11 keras==3.15.1 tensorflow==2.21.0"])
print(flush=True)
"""


def main() -> int:
    parser = arguments(__doc__, rounds=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", action="store_true", help="repair a folder into another one")
    options = parser.parse_args()
    shop = Workshop(options.cache)
    python = str(shop.installed("repair", f"{shop.wheel()}[repair]", fresh=True) / "bin/python")
    from memory import make

    sources = make(shop, str(shop.installed("h5py", "h5py", "numpy") / "bin/python"), _SIZE)
    chance = random.Random(options.seed)
    print(machine())
    with tempfile.TemporaryDirectory(dir=shop.folder) as folder:
        if options.folder:
            trials = [FolderTrial(python, sources, Path(folder), earlier) for earlier in (True, False)]
        else:
            trials = [Trial(python, source, Path(folder), earlier) for source in sources for earlier in (True, False)]
        for number in range(options.rounds):
            trials[number % len(trials)].kill(chance)
    rows = [trial.row() for trial in trials]
    table(("written", "earlier target", "kills", "target as before", "new target", "left .partial", "broken"), rows)
    broken = sum(trial.counts["broken"] for trial in trials)
    print(f"{'kept' if not broken else 'MISSED'}: {broken} of {options.rounds} kills did damage")
    return 1 if broken else 0


class Trial:
    """One source that is written again and again, onto an earlier file or onto nothing."""

    def __init__(self, python: str, source: Path, folder: Path, earlier: bool) -> None:
        own = folder / f"{source.suffix[1:]}-{earlier}"
        own.mkdir()
        self.source, self.target, self.earlier = source, own / f"target{source.suffix}", earlier
        self.command = [python, "-c", _WRITING, str(source), str(self.target)]
        self.before = hashlib.sha256(source.read_bytes()).digest()
        subprocess.run(self.command, env=PLAIN, check=True, stdout=subprocess.DEVNULL)
        self.whole = digest(self.target)
        self.took = max(self.once() for _ in range(3))
        self.counts: collections.Counter[str] = collections.Counter()

    def once(self) -> float:
        """Return the seconds that writing takes."""
        with subprocess.Popen(self.command, env=PLAIN, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            start = perf_counter()
            process.stdout.readline()
            return perf_counter() - start

    def kill(self, chance: random.Random) -> None:
        """Start the writing, kill it, look at what is there, and set everything back."""
        self.target.unlink(missing_ok=True)
        if self.earlier:
            self.target.write_bytes(b"earlier")
        before = digest(self.target)
        with subprocess.Popen(self.command, env=PLAIN, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            sleep(chance.uniform(0, self.took * 1.1))
            process.send_signal(signal.SIGKILL)
        after = digest(self.target)
        self.counts["kills"] += 1
        self.counts["before"] += after == before
        self.counts["new"] += after == self.whole
        intact = hashlib.sha256(self.source.read_bytes()).digest() == self.before and after in (before, self.whole)
        self.counts["broken"] += not intact
        for left in self.target.parent.iterdir():
            self.counts["left"] += left.name.endswith(".partial")
            self.counts["broken"] += left != self.target and not left.name.endswith(".partial")
            left.unlink()

    def row(self) -> tuple[str, ...]:
        counts = (self.counts[key] for key in ("kills", "before", "new", "left", "broken"))
        return (self.source.suffix, "yes" if self.earlier else "no", *map(str, counts))


class FolderTrial:
    """A folder of models that is repaired again and again into another one."""

    def __init__(self, python: str, sources: list[Path], folder: Path, earlier: bool) -> None:
        self.given, self.made, self.earlier = folder / f"given-{earlier}", folder / f"made-{earlier}", earlier
        self.given.mkdir()
        for number, source in enumerate(sources):
            shutil.copy(source, self.given / f"{number}{source.suffix}")
        self.command = [python, "-c", _REPAIRING, str(self.given), f"{self.made}/"]
        self.before = {path.name: digest(path) for path in self.given.iterdir()}
        took = [self.once() for _ in range(3)]
        self.whole = {path.name: digest(path) for path in self.made.iterdir()}
        assert len(self.whole) == len(sources)
        self.took = max(took)
        self.counts: collections.Counter[str] = collections.Counter()

    def once(self) -> float:
        """Return the seconds that all of it takes."""
        with subprocess.Popen(self.command, env=PLAIN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            process.stdout.readline()
            start = perf_counter()
            process.stdout.read()
            return perf_counter() - start

    def kill(self, chance: random.Random) -> None:
        """Start the repairs, kill them, look at what is there, and set everything back."""
        for path in self.made.iterdir():
            path.unlink()
        earlier = {name: b"earlier " + name.encode() for name in self.whole} if self.earlier else {}
        for name, content in earlier.items():
            (self.made / name).write_bytes(content)
        before = {name: digest(self.made / name) for name in self.whole}
        with subprocess.Popen(self.command, env=PLAIN, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            process.stdout.readline()
            sleep(chance.uniform(0, self.took * 1.1))
            process.send_signal(signal.SIGKILL)
        after = {name: digest(self.made / name) for name in self.whole}
        left = [path.name for path in self.made.iterdir() if path.name not in self.whole]
        self.counts["kills"] += 1
        self.counts["before"] += after == before
        self.counts["new"] += after == self.whole
        self.counts["left"] += any(name.endswith(".partial") for name in left)
        intact = {path.name: digest(path) for path in self.given.iterdir()} == self.before
        intact = intact and all(after[name] in (before[name], self.whole[name]) for name in self.whole)
        self.counts["broken"] += not intact or any(not name.endswith(".partial") for name in left)

    def row(self) -> tuple[str, ...]:
        counts = (self.counts[key] for key in ("kills", "before", "new", "left", "broken"))
        return ("folder", "yes" if self.earlier else "no", *map(str, counts))


def digest(path: Path) -> bytes:
    """Return what is at a path: nothing, or the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).digest() if path.exists() else b""


if __name__ == "__main__":
    sys.exit(main())
