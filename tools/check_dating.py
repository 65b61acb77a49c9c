"""Measure the dating of artifacts against who really wrote them.

    python tools/check_dating.py CORPUS [CORPUS …] [--wild FOLDER] [--misses N] [--only TEXT]

CORPUS holds SAVER/ARCH/FILES with a meta.json that has the true versions. Each artifact is dated as it is, and with all
that it states withheld. FOLDER holds real files with a manifest.jsonl that has the version each states; they are dated
with it withheld.

Prints for each format: how often a stated version is given exactly; how often the interval holds the truth, and its
mean width in releases; era and library right, left open, or wrong. Exits with 1 when a stated version is not given
exactly, an interval misses, or an era is wrong.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from keras_doctor.artifacts import read
from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.dating_writers import WRITERS, order

PARTS = {"meta.json", "golden.npz", "checkpoint"}
DATED = (
    *("keras-v3", "keras-v3-directory", "hdf5-model", "hdf5-weights", "v3-weights", "v3-weights-sharded", "savedmodel"),
    *("json-architecture", "yaml-architecture", "tf-checkpoint"),
)
WITHHELD = ("metadata", "attribute_storage", "weights_keras_version", "weights_backend", "generated_by")
RELEASES = sorted({order(name) for writer in WRITERS for name in writer[1:3]})


def true_era(version: str, library: str) -> str:
    key = order(version)
    if key >= (3,):
        return "keras-3"
    if library == "keras":
        return "keras-1" if key < (2,) else "keras-2"
    return "tf.keras" if key < (2, 12) else "tf.keras-v3"


def holds(provenance, version: str) -> bool:
    if not provenance.earliest:
        return True
    key = order(version)
    return order(provenance.earliest) <= key and (not provenance.latest or key <= order(provenance.latest))


def width(provenance) -> int:
    if not provenance.earliest:
        return len(RELEASES)
    low, high = order(provenance.earliest), order(provenance.latest) if provenance.latest else (99,)
    return sum(low <= key <= high for key in RELEASES)


class Tally:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Counter] = defaultdict(Counter)
        self.misses: list[str] = []
        self.seconds: list[float] = []

    def add(self, form, how, provenance, version, library, name, stated) -> None:
        row = self.rows[form, how]
        row["n"] += 1
        if stated:
            row["stated"] += 1
            exact = provenance.keras_version == provenance.earliest == provenance.latest == version
            row["exact"] += exact
            if not exact:
                self.misses.append(f"NOT EXACT {name}: {version} {provenance}")
        row["holds"] += holds(provenance, version)
        row["width"] += width(provenance)
        if not holds(provenance, version):
            self.misses.append(
                f"MISSES {how} {name}: truth {version}, {provenance.earliest}..{provenance.latest} {_why(provenance)}"
            )
        for field, truth in (("era", true_era(version, library)), ("library", library)):
            said = getattr(provenance, field)
            row[field + (" right" if said == truth else " wrong" if said else " open")] += 1
            if said and said != truth:
                self.misses.append(f"WRONG {field} {how} {name}: {truth}, said {said} ({version}) {_why(provenance)}")
        if any(e.what.startswith(("but ", "unexplained")) for e in provenance.evidence):
            row["odd"] += 1
            self.misses.append(f"odd {how} {name}: {_why(provenance)}")

    def print(self) -> bool:
        head = f"{'format':20} {'':9} {'n':>5} {'exact %':>7} {'holds %':>7} {'width':>6}"
        print(head, f"{'era':>12} {'library':>12}  odd    (right/open/wrong in %)")
        good = True
        for (form, how), row in sorted(self.rows.items()):
            n = row["n"]
            exact = f"{100 * row['exact'] / row['stated']:.1f}" if row["stated"] else "-"
            era, library = (
                "/".join(f"{100 * row[f'{field} {word}'] / n:.0f}" for word in ("right", "open", "wrong"))
                for field in ("era", "library")
            )
            numbers = f"{n:5} {exact:>7} {100 * row['holds'] / n:7.2f} {row['width'] / n:6.1f}"
            print(f"{form:20} {how:9} {numbers} {era:>12} {library:>12}  {row['odd'] or ''}")
            good &= row["exact"] == row["stated"] and row["holds"] == n and not row["era wrong"]
        if self.seconds:
            times = [1e3 * seconds for seconds in sorted(self.seconds)]
            print(f"date(): median {times[len(times) // 2]:.3f} ms, 95 % below {times[len(times) * 95 // 100]:.3f} ms")
        return good


def _why(provenance) -> str:
    return "; ".join(f"{e.what} @ {e.where}" for e in provenance.evidence)


def withheld(document):
    facts = {key: value for key, value in document.facts.items() if key not in WITHHELD}
    return {"config": document.config, "training": document.training.config, "facts": facts, "format": document.format}


def artifacts(folder: Path):
    names = {entry.name for entry in folder.iterdir()}
    for name in sorted(names - PARTS):
        if ".data-" in name or (name.startswith("sharded_") and "sharded.weights.json" in names):
            continue
        yield folder / name


def cases(corpora: list[Path], only: str):
    """Each artifact of the corpora: its path, a label for damaged ones, and who wrote it."""
    for corpus in corpora:
        for meta in sorted(corpus.glob("*/*/meta.json")):
            if only not in str(meta):
                continue
            said = json.loads(meta.read_text())
            saver, label = meta.parent.parent.name, ""
            if saver == "pathology":
                label = "pathology "
                saver = said["made_from"].split("/")[0]
                said = json.loads((corpus / said["made_from"]).parent.joinpath("meta.json").read_text())
            versions = said["versions"]
            version = versions["keras"] or saver[1:].partition("+")[0]  # Keras 1.0 does not say
            for path in artifacts(meta.parent):
                yield path, label, version, versions["module"], versions["tf"] or ""


def wild(folder: Path):
    for line in (folder / "manifest.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry.get("keras_version"):
            yield folder / entry["file"], "wild ", entry["keras_version"], "", ""


def main() -> int:
    arguments = sys.argv[1:]
    options = {}
    while any(argument.startswith("--") for argument in arguments):
        at = next(i for i, argument in enumerate(arguments) if argument.startswith("--"))
        options[arguments[at]] = arguments[at + 1]
        del arguments[at : at + 2]
    tally, skipped = Tally(), Counter()
    found = cases([Path(argument) for argument in arguments], options.get("--only", ""))
    for path, label, version, library, _ in (*found, *(wild(Path(options["--wild"])) if "--wild" in options else ())):
        document = read(str(path))
        if document.format not in DATED:
            skipped[label + document.format] += 1
            continue
        given = document.provenance
        library = library or given.library or ""  # nobody knows of the wild ones
        form = label.strip() or document.format + (" damaged" if document.damage else "")
        tally.add(form, "as it is", given, version, library, str(path), bool(given.keras_version))
        arguments_ = withheld(document)
        start = time.perf_counter()
        blind = date(**arguments_)
        tally.seconds.append(time.perf_counter() - start)
        tally.add(form, "withheld", blind, version, library, str(path), False)
    good = tally.print()
    print("not dated:", dict(skipped))
    for miss in tally.misses[: int(options.get("--misses", 20))]:
        print(miss[:600])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
