"""Make src/keras_doctor/artifacts/dating_keys.py from what `probe_dating.py` measured in real releases.

    python tools/make_dating_table.py FOLDER [--show CLASS …]     every probe.json below FOLDER, one a release and mode

For each stock class and key of its config: who can write the key, and who can leave it out. "Can" is meant to be
generous, since a wrong "cannot" makes a wrong date: a key can be written when an instance had it or when the source of
`get_config` names it; it can be left out when one instance lacked it or when the source names it inside a branch. Who
was not measured can do what either neighbour can. Who states a release of Keras 1 or 2 can do what the next one can: it
may be a checkout of the repository.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from keras_doctor.artifacts.dating_writers import ANYBODY, INDEX, WRITERS, members, span

TARGET = Path(__file__).parent.parent / "src/keras_doctor/artifacts/dating_keys.py"
TRUST = Path(__file__).parent / "dating_classes.tsv"
# Measured from models, since no one can make such a layer directly.
HAND = {"TFOpLambda": "tf2.4..tk2.21.0", "SlicingOpLambda": "tf2.4..tk2.21.0"}
UNTOLD = {"trainable", "batch_input_shape"}  # keys that depend on the model
LINES = [  # within a line, neighbours stand for who is not measured
    [writer[0] for writer in WRITERS if writer[4] == library and (library != "keras" or (writer[0][0] == "3") == three)]
    for library, three in (("keras", False), ("tf.keras", False), ("tf_keras", False), ("keras", True))
]
# Only tf.keras has modes: TensorFlow 1 could be told to behave as 2, and the other way round.
_FIRST = [name for name in LINES[1] if name.startswith("tf1.")]
_SECOND = [*LINES[1][len(_FIRST) :], *LINES[2]]
MODES = {"": LINES, "v1": [_SECOND], "graph": [_SECOND], "v2": [_FIRST], "eager": [_FIRST]}


class Measured:
    """What was measured: `writers` is mode → writer → class → (keys it can write, keys it cannot leave out)."""

    def __init__(self, folder: Path) -> None:
        self.writers: dict = {mode: {} for mode in MODES}
        self.seen: dict[str, set] = defaultdict(set)  # class → keys that configs really had
        self.layers: set[str] = set()
        for path in sorted(folder.rglob("probe.json")):
            probe = json.loads(path.read_text())
            name = label(probe, path.parent.name)
            if name not in INDEX:
                print("not a writer:", name, path)
                continue
            mode = probe.get("mode") or path.parent.name.partition("+")[2]
            classes = self.writers[mode].setdefault(name, {})
            for key, record in probe["classes"].items():
                self.add(classes, *key.split(":", 1), record)

    def add(self, classes: dict, kind: str, cls: str, record: dict) -> None:
        if kind == "layer":
            self.layers.add(cls)
        if record["seen"]:
            seen = [set(keys) for keys in record["seen"]]
            self.seen[cls].update(*seen)
            join(classes, cls, set().union(*seen, record["may"]), set.intersection(*seen) - set(record["cond"]))
        else:
            join(classes, cls, {"*"}, set())
        # What a layer writes of its initializers: these can be other classes than the public ones.
        for inner, keys in nested(record.get("example")):
            self.seen[inner] |= keys
            join(classes, inner, keys, keys)

    def who(self, test) -> int:
        """The writers that pass in any mode; who is not measured passes when either neighbour in its line does."""
        mask = 0
        for mode, found in self.writers.items():
            for line in MODES[mode]:
                known = [(i, test(found[name])) for i, name in enumerate(line) if name in found]
                for i, name in enumerate(line):
                    near = [passes for j, passes in known if j == i]
                    if not near:
                        near = [passes for j, passes in known if j < i][-1:] + [passes for j, passes in known if j > i][
                            :1
                        ]
                    mask |= (any(near) or (not known and not mode)) << INDEX[name]
        return mask | ahead(mask)


def ahead(mask: int) -> int:
    """Who states the release before: a checkout of the repository, which many used at the time of Keras 1 and 2."""
    return sum(mask >> 1 & line for line in (span("1.0.0..1.2.1"), span("2.0.0..2.3.0")))


def label(probe: dict, folder: str) -> str:
    version, module = probe["version"], probe["module"]
    if module == "keras":
        return version or folder.lstrip("k")  # Keras 1.0 does not say
    if module == "tf_keras":
        return "tk" + version
    numbers = (version or "0.0").split("-")[0].split(".")  # tf.keras 1.8 does not say
    own = numbers[0] == "2" and int(numbers[1]) >= 6  # since 2.6 the package keras, which another TensorFlow can carry
    return "tf" + ".".join((numbers if own else probe["tf"].split("."))[:2])


def join(classes: dict, cls: str, may: set, must: set) -> None:
    old = classes.get(cls)
    classes[cls] = (may | old[0], must & old[1]) if old else (may, must)


def nested(value):
    """The objects inside a config: class and keys."""
    if isinstance(value, dict):
        if isinstance(value.get("class_name"), str) and isinstance(value.get("config"), dict):
            yield value["class_name"], set(value["config"])
        for item in value.values():
            yield from nested(item)
    elif isinstance(value, list):
        for item in value:
            yield from nested(item)


def has(cls, classes) -> bool:
    return cls in classes


def writes(cls, key, classes) -> bool:
    return cls not in classes or key in classes[cls][0] or "*" in classes[cls][0]


def omits(cls, key, classes) -> bool:
    return cls not in classes or key not in classes[cls][1]


def rows(measured: Measured, cls: str) -> dict[str, tuple[int, int]]:
    """key → (who can write it, who can leave it out), for the keys of a class that tell something."""
    found = {}
    for key in sorted(measured.seen[cls]):
        masks = (measured.who(partial(writes, cls, key)), measured.who(partial(omits, cls, key)))
        if masks != (ANYBODY, ANYBODY):
            found[key] = masks
    return found


def thinned(found: dict[str, tuple[int, int]], untold: set[str]) -> list[tuple[str, int, int]]:
    """One key of each that tell the same, and none that only a config of no release can lack."""
    by_masks: dict[tuple[int, int], str] = {}
    for key, masks in sorted(found.items(), key=lambda item: (len(item[0]), item[0])):
        if key not in untold and masks != (ANYBODY, 0):
            by_masks.setdefault(masks, key)
    return sorted((key, *masks) for masks, key in by_masks.items())


def trust() -> dict[str, str]:
    """class → how far its name can be trusted."""
    found = {}
    for line in TRUST.read_text().splitlines():
        if not line.startswith("#"):
            how, _, names = line.partition("\t")
            found.update(dict.fromkeys(names.split(), how))
    return found


def text(mask: int) -> str:
    """A set of writers as a span."""
    pieces: list[list[int]] = []
    for index in members(mask):
        if pieces and index == pieces[-1][1] + 1:
            pieces[-1][1] = index
        else:
            pieces.append([index, index])
    names = [(WRITERS[low][0], "" if high == len(WRITERS) - 1 else WRITERS[high][0]) for low, high in pieces]
    return " ".join(low if low == high else f"{low}..{high}" for low, high in names)


HEAD = '''"""Generated by tools/make_dating_table.py from what real releases wrote. Do not edit.

Stock classes and the keys of their configs. Not every key is here: those that tell the same as another, or nothing, are
left out.
"""

from __future__ import annotations

# fmt: off
# ruff: noqa: E501
# Sets of writers, as `dating_writers.span` reads them.
SPANS: tuple[str, ...] = (
%s
)

# class → "who has it|when its name can be trusted|key who can write it who can leave it out|…", who as places in SPANS.
# Trusted are: "own" always, "core" as to its keys, "module" where the config says that the class is Keras's, else where
# all the keys that stand here are in the config. As text, since Python compiles that ten times as fast.
CLASSES: dict[str, str] = {
%s
}
'''


def main() -> None:
    measured = Measured(Path(sys.argv[1]))
    default = measured.writers[""]
    print(len(default), "writers measured; not:", *(writer[0] for writer in WRITERS if writer[0] not in default))
    if "--show" in sys.argv:
        for cls in sys.argv[sys.argv.index("--show") + 1 :]:
            print(cls, text(measured.who(partial(has, cls))))
            for key, (present, absent) in rows(measured, cls).items():
                print("   ", key, "| with:", text(present), "| without:", text(absent))
        return
    spans, lines, trusted = {"..": 0}, [], trust()

    def number(mask: int) -> int:
        return spans.setdefault(".." if mask == ANYBODY else text(mask), len(spans))

    newest = default[LINES[3][-1]]
    for cls in sorted({*measured.seen, *HAND}):
        if not cls.isidentifier() or (cls not in trusted and cls not in newest):
            continue
        exists = span(HAND[cls]) if cls in HAND else measured.who(partial(has, cls))
        kept = thinned(rows(measured, cls), UNTOLD | ({"name"} if cls in measured.layers else set()))
        if kept or exists != ANYBODY:
            entries = [f"{key} {number(present)} {number(absent)}" for key, present, absent in kept]
            lines.append(f'    "{cls}": "{"|".join([str(number(exists)), trusted.get(cls, "module"), *entries])}",')
    TARGET.write_text(HEAD % ("\n".join(f'    "{name}",' for name in spans), "\n".join(lines)))
    print(len(lines), "classes,", sum(line.count("|") - 1 for line in lines), "keys,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
