#!/usr/bin/env python3
"""Fuzz every reader with seeded mutations of the packed corpus, and report what broke a promise.

    fuzz.py --inputs 1000000 --seed 1 --jobs 2     a table a format, failures with the command that reproduces one
    fuzz.py --replay 1:48213                       one input again: what was done to which file, and the traceback
    fuzz.py --inputs 20000 --formats keras-v3,yaml --save out/

Every input follows from (seed, index) and tests/data alone. docs/robustness.md says what is promised.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import mmap
import os
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections import deque
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BLOCK = 1000  # inputs that a worker is given at a time
HANG = 60.0  # seconds after which a worker that says nothing of its input is ended
LEAST_SHARE = 0.3  # of the inputs that must reach config or tensors
_EXAMPLES = 3


def main(argv: list[str] | None = None) -> int:
    """Run; return 0 when no promise was broken and enough inputs got through."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--inputs", type=int, default=10_000, help="how many inputs (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="index of the first input")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--formats", default="", help="only inputs made from these formats, by commas; the indices stay the same"
    )
    parser.add_argument("--replay", metavar="SEED:INDEX", help="run one input, say what it is, show the traceback")
    parser.add_argument("--save", metavar="FOLDER", help="write failing inputs (with --replay: the input) here")
    parser.add_argument(
        "--json", metavar="FILE", help="write the result as JSON; - for standard output instead of the table"
    )
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    formats = tuple(name for name in options.formats.split(",") if name)
    if options.work:
        return work(options.seed, formats)
    if options.replay:
        return replay(options.replay, options.save)
    result = run(
        options.seed, options.first, options.inputs, options.jobs, formats, options.json != "-" and sys.stderr.isatty()
    )
    if options.save:
        save_failures(result, options.seed, options.save)
    if options.json == "-":
        print(json.dumps(result))
    else:
        if options.json:
            Path(options.json).write_text(json.dumps(result, indent=1), encoding="utf-8")
        show(result, options.seed)
    return 1 if result["failures"] or share(result) < LEAST_SHARE else 0


def share(result: dict[str, Any]) -> float:
    """Return the share of inputs whose document has a config or a tensor."""
    inputs = sum(row["inputs"] for row in result["formats"].values())
    return sum(row["reached"] for row in result["formats"].values()) / inputs if inputs else 1.0


# The side that hands out the work


class Worker:
    """A process that runs blocks of inputs. A crash or a hang of it costs the input that it was at, no other."""

    SCRIPT = HERE / "fuzz.py"

    def __init__(self, seed: int, formats: tuple[str, ...]) -> None:
        self.block: tuple[int, int] | None = None
        self.ended = False  # by us, because it hung
        self.beat = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the worker lives
        self.beat.write(bytes(16))
        self.beat.flush()
        self.view = mmap.mmap(self.beat.fileno(), 16)
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        options = ["--work", "--seed", str(seed), "--formats", ",".join(formats)]
        self.process = subprocess.Popen(
            [sys.executable, str(self.SCRIPT), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            pass_fds=(self.beat.fileno(),),
            env={**os.environ, "FUZZ_BEAT": str(self.beat.fileno()), "PYTHONHASHSEED": "0"},
        )

    def give(self, block: tuple[int, int]) -> None:
        """Have a block of inputs run."""
        self.block = block
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(b"%d %d\n" % block)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it is dead: its end of the pipe will say so

    def at(self) -> tuple[int, float]:
        """Return the index of the input that it is at, and since when."""
        index, since = struct.unpack("<qd", self.view[:16])
        return index, since

    def end(self) -> str:
        """End the process; return what it said on standard error."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        self.process.wait()
        self.process.stdout.close()
        self.log.seek(0)
        said = self.log.read()
        self.log.close()
        self.view.close()
        self.beat.close()
        return said


def run(seed: int, first: int, inputs: int, jobs: int, formats: tuple[str, ...], progress: bool) -> dict[str, Any]:
    """Run inputs `first` … in `jobs` processes; return the merged result."""
    stop = first + inputs
    todo = deque((start, min(start + BLOCK, stop)) for start in range(first, stop, BLOCK))
    result: dict[str, Any] = {"seed": seed, "first": first, "inputs": inputs, "formats": {}, "failures": []}
    started = time.monotonic()
    selector = selectors.DefaultSelector()

    def start() -> None:
        worker = Worker(seed, formats)
        assert worker.process.stdout is not None
        selector.register(worker.process.stdout, selectors.EVENT_READ, worker)
        worker.give(todo.popleft())

    for _ in range(min(jobs, len(todo))):
        start()
    done = 0
    while selector.get_map():
        for key, _ in selector.select(1.0):
            worker = key.data
            line = worker.process.stdout.readline()
            if line:
                merge(result, json.loads(line))
                done += worker.block[1] - worker.block[0]
                worker.block = None
                if progress:
                    rate = done / (time.monotonic() - started)
                    print(
                        f"\r{done:,} of {inputs:,}, {rate:,.0f} a second, {len(result['failures'])} failures ",
                        end="",
                        file=sys.stderr,
                    )
                if todo:
                    worker.give(todo.popleft())
                    continue
            selector.unregister(worker.process.stdout)
            index = worker.at()[0]
            said = worker.end()
            if worker.block is not None:
                _bury(worker, index, said, todo, result)
            if todo and len(selector.get_map()) < jobs:
                start()
        for key in list(selector.get_map().values()):
            _index, since = key.data.at()
            if since and time.time() - since > HANG:
                key.data.ended = True
                key.data.process.send_signal(signal.SIGABRT)  # faulthandler says where it was
    if progress:
        print(file=sys.stderr)
    result["seconds"] = time.monotonic() - started
    result["failures"].sort(key=lambda failure: -failure["count"])
    return result


def _bury(worker: Worker, index: int, said: str, todo: deque[tuple[int, int]], result: dict[str, Any]) -> None:
    """Note the input at which a worker died, and have the rest of its block run."""
    status = worker.process.returncode
    assert worker.block is not None
    start, stop = worker.block
    if not start <= index < stop:
        raise SystemExit(f"a worker does not start:\n{said}")
    where = next((line.strip() for line in said.splitlines() if "keras_doctor" in line), "")
    kind = "hang" if worker.ended else f"crash ({signal.Signals(-status).name})" if status < 0 else f"exit {status}"
    failure = {
        "stage": "process",
        "kind": kind,
        "place": where,
        "message": said[-2000:],
        "count": 1,
        "indices": [index],
        "formats": {"?": 1},
    }
    merge(result, {"formats": {}, "failures": [failure]})
    for block in ((start, index), (index + 1, stop)):
        if block[0] < block[1]:
            todo.append(block)


def merge(result: dict[str, Any], part: dict[str, Any]) -> None:
    """Add a block's result."""
    for form, row in part["formats"].items():
        mine = result["formats"].setdefault(form, new_row())
        for key in ("inputs", "reached", "cpu", "failed"):
            mine[key] += row[key]
        for key in ("slowest", "peak"):
            if row[key] > mine[key]:
                mine[key], mine[f"at_{key}"] = row[key], row[f"at_{key}"]
    known = {(f["stage"], f["kind"], f["place"]): f for f in result["failures"]}
    for failure in part["failures"]:
        same = known.get((failure["stage"], failure["kind"], failure["place"]))
        if same is None:
            result["failures"].append(failure)
            continue
        same["count"] += failure["count"]
        same["indices"] = (same["indices"] + failure["indices"])[:_EXAMPLES]
        for form, count in failure["formats"].items():
            same["formats"][form] = same["formats"].get(form, 0) + count


def new_row() -> dict[str, Any]:
    """Return the counts of a format before any input."""
    return {"inputs": 0, "reached": 0, "cpu": 0.0, "failed": 0} | {
        "slowest": 0.0,
        "at_slowest": 0,
        "peak": 0,
        "at_peak": 0,
    }


def show(result: dict[str, Any], seed: int) -> None:
    """Print the table and the failures."""
    print(f"{'made from':<20}{'inputs':>10}{'reached':>9}{'CPU ms':>9}{'slowest ms':>12}{'peak MB':>9}{'failed':>8}")
    rows = sorted(result["formats"].items(), key=lambda item: -item[1]["inputs"])
    total = {key: sum(row[key] for _, row in rows) for key in ("inputs", "reached", "cpu", "failed")}
    total |= {key: max((row[key] for _, row in rows), default=0) for key in ("slowest", "peak")}
    for name, row in [*rows, ("all", total)]:
        inputs = row["inputs"] or 1
        print(
            f"{name:<20}{row['inputs']:>10,}{row['reached'] / inputs:>9.1%}{1e3 * row['cpu'] / inputs:>9.2f}"
            f"{1e3 * row['slowest']:>12.0f}{row['peak'] / (1 << 20):>9.0f}{row['failed']:>8,}"
        )
    last = result["first"] + result["inputs"] - 1
    print(f"{result['seconds']:.0f} seconds, seed {seed}, inputs {result['first']:,} to {last:,}")
    for failure in result["failures"]:
        where = f"{failure['stage']} at {failure['place'] or '?'}"
        print(f"\n{failure['count']:,} × {failure['kind']} in {where}: {failure['message'][:200]}")
        print(f"    from {', '.join(sorted(failure['formats']))}; fuzz.py --replay {seed}:{failure['indices'][0]}")
    if not result["failures"]:
        print("No promise was broken.")


# The side that works


def work(seed: int, formats: tuple[str, ...]) -> int:
    """Run the blocks that standard input names; write the result of each to standard output."""
    import gc

    faulthandler.enable()
    beat = mmap.mmap(int(os.environ["FUZZ_BEAT"]), 16)
    from fuzzing.guard import MEMORY, bound_memory
    from fuzzing.seeds import load
    from fuzzing.trial import Trial, scratch

    bases = load()
    folder = tempfile.mkdtemp(prefix="keras-doctor-fuzz-", dir=scratch() or None)
    try:
        trial = Trial(folder)
        trial.warm_up(bases)
        gc.collect()
        gc.freeze()
        bound_memory(MEMORY + (256 << 20))
        for line in sys.stdin:
            start, stop = map(int, line.split())
            report = work_block(trial, bases, seed, start, stop, formats, beat)
            struct.pack_into("<qd", beat, 0, stop, 0.0)
            sys.stdout.write(json.dumps(report) + "\n")
            sys.stdout.flush()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def work_block(
    trial: Any, bases: Any, seed: int, start: int, stop: int, formats: tuple[str, ...], beat: mmap.mmap
) -> dict[str, Any]:
    """Run one block of inputs; return its counts by format and its failures."""
    from fuzzing.inputs import format_of, make

    rows: dict[str, dict[str, Any]] = {}
    failures: dict[tuple[str, str, str], dict[str, Any]] = {}
    for index in range(start, stop):
        if formats and format_of(seed, index) not in formats:
            continue
        struct.pack_into("<qd", beat, 0, index, time.time())
        item = make(bases, seed, index)
        outcome = trial.run(item)
        row = rows.setdefault(item.base.format, new_row())
        row["inputs"] += 1
        row["reached"] += outcome.reached
        row["cpu"] += outcome.cpu
        row["failed"] += bool(outcome.failures)
        for key, value in (("slowest", outcome.seconds), ("peak", outcome.peak)):
            if value > row[key]:
                row[key], row[f"at_{key}"] = value, index
        for failure in outcome.failures:
            key = failure.stage, failure.kind, failure.place
            known = failures.setdefault(key, {**failure.as_json(), "count": 0, "indices": [], "formats": {}})
            known["count"] += 1
            known["indices"] = [*known["indices"], index][:_EXAMPLES]
            known["formats"][item.base.format] = known["formats"].get(item.base.format, 0) + 1
    return {"formats": rows, "failures": list(failures.values())}


# One input


def replay(which: str, save: str | None) -> int:
    """Run one input and say everything about it."""
    from fuzzing.inputs import make
    from fuzzing.seeds import load
    from fuzzing.trial import Trial, scratch

    seed, index = map(int, which.split(":"))
    bases = load()
    item = make(bases, seed, index)
    size = f"{item.size:,} bytes in {len(item.files)} files"
    print(f"made from {item.base.name} ({item.base.format}), {size}, from {item.door}, deep={item.deep}")
    for note in item.notes:
        print(f"  {note}")
    if save:
        write_input(item, Path(save).resolve())
    folder = tempfile.mkdtemp(prefix="keras-doctor-fuzz-", dir=scratch() or None)
    try:
        trial = Trial(folder, explain=traceback.print_exception)
        trial.warm_up(bases)
        outcome = trial.run(item)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(
        f"read as {outcome.format or '?'}, reached config or tensors: {outcome.reached}, {1e3 * outcome.seconds:.1f} ms"
    )
    for failure in outcome.failures:
        print(f"FAILED in {failure.stage}: {failure.kind} at {failure.place or '?'}: {failure.message}")
    return 1 if outcome.failures else 0


def write_input(item: Any, folder: Path) -> None:
    """Write an input's files, and beside them what was done."""
    place = folder / str(item.index)
    for name, data in item.files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / f"{item.index}.txt").write_text("\n".join([item.base.name, *item.notes]) + "\n", encoding="utf-8")


def save_failures(result: dict[str, Any], seed: int, save: str) -> None:
    """Write one input of each failure."""
    from fuzzing.inputs import make
    from fuzzing.seeds import load

    bases = load()
    for failure in result["failures"]:
        write_input(make(bases, seed, failure["indices"][0]), Path(save))


if __name__ == "__main__":
    sys.exit(main())
