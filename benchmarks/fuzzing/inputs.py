"""One input from (seed, index): which base, which mutations."""

from __future__ import annotations

from collections.abc import Callable

from fuzzing.binary import mutate_protobuf, mutate_table
from fuzzing.dice import Dice
from fuzzing.hdf5 import SIGNATURE, Map, mutate_hdf5
from fuzzing.models import model
from fuzzing.plain import mutate_plainly, splice
from fuzzing.seeds import FORMATS, Base
from fuzzing.texts import dump, mutate_json, mutate_yaml
from fuzzing.zips import mutate_headers, mutate_members, pack

_DECK = tuple(form for form, (weight, *_) in FORMATS.items() for _ in range(weight))


class Input:
    """What is read, and how.

    `files` by name, of which the untouched ones are the base's own; `others`: what stands in place of a file, by name;
    `notes` say what was done. `door`: a single file is
    read from "memory", from any "seekable" file, or from its "path". `deep` verifies every checksum. `environment`: the
    number of the one that it is checked against. `whole`: its config was not touched, so it must be found.
    """

    __slots__ = ("base", "deep", "door", "environment", "files", "index", "notes", "others", "whole")

    def __init__(
        self,
        index: int,
        base: Base,
        files: dict[str, bytes],
        others: dict[str, str],
        notes: list[str],
        door: str,
        deep: bool,
        environment: int,
    ) -> None:
        self.whole = False
        self.others = others
        self.door = door
        self.index = index
        self.base = base
        self.files = files
        self.notes = notes
        self.deep = deep
        self.environment = environment

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(map(len, self.files.values()))


def format_of(seed: int, index: int) -> str:
    """Return the format of the base of (seed, index)."""
    return Dice(seed, index).pick(_DECK)


def make(bases: dict[str, list[Base]], seed: int, index: int) -> Input:
    """Return the input of (seed, index)."""
    dice = Dice(seed, index)
    base = dice.pick(bases[dice.pick(_DECK)])  # the first choice: `format_of` makes it too
    files = dict(base.files)
    others: dict[str, str] = {}
    notes: list[str] = []
    if len(files) > 1 and dice.odds(0.06):
        _mutate_folder(dice, base, files, others, notes)
    made_up = base.format == "odd-models"
    if made_up:
        root, note = model(dice)
        files["arch.json"] = dump(root)
        notes.append(note)
    for _ in range(0 if made_up and dice.odds(0.8) else 1 if dice.odds(0.8) else 2):
        name = dice.pick(base.names)
        if name not in files:
            continue
        other = dice.pick(list(dice.pick(bases[base.format]).files.values()))
        data, note = mutate(dice, base, name, files[name], other)
        files[name] = data
        notes.append(f"{name}: {note}" if len(base.names) > 1 else note)
    door = ("seekable" if dice.odds(0.08) else "path" if dice.odds(0.08) else "memory") if base.alone else "path"
    made = Input(index, base, files, others, notes, door, dice.odds(0.1), dice.below(3))
    if base.format == "keras-directory":
        made.whole = files.get("config.json") is base.files["config.json"]
    elif base.format.startswith("keras-v3") and len(notes) == 1:
        made.whole = notes[0].startswith(("model.weights.h5: ", "metadata.json: ")) and "zip: " not in notes[0]
    return made


def _mutate_folder(dice: Dice, base: Base, files: dict[str, bytes], others: dict[str, str], notes: list[str]) -> None:
    """Take a file away, give one another's content or name, or put something else than a file in its place."""
    one, other = dice.pick(base.names), dice.pick(base.names)
    roll = dice.below(4)
    if roll == 0:
        del files[one]
        notes.append(f"{one} is gone")
    elif roll == 1:
        files[one] = files[other]
        notes.append(f"{one} has the content of {other}")
    elif roll == 2:
        kind = dice.pick(("folder", "pipe", "link to itself", "link to nothing", "link to the folder"))
        del files[one]
        others[one] = kind
        notes.append(f"{one} is a {kind}")
    elif one != other:
        files[one], files[other] = files[other], files[one]
        notes.append(f"{one} and {other} are swapped")


def mutate(dice: Dice, base: Base, name: str, data: bytes, other: bytes) -> tuple[bytes, str]:
    """Return one file with some changes, and what was done."""
    if dice.odds(0.02):
        return _many(dice, data, lambda dice, changed: splice(dice, changed, other), 1)
    text = data[:1] == b"{" or name.endswith(".yaml")
    if dice.odds(0.12 if text else 0.3):  # one bad character ends a text
        return _many(dice, data, mutate_plainly)
    if data.startswith(b"PK\3\4"):
        return _zip(dice, base, name, data)
    return _content(dice, base, name, data)


def _content(dice: Dice, base: Base, name: str, data: bytes) -> tuple[bytes, str]:
    """Return a file or member with changes that know its format."""
    if data.startswith(SIGNATURE):
        known = base.parsed.get(name)
        if known is None:
            known = base.parsed[name] = Map(base.original(name))
        return _many(dice, data, lambda dice, changed: mutate_hdf5(dice, changed, known))  # type: ignore[arg-type]
    if data[:1] in (b"{", b"["):
        return mutate_json(dice, data)
    if name.endswith((".yaml", ".pbtxt")) or name == "checkpoint":
        return mutate_yaml(dice, data)
    if name.endswith((".pb", ".onnx")):
        return _many(dice, data, mutate_protobuf, 3)
    if name.endswith(".index"):
        return _many(dice, data, mutate_table, 1)
    return _many(dice, data, mutate_plainly)


def _zip(dice: Dice, base: Base, name: str, data: bytes) -> tuple[bytes, str]:
    """Return an archive of which one member is changed inside, or the archive itself."""
    members = base.members(name)
    roll = dice.random()
    if roll < 0.15 or not members:
        return _many(dice, data, mutate_headers)
    if roll < 0.35:
        return mutate_members(dice, members)
    member = dice.pick(members)
    inner = member.name.decode("utf-8", "replace")
    member.data, note = (
        _many(dice, member.data, mutate_plainly)
        if dice.odds(0.2)
        else _content(dice, base, f"{name}!{inner}", member.data)
    )
    note = f"{inner}: {note}"
    if dice.odds(0.05):
        packed, more = mutate_members(dice, members)
        return packed, f"{note}; {more}"
    return pack(members, {}, False), note


def _many(dice: Dice, data: bytes, change: Callable[[Dice, bytearray], str], most: int = 5) -> tuple[bytes, str]:
    """Return the data after one or a few changes in place."""
    changed = bytearray(data)
    notes = [change(dice, changed) for _ in range(dice.some(most))]
    return bytes(changed), "; ".join(notes)
