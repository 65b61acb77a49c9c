#!/usr/bin/env python3
"""How long a file takes in a process that runs already: `read` and `diagnose` over the whole packed corpus, by format.

    in_process.py                  median, 95th percentile and longest CPU time of a file, for each format
    in_process.py --slowest 20     also the files that took longest

Each file is examined `--rounds` times and its least time counts (what else the machine does only ever adds). What is
measured is what a scan does a file: open, read structure, verify checksums, diagnose.
"""

from __future__ import annotations

import math
import os
import statistics
import sys
from time import process_time

import keras_doctor as kd
from measuring import Workshop, arguments, machine, milliseconds, table, verdict

BAR = 0.010
SPEC = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


def main() -> int:
    parser = arguments(__doc__, rounds=3)
    parser.add_argument(
        "--slowest", type=int, default=5, metavar="N", help="how many files to name (default %(default)s)"
    )
    options = parser.parse_args()
    corpus = Workshop(options.cache).corpus()
    environment = kd.Environment.parse(SPEC)
    print(f"{machine()}, keras-doctor {kd.__version__}")
    times: dict[str, list[tuple[float, str]]] = {}
    for path in artifacts(str(corpus)):
        least, form = examine(path, environment, options.rounds)
        times.setdefault(form, []).append((least, os.path.relpath(path, corpus)))
    rows = []
    everything = [one for found in times.values() for one in found]
    for form, found in [*sorted(times.items(), key=lambda pair: -len(pair[1])), ("all", everything)]:
        seconds = sorted(least for least, _ in found)
        middle, high = statistics.median(seconds), percentile(seconds)
        rows.append((form, str(len(found)), milliseconds(middle), milliseconds(high), milliseconds(seconds[-1])))
    table(("format", "files", "median", "95 %", "longest"), rows)
    for least, path in sorted(everything, reverse=True)[: options.slowest]:
        print(f"{milliseconds(least):>10}  {path}")
    over = sum(least > BAR for least, _ in everything)
    print(f"{over} of {len(everything)} files take more than {BAR * 1000:g} ms")
    high = percentile(sorted(least for least, _ in everything))
    return 0 if verdict("ms a file, 95 % of them", high * 1000, BAR * 1000) else 1


def percentile(seconds: list[float]) -> float:
    """Return what 95 of 100 stay below, of times in order."""
    return seconds[math.ceil(0.95 * len(seconds)) - 1]


def examine(path: str, environment: kd.Environment, rounds: int) -> tuple[float, str]:
    """Return the least CPU time of an examination, and what the file is."""
    least, form = float("inf"), ""
    for _ in range(rounds):
        start = process_time()
        document = kd.read(path)
        kd.diagnose(document, environment)
        least = min(least, process_time() - start)
        form = document.format
    return least, form


def artifacts(corpus: str) -> list[str]:
    """Return the models of the corpus: files, and the folders that are models themselves."""
    from keras_doctor.cli.targets import search

    return sorted(search(corpus))


if __name__ == "__main__":
    sys.exit(main())
