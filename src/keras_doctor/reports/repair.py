"""What a repair did or would do, for people and as JSON (docs/schema/repair-1.json).

A report is a `rescue.repairing.RepairReport`, whose room is above this one.
"""

from __future__ import annotations

from keras_doctor.findings.diagnosis import VERDICTS
from keras_doctor.records import as_dict
from keras_doctor.reports.terminal import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from keras_doctor.reports.terminal import Terminal


SCHEMA = "keras-doctor/repair/1"
_MARKS = {"loads": ("✓", "green"), "loads-differently": ("!", "yellow"), "unknown": ("?", "yellow")}
_TOLD = {
    "loads": "loads there",
    "loads-differently": "loads there, and computes something else",
    "loads-not-runnable": "loads there, and cannot be run",
    "fails": "does not load there",
    "unknown": "whether it loads there is not known",
}
# Kinds of verification, the best first, in the words of a summary.
_KINDS = {
    "real": "in releases",
    "result-real": "in the target's release",
    "source-real": "in the source's release",
    "numpy": "by NumPy",
}
_CONTAINER = "container-unknown"  # slug of the finding that the target has no reader for such a file
_TRAINING = {"optimizer-state-carried"}  # fixes that change nothing of what a model predicts
_MOST = 12  # lines of one kind that are shown
_FEW = 4  # of what was damaged


def show(report: Any, terminal: Terminal) -> None:
    """Print one repair: what comes of it first, then what was done, then what stands in the way."""
    mark, color = ("✗", "red") if report.refused else _MARKS.get(_outcome(report), ("✗", "red"))
    where = clean(report.path or "(nothing was written)")
    terminal.print(f"{terminal.style(mark, color)} {clean(report.source)} → {where}: {_words(report)}")
    if report.refused:
        terminal.print(f"  ✗ {clean(report.refused)}")
        return
    for message, count, kind, note in _grouped(report.changes):
        times = f" ({count} times)" if count > 1 else ""
        tail = f" [{kind}: {note}]" if kind != "exact" else ""
        terminal.print(f"  · {clean(message)}{times}{tail}")
    bare = report.plan.document.config is None
    _show_some([f"! lost: {one}" for one in report.lost_tensors if bare], "lost tensors", terminal)
    _show_some([f"! {d.part or 'the file'}: {d.what}" for d in report.damage], "damages", terminal, _FEW)
    terminal.print(f"  · {clean(str(report.verification))}")
    for note in report.verification.notes if report.verification.equal is not None else ():
        terminal.print(f"    {clean(note)}")
    _show_some([f"! {owner}: {why}" for owner, why in report.lost], "groups", terminal)
    _show_some(_remaining(report) if not bare else (), "findings", terminal)
    unknown = report.diagnosis.unknowns if report.verdict == "unknown" and not bare else ()
    _show_some([f"? not known: {why}" for why in unknown], "reasons", terminal)


def _show_some(lines: Sequence[str], what: str, terminal: Terminal, most: int = _MOST) -> None:
    for line in lines[:most]:
        terminal.print(f"  {clean(line)}")
    if len(lines) > most:
        terminal.print(f"    and {len(lines) - most} more {what} (--json has them all)")


def _remaining(report: Any) -> list[str]:
    """Return what stands in the way of a load, each once, and what whoever loads the result has to do about it."""
    told = [f"✗ {finding.code} {finding.message}" for finding in report.remaining]
    lines = [f"{one} ({told.count(one)} times)" if told.count(one) > 1 else one for one in dict.fromkeys(told)]
    if report.awaits_custom_objects and report.path:
        ways = [remedy for finding in report.remaining for remedy in finding.remedies[:1]]
        lines += [f"  → {way.text} {way.command}" for way in dict.fromkeys(ways)]
    if not report.path and any(finding.slug == _CONTAINER for finding in report.remaining):
        lines.append("  → it reads HDF5: let the name of the result end in .h5")
    return lines


def _outcome(report: Any) -> str:
    """Return the verdict that a result is shown with: what was seen counts more than what the rules say, and with lost
    tensors none computes what the source did.
    """
    verdict: str = "unknown" if report.awaits_custom_objects else report.verdict
    if verdict == "loads" and report.verification.equal is False:
        verdict = "fails" if report.verification.reason else "loads-differently"
    return "unknown" if report.lost_tensors and (verdict == "loads" or not report.plan.document.config) else verdict


def _words(report: Any) -> str:
    if report.refused:
        return str(report.refused.partition(":")[0])
    if report.plan.document.config is None:
        return "the weights alone, in the layout that they have" + _and_lost(report)
    holds = "" if report.holds == "model" else f"the {report.holds} of a model that "
    return holds + _told(report) + _and_lost(report)


def _and_lost(report: Any) -> str:
    count = len(report.lost_tensors)
    return f"; {count} tensor{'s' * (count > 1)} lost" if count else ""


def _told(report: Any) -> str:
    if report.awaits_custom_objects:
        return "loads there when its custom objects are given (custom_objects={…})"
    verdict = report.verdict if report.verdict != "loads" or report.lost_tensors else _outcome(report)
    kinds = {change.kind for change in report.changes}
    filled = any(change.fix == "fill" for change in report.changes)
    left_out = kinds <= {"exact", "lossy"} and "lossy" in kinds and not filled
    how = "with some training state left out" if left_out else ""
    if any(change.fix == "salvage" and change.kind == "approximate" for change in report.changes):
        how = "with tensors that were found by a search of the file"
    about = {change.fix for change in report.changes if change.kind == "approximate"}
    how = how or ("training goes on approximately" if about == _TRAINING else "approximate in part" if about else "")
    return _TOLD[verdict] + (f" ({how})" if how and verdict == "loads" else "")


def _grouped(changes: Iterable[Any]) -> list[tuple[str, int, str, str]]:
    """Return the messages in order, each once, with how often it came."""
    counts: dict[tuple[str, str, str], int] = {}
    for change in changes:
        key = change.message, change.kind, change.note
        counts[key] = counts.get(key, 0) + 1
    return [(message, count, kind, note) for (message, kind, note), count in counts.items()]


def tally(reports: Sequence[Any], failed: Sequence[tuple[str, str]]) -> str:
    """Return what came of many repairs, in a line."""
    waiting = sum(report.awaits_custom_objects for report in reports)
    refused = len(failed) + sum(bool(report.refused) for report in reports)
    verdicts = [report.verdict for report in reports if not (report.refused or report.awaits_custom_objects)]
    told = [f"{verdicts.count(verdict)} {verdict}" for verdict in VERDICTS if verdict in verdicts]
    told += [f"{waiting} loads with custom objects"] if waiting else []
    told += [f"{refused} not written"] if refused else []
    kinds = [found.kind for report in reports if (found := report.verification).equal]
    same = [f"{kinds.count(kind)} {words}" for kind, words in _KINDS.items() if kind in kinds]
    other = sum(report.verification.equal is False for report in reports)
    same += [f"{other} NOT the same"] if other else []
    verified = f"; verified: {', '.join(same)}" if same else ""
    return f"{len(reports) + len(failed)} files: {', '.join(told)}{verified}"


def as_json(reports: Sequence[Any], failed: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return repairs as plain JSON."""
    return {
        "schema": SCHEMA,
        "repairs": [_json(report) for report in reports],
        "failed": [{"source": source, "why": why} for source, why in failed],
    }


def _json(report: Any) -> dict[str, Any]:
    return {
        "source": report.source,
        "path": report.path,
        "holds": report.holds,
        "refused": report.refused,
        "verdict": report.verdict,
        "cause": report.diagnosis.cause,
        "changes": [
            {"fix": c.fix, "message": c.message, "where": str(c.where), "kind": c.kind, "note": c.note}
            for c in report.changes
        ],
        "verified": {
            "kind": report.verification.kind,
            "equal": report.verification.equal,
            "difference": _finite(report.verification.difference),
            "reason": report.verification.reason,
            "source": as_dict(report.verification.source),
            "result": as_dict(report.verification.result),
            "parting": _parting(report.verification.parting),
            "notes": list(report.verification.notes),
        },
        "damage": [{"kind": d.kind, "what": d.what, "part": d.part, "offset": d.offset} for d in report.damage],
        "lost_tensors": [
            {
                "owner": one.owner,
                "layer": one.layer,
                "name": one.name,
                "shape": list(one.shape),
                "dtype": one.dtype,
                "reason": one.reason,
            }
            for one in report.lost_tensors
        ],
        "lost": [{"owner": owner, "why": why} for owner, why in report.lost],
        "remaining": [finding.as_json() for finding in report.remaining],
    }


def _parting(found: Any) -> dict[str, Any] | None:
    return found and {"layer": found.layer, "difference": _finite(found.difference), "after": found.after}


def _finite(number: float) -> float | None:
    return number if abs(number) < float("inf") else None  # JSON has no infinity
