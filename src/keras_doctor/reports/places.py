"""How CI systems are told where a finding is: a path that they know, and a place in it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.findings import Diagnosis, Finding


def relative(path: str) -> str:
    """Return a path as seen from the current folder, with slashes; unchanged when it is outside of it."""
    try:
        inside = os.path.relpath(path)
    except ValueError:  # another drive
        inside = path
    shown = path if inside.startswith("..") else inside
    return shown.replace(os.sep, "/")


def file_of(document: ModelDocument, finding: Finding | None) -> str:
    """Return the file in which a finding stands: of a folder, the part that is named, where it is a file there."""
    part = finding.where.part.partition(":")[0] if finding else ""
    if part and document.container == "directory":
        inside = os.path.join(document.path, part)
        if os.path.isfile(inside) and os.path.realpath(inside).startswith(os.path.realpath(document.path) + os.sep):
            return relative(inside)
    return relative(document.path)


def told(finding: Finding) -> str:
    """Return a finding in several lines of plain text: what it is, the evidence, the ways out."""
    lines = [finding.message, *finding.evidence]
    for remedy in finding.remedies:
        lines.append(f"→ {remedy.text}")
        lines += [f"    {line}" for line in remedy.command.splitlines()]
    return "\n".join(lines)


def unproven(diagnosis: Diagnosis) -> tuple[str, ...]:
    """Return why a verdict is unknown, () when it is not."""
    return diagnosis.unknowns if diagnosis.verdict == "unknown" else ()
