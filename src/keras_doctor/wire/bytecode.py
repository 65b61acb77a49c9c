"""The instructions of a code object as one Python or another reads them. Nothing is run.

Numbers change their meaning from Python to Python (`opcodes.tsv`), and so do the entries of cache that follow an
instruction from 3.11 on: the same bytes are one function here and another, or none, there.
"""

from __future__ import annotations

import os

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.marshalled import Code

MOST_INSTRUCTIONS = 20_000
# Which Pythons lay out the fields of a code object in the same way (`marshalled.Code.layout`).
WRITERS = {
    "2": ("2.7",),
    "3.0": ("3.6", "3.7"),
    "3.8": ("3.8", "3.9", "3.10"),
    "3.11": ("3.11", "3.12", "3.13", "3.14"),
}
_CONSTANTS = ("LOAD_CONST", "RETURN_CONST", "KW_NAMES")
# Where jumps count instructions, not bytes.
_COUNTS_INSTRUCTIONS = ("3.10", *WRITERS["3.11"])
# Where the lowest bit of an attribute's number tells of a method.
_MARKS_METHODS = WRITERS["3.11"][1:]

_tables: dict[str, dict[int, tuple[str, int]]] = {}


@record
class Instruction:
    """One instruction: its name in its Python, its argument with what EXTENDED_ARG brings."""

    name: str
    argument: int


def instructions(code: Code, python: str) -> tuple[Instruction, ...] | None:
    """Return the instructions as `python` ("3.11") reads them; None when that Python cannot have written them, or is
    not known.
    """
    table = _table(python)
    data = code.bytecode
    if not table or not data or len(data) > 4 * MOST_INSTRUCTIONS:
        return None
    found: list[Instruction] = []
    at, extended = 0, 0
    short = python == "2.7"
    while at < len(data):
        known = table.get(data[at])
        if known is None or known[0] == "CACHE":
            return None
        name, caches = known
        if short:
            width = 1 if data[at] < 90 else 3
            argument = int.from_bytes(data[at + 1 : at + width], "little") if width == 3 else 0
        else:
            width = 2
            argument = data[at + 1] if at + 1 < len(data) else 0
        at += width
        if name == "EXTENDED_ARG":
            extended = (extended | argument) << (16 if short else 8)
            continue
        argument, extended = argument | extended, 0
        if any(data[at : at + 2 * caches]) or not _fits(name, argument, code, python):
            return None
        at += 2 * caches
        found.append(Instruction(name, argument))
    if not found or not found[-1].name.startswith(("RETURN", "RAISE", "RERAISE", "JUMP", "CALL_INTRINSIC")):
        return None
    return tuple(found)


def same(code: Code, one: str, other: str) -> bool:
    """Tell whether two Pythons read the same function out of a code object, and all functions inside it."""
    mine, theirs = instructions(code, one), instructions(code, other)
    if mine is None or mine != theirs:
        return False
    if (one in _COUNTS_INSTRUCTIONS) != (other in _COUNTS_INSTRUCTIONS) and any(_jumps(step.name) for step in mine):
        return False
    return all(same(inner, one, other) for inner in inner_codes(code))


def inner_codes(code: Code) -> tuple[Code, ...]:
    """Return the functions that stand among a function's constants."""
    return tuple(value for value in code.constants if hasattr(value, "bytecode"))


def global_name(step: Instruction, code: Code, python: str) -> str | None:
    """Return the name of the global that an instruction loads, None when it loads none."""
    if step.name not in ("LOAD_GLOBAL", "LOAD_NAME"):
        return None
    number = step.argument >> 1 if step.name == "LOAD_GLOBAL" and _newer(python) else step.argument
    return code.names[number] if number < len(code.names) else None


def attribute_name(step: Instruction, code: Code, python: str) -> str | None:
    """Return the name of the attribute that an instruction loads, None when it loads none."""
    if step.name not in ("LOAD_ATTR", "LOAD_METHOD"):
        return None
    number = step.argument >> 1 if step.name == "LOAD_ATTR" and python in _MARKS_METHODS else step.argument
    return code.names[number] if number < len(code.names) else None


def _newer(python: str) -> bool:
    return python in WRITERS["3.11"]


def _jumps(name: str) -> bool:
    return "JUMP" in name or name in ("FOR_ITER", "SETUP_FINALLY", "SETUP_LOOP", "SETUP_WITH")


def _fits(name: str, argument: int, code: Code, python: str) -> bool:
    """Tell whether an argument counts something that is there."""
    if name in _CONSTANTS:
        return argument < len(code.constants)
    if name in ("LOAD_FAST", "STORE_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW"):
        return argument < len(code.variables)
    if name == "LOAD_GLOBAL":
        return (argument >> 1 if _newer(python) else argument) < len(code.names)
    if name == "LOAD_METHOD":
        return argument < len(code.names)
    if name == "LOAD_ATTR":
        return (argument >> 1 if python in _MARKS_METHODS else argument) < len(code.names)
    return True


def _table(python: str) -> dict[int, tuple[str, int]]:
    if not _tables:
        path = os.path.join(os.path.dirname(__file__), "opcodes.tsv")
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("#"):
                    continue
                number, name, caches, pythons = line.rstrip("\n").split("\t")
                for version in pythons.split():
                    _tables.setdefault(version, {})[int(number)] = (name, int(caches))
    return _tables.get(python, {})
