"""A comparison as text and as JSON."""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.reports.terminal import clean, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.reports.terminal import Terminal
    from keras_doctor.rescue.differing.entries import Difference, Entry

SCHEMA = "keras-doctor/diff/1"
_ROWS = 200  # entries of one section that are shown: --json has them all
_LONG = 100
_ALIKE = 6  # rows about tensors that differ in nothing but their name
_SIDES = {"only-a": "only in A", "only-b": "only in B"}


def as_json(a: ModelDocument, b: ModelDocument, found: Difference) -> dict[str, Any]:
    """Return the comparison as plain JSON."""
    return {
        "schema": SCHEMA,
        "equal": found.equal,
        "compared": list(found.sections),
        "a": _side(a),
        "b": _side(b),
        "tensors": {"in_both": found.tensors, "equal": found.equal_tensors},
        "differences": [_entry(entry) for entry in found.entries],
        "notation": [_entry(entry) for entry in found.notation],
    }


def _side(document: ModelDocument) -> dict[str, Any]:
    stated = document.provenance
    return {
        "path": document.path,
        "format": document.format,
        "keras_version": stated.keras_version,
        "era": stated.era,
        "saved_at": stated.saved_at,
        "damage": [damage.what for damage in document.damage],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    made: dict[str, Any] = {
        "section": entry.section,
        "where": entry.where,
        "key": entry.key,
        "change": entry.change,
        "a": entry.a,
        "b": entry.b,
    }
    if entry.note:
        made["note"] = entry.note
    if entry.values is not None:
        made["values"] = {
            "count": entry.values.count,
            "differing": entry.values.differing,
            "max_abs": entry.values.max_abs,
            "scale": entry.values.scale,
        }
    return made


def show(a: ModelDocument, b: ModelDocument, found: Difference, terminal: Terminal, notation: bool = False) -> None:
    """Print the comparison."""
    _verdict(found, terminal)
    for name, document in (("A", a), ("B", b)):
        stated = document.provenance
        words = [title(document.format, document.title)]
        words += [f"Keras {stated.keras_version}"] if stated.keras_version else []
        words += [number(len(document.damage), "damage")] if document.damage else []
        terminal.print(f"  {terminal.style(name, 'bold')}  {clean(document.path)}  {clean(', '.join(words))}")
    for section in found.sections:
        entries = found.of(section)
        if entries:
            _section(section, entries, terminal)
    if found.notation and notation:
        _section("written in another way", found.notation, terminal)


def _verdict(found: Difference, terminal: Terminal) -> None:
    counts = [number(len(found.of(name)), "difference") + f" in {name}" for name in found.sections if found.of(name)]
    words = ", ".join(counts) if counts else f"✓ nothing differs in {_joined(found.sections)}"
    if found.tensors:
        words += f"; {found.equal_tensors:,} of {number(found.tensors, 'tensor')} equal"
    if found.notation:
        words += f"; {number(len(found.notation), 'value')} written in another way (--notation shows them)"
    terminal.paragraph(terminal.style(words, "bold", "green" if found.equal else "yellow"))


def _joined(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _section(name: str, entries: tuple[Entry, ...], terminal: Terminal) -> None:
    terminal.print()
    terminal.print(terminal.style(name, "bold"))
    rows = list(_rows(entries))
    for where, said in rows[:_ROWS]:
        terminal.paragraph(f"{terminal.style(clean(where, limit=_LONG), 'cyan')}  {said}", 2, 6)
    if len(rows) > _ROWS:
        terminal.print(f"  … and {len(rows) - _ROWS:,} more (--json has all)")


def _rows(entries: tuple[Entry, ...]) -> Iterator[tuple[str, str]]:
    """Yield what is differing and how; many tensors of one owner that only one side has are one row."""
    waiting = list(entries)[::-1]
    while waiting:
        entry = waiting.pop()
        alike = [entry]
        while waiting and _kind(entry)[-1] and _kind(waiting[-1]) == _kind(entry):
            alike.append(waiting.pop())
        if len(alike) > _ALIKE:
            yield f"{entry.where}: {number(len(alike), 'tensor')}", _SIDES[entry.change]
            continue
        for one in alike:
            yield ": ".join(word for word in (one.where, one.key) if word) or "model", _said(one)


def _kind(entry: Entry) -> tuple[str, str, str, bool]:
    value = {"only-a": entry.a, "only-b": entry.b}.get(entry.change)
    return entry.section, entry.where, entry.change, isinstance(value, dict) and set(value) == {"shape", "dtype"}


def _said(entry: Entry) -> str:
    if entry.change in _SIDES:
        value = entry.a if entry.change == "only-a" else entry.b
        shown = f" ({_value(value)})" if value is not None else ""
        return _SIDES[entry.change] + shown
    if entry.change == "unreadable":
        return f"cannot be compared: {clean(entry.note)}"
    if entry.values is None or not _alike(entry):
        words = f"{_value(entry.a)} → {_value(entry.b)}"
        return words if entry.values is None or entry.values.differing is None else f"{words}, {_apart(entry)}"
    return f"{_value(entry.a)}, {_apart(entry)}"


def _alike(entry: Entry) -> bool:
    return bool(entry.a == entry.b)


def _apart(entry: Entry) -> str:
    values = entry.values
    if values is None:
        return ""
    if values.differing is None:
        return "values differ (NumPy is needed to say by how much)"
    words = f"{values.differing:,} of {number(values.count, 'value')} differ"
    if values.max_abs is not None:
        words += f", by {values.max_abs:.3g} at most (largest value {values.scale:.3g})"
    return words


def _value(value: Any) -> str:
    if isinstance(value, dict) and set(value) == {"shape", "dtype"}:
        return f"{value['dtype']}{value['shape']}"
    import json

    try:
        return clean(json.dumps(value, ensure_ascii=False, default=str), limit=_LONG)
    except RecursionError:
        return "nested too deep to be shown"
