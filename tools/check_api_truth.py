"""Hold the data of releases against what real installations said (tools/record_api_truth.py), and print the table.

    python tools/check_api_truth.py TRUTH.json …            # a table, and what differs
    python tools/check_api_truth.py --pack TRUTH.json …     # and write tests/releases/api_truth.tsv.xz

Per installation: classes looked at, classes that the data lacks, signatures that differ, configs looked at, keys of
configs that the data does not foresee, and own configs of which the data says that the constructor refuses a key while
the real one took it (false alarms).
"""

from __future__ import annotations

import argparse
import ast
import json
import lzma
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from keras_doctor.releases.api import Api, Definition  # noqa: E402

PACKED = ROOT / "tests" / "releases" / "api_truth.tsv.xz"


def api_of(told: dict[str, Any]) -> Api:
    """Return the facts about the release that a truth was recorded in."""
    if told["loader"] == "tf_keras":
        return Api("tf-keras", told["keras"])
    if told["loader"] == "tf.keras":
        tensorflow = told["tensorflow"]
        early = tuple(map(int, tensorflow.split(".")[:2])) < (2, 6)
        minor = ".".join(tensorflow.split(".")[:2])
        return Api("tf.keras", tensorflow if early else told["keras"] or minor + ".0")
    return Api("keras", told["keras"])


def found(api: Api, space: str, name: str, entry: dict[str, Any]) -> Definition | None:
    """Return the definition that stands for a class of an installation."""
    own = entry["module"].replace("tensorflow_core.", "tensorflow.")
    root = "tf_keras" if api.library == "tf-keras" else "keras"
    return api.definition(own, entry["class"]) or api.definition(f"{root}.{space}", name)


def same(ours: tuple[str, ...], theirs: list[str]) -> bool:
    """Tell whether two signatures agree: names, order, kinds, and defaults that are plain constants on both sides."""
    mine = list(ours)
    if not mine and theirs == ["*args", "**kwargs"]:  # object's own
        return True
    if len(mine) != len(theirs):
        return False
    for field, real in zip(mine, theirs, strict=True):
        name, equals, default = field.partition("=")
        real_name, real_equals, real_default = real.partition("=")
        if (name, equals) != (real_name, real_equals):
            return False
        if default and real_default != "?" and _constant(default) and _value(default) != _value(real_default):
            return False
    return True


def _constant(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return False
    return True


def _value(text: str) -> Any:
    return ast.literal_eval(text) if _constant(text) else text


def check(told: dict[str, Any]) -> tuple[list[int], list[str]]:
    """Return the counts of the table, and what differs."""
    api = api_of(told)
    counts = [0] * 6
    notes = []
    for place, entry in told["classes"].items():
        space, _, name = place.rpartition(".")
        counts[0] += 1
        definition = found(api, space, name, entry)
        if definition is None:
            counts[1] += 1
            notes.append(f"missing {place} ({entry['module']}:{entry['class']})")
            continue
        ours = api.parameters(definition)
        if not same(ours, entry["init"]):
            counts[2] += 1
            notes.append(f"signature {place}: {ours} real {entry['init']}")
        if entry["keys"] is None:
            continue
        counts[3] += 1
        emitted = api.emits(definition)
        unforeseen = [k for k in entry["keys"] if k not in emitted.names()] if not emitted.open else []
        absent = [k for k in emitted.always if k not in entry["keys"]]
        if unforeseen or absent:
            counts[4] += 1
            notes.append(f"config {place}: unforeseen {unforeseen}, absent {absent}")
        refused = api.refused(definition, entry["keys"])
        if refused and not entry.get("problem", "").startswith("refused"):
            counts[5] += 1
            notes.append(f"false alarm {place}: {refused}")
    return counts, notes


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("truths", nargs="+", type=Path)
    parser.add_argument("--pack", action="store_true", help="write what the tests compare with")
    parser.add_argument("--quiet", action="store_true", help="the table alone")
    options = parser.parse_args()
    print(f"{'installation':24} classes missing signatures configs keys false alarms")
    for path in options.truths:
        told = json.loads(path.read_text(encoding="utf-8"))
        counts, notes = check(told)
        print(f"{path.stem:24} {counts[0]:7} {counts[1]:7} {counts[2]:10} {counts[3]:7} {counts[4]:4} {counts[5]:12}")
        for note in [] if options.quiet else notes:
            print("   ", note)
    if options.pack:
        pack(options.truths)


def pack(paths: list[Path]) -> None:
    """Write what the installations said, a line for each thing that several of them said alike."""
    said: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        told = json.loads(path.read_text(encoding="utf-8"))
        api = api_of(told)
        for place, entry in told["classes"].items():
            module = entry["module"].replace("tensorflow_core.", "tensorflow.")
            keys = "-" if entry["keys"] is None else " ".join(entry["keys"])
            taken = "" if entry["keys"] is None else "refused" if entry.get("problem", "")[:7] == "refused" else "taken"
            row = (place, module, entry["class"], taken, keys, *entry["init"])
            said.setdefault(row, []).append(f"{api.library}=={api.version}")
    lines = ["# what real installations say: made by tools/check_api_truth.py --pack from tools/record_api_truth.py"]
    lines += ["\t".join((" ".join(where), *row)) for row, where in sorted(said.items())]
    PACKED.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode(), preset=9))


if __name__ == "__main__":
    main()
