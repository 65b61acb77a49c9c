"""Diagnoses as SARIF 2.1.0, the format of code scanning services.

A finding is a result, its rule's page the rule's help; what is ignored is suppressed with its reason. That a verdict is
not known is no finding: it is a notification of the run.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.records import as_dict
from keras_doctor.reports.places import file_of, told, unproven
from keras_doctor.rules import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.findings import Diagnosis, Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_UNKNOWN = "not-known-to-load"
_PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation"}  # GitHub's words
# GitHub's scale for findings about security: KD8xx.
_SECURITY = {"error": "8.0", "warning": "5.0", "info": "2.0"}


class Log:
    """One run over artifacts, of a `version` of this package; nothing of a document is kept once its diagnosis is
    added.
    """

    def __init__(self, version: str) -> None:
        self.version = version
        self.codes: dict[str, int] = {}
        self.results: list[dict[str, Any]] = []
        self.notifications: list[dict[str, Any]] = []

    def add(self, diagnosis: Diagnosis) -> None:
        """Add what was found of one artifact."""
        for finding in diagnosis.findings:
            index = self.codes.setdefault(finding.code, len(self.codes))
            self.results.append(_result(diagnosis, finding, index))
        self.notifications += [_notification(diagnosis, reason) for reason in unproven(diagnosis)]

    def as_json(self) -> dict[str, Any]:
        """Return the log as plain JSON."""
        known = {entry.code: entry for entry in catalogue.entries()}
        driver = {
            "name": "keras-doctor",
            "version": self.version,
            "rules": [_rule(known[code]) for code in self.codes],
            "notifications": [{"id": _UNKNOWN, "shortDescription": {"text": "Whether the model loads is not known."}}],
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": self.notifications}],
            "columnKind": "unicodeCodePoints",
            "results": self.results,
        }
        return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(entry: catalogue.Entry) -> dict[str, Any]:
    page = catalogue.page(entry)
    summary, _, rest = page.partition("\n")
    properties: dict[str, Any] = {"tags": ["keras", entry.cause], "problem.severity": _PROBLEMS[entry.severity]}
    if entry.code.startswith("KD8"):
        properties["tags"].append("security")
        properties["security-severity"] = _SECURITY[entry.severity]
    return {
        "id": entry.code,
        "name": "".join(word.capitalize() for word in entry.slug.split("-")),
        "shortDescription": {"text": summary},
        "fullDescription": {"text": _plain(rest) or summary},
        "help": {"text": _plain(page), "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[entry.severity]},
        "properties": properties,
    }


def _plain(page: str) -> str:
    """Return a page without its marks, a paragraph a line."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in page.split("\n\n"))
    return "\n".join(filter(None, paragraphs)).replace("**", "").replace("`", "")


def _result(diagnosis: Diagnosis, finding: Finding, index: int) -> dict[str, Any]:
    where = finding.where
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _sound(told(finding))},
        "locations": [_location(diagnosis, finding)],
        "partialFingerprints": {"keras-doctor/v1": _fingerprint(finding)},
        "properties": {
            "cause": finding.cause,
            "stage": finding.stage,
            "effect": finding.effect,
            "verdict": diagnosis.verdict,
            "where": _sound(str(where)),
            "remedies": [as_dict(remedy) for remedy in finding.remedies],
        },
    }
    if finding.ignored is not None:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": finding.ignored}]
    return result


def _location(diagnosis: Diagnosis, finding: Finding | None) -> dict[str, Any]:
    """Return where a finding stands; one of the whole artifact, in all of its bytes."""
    document = diagnosis.document
    where = finding.where if finding else Locus()
    region: dict[str, int] = {}
    if where.line is not None:
        region = {"startLine": max(1, where.line)}
    elif where.offset is not None:
        region = {"byteOffset": where.offset}
        if where.length is not None:
            region["byteLength"] = where.length
    elif document.container != "directory" and document.size:
        region = {"byteOffset": 0, "byteLength": document.size}
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(file_of(document, finding))}}
    location = {"physicalLocation": {**physical, "region": region} if region else physical}
    logical = [(where.part, "resource"), (where.path, "value")]
    named = [{"fullyQualifiedName": _sound(name), "kind": kind} for name, kind in logical if name]
    return {**location, "logicalLocations": named} if named else location


def _notification(diagnosis: Diagnosis, reason: str) -> dict[str, Any]:
    return {
        "level": "warning",
        "descriptor": {"id": _UNKNOWN},
        "message": {"text": _sound(f"it is not known whether {diagnosis.document.path} loads: {reason}")},
        "locations": [_location(diagnosis, None)],
    }


def _uri(path: str) -> str:
    """Return a path as a reference: relative to where the tool runs, or the address of a file."""
    from urllib.parse import quote

    reference = quote(path.encode("utf-8", "surrogateescape"))
    return f"file://{reference}" if path.startswith("/") else reference


def _fingerprint(finding: Finding) -> str:
    """Return what tells a finding from others in the same file, whatever the release that is checked for."""
    from hashlib import sha256

    text = "\0".join((finding.code, finding.where.part, finding.where.path, str(finding.where.offset)))
    return sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _sound(text: str) -> str:
    """Return text without the halves of characters that bytes of a file may leave, which no JSON reader takes."""
    return text.encode("utf-8", "backslashreplace").decode()
