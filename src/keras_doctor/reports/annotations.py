"""Diagnoses as annotations of a GitHub workflow: lines of commands that its runner reads from the output.

`::error file=…,title=…::message`; percent signs and line ends are escaped, in the properties colons and commas too.
"""

from __future__ import annotations

from keras_doctor.reports.places import file_of, told, unproven
from keras_doctor.reports.terminal import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.findings import Diagnosis, Finding

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_ALSO = 6
_TEXT = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_PROPERTY = (*_TEXT, (":", "%3A"), (",", "%2C"))


def lines(diagnosis: Diagnosis) -> Iterator[str]:
    """Yield a line for each rule that found what is not ignored, and for each reason why a verdict is not known.

    A runner shows ten of a kind: what one rule finds more than once stands in one.
    """
    document = diagnosis.document
    found: dict[str, list[Finding]] = {}
    for finding in diagnosis.findings:
        if finding.ignored is None:
            found.setdefault(finding.code, []).append(finding)
    for first, *others in found.values():
        also = [f"also: {other.message}{_at(other)}" for other in others[:_ALSO]]
        also += [f"and {len(others) - _ALSO:,} more of {first.code}"] if len(others) > _ALSO else []
        message = "\n".join([told(first), *also])
        title = f"{first.code} {first.slug}{_at(first)}"
        yield _line(_COMMANDS[first.severity], file_of(document, first), title, message)
    for reason in unproven(diagnosis):
        yield _line("warning", file_of(document, None), "not known to load", reason)


def _at(finding: Finding) -> str:
    return f" (at {finding.where})" if str(finding.where) else ""


def _line(command: str, file: str, title: str, message: str) -> str:
    properties = f"file={_escaped(clean(file), _PROPERTY)},title={_escaped(clean(title), _PROPERTY)}"
    return f"::{command} {properties}::{_escaped(clean(message, keep_lines=True), _TEXT)}"


def _escaped(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for character, escape in pairs:
        text = text.replace(character, escape)
    return text
