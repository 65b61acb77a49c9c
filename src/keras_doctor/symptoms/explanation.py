"""The answer to a pasted text, and its JSON."""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.records import as_dict, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.findings import Diagnosis

SCHEMA = "keras-doctor/explanation/1"
CONFIDENCES = ("high", "medium", "low")


@record
class Inferred:
    """A version that the text gives away. `version`: exact, or "" with `earliest` and `latest`; `how`: by what."""

    package: str
    version: str = ""
    earliest: str = ""
    latest: str = ""
    how: str = ""

    def __str__(self) -> str:
        if self.version:
            return f"{self.package} {self.version}"
        if self.earliest == self.latest:
            return f"{self.package} {self.earliest}"
        return f"{self.package} {self.earliest} to {self.latest}"


@record
class Candidate:
    """One cause that the text allows. `when`: what would make it the right one; `remedies`: what then helps."""

    cause: str
    what: str
    when: str = ""
    code: str = ""
    remedies: tuple[Remedy, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as plain JSON."""
        return {**as_dict(self), "remedies": [as_dict(remedy) for remedy in self.remedies]}


@record
class Explanation:
    """What a text is the symptom of.

    `cause`: of the vocabulary of causes, None when the text tells of none; `confidence`: "high", "medium" or "low";
    `what`: what happened, in plain words; `code`: the rule's page. `evidence`: what in the text (and in the file) says
    so. `candidates`: where several causes are possible, all of them, the likeliest first, and `question`, which
    decides. `remedies`: in order of likelihood. `story`: whether text and file tell the same: "" without a file,
    "agrees", "decides" (the text alone told nothing), "parts" (then `parting` says where) or "silent" (nothing in the
    file would fail).
    """

    cause: str | None
    confidence: str
    what: str
    code: str = ""
    evidence: tuple[str, ...] = ()
    versions: tuple[Inferred, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    question: str = ""
    findings: tuple[Finding, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    story: str = ""
    parting: str = ""
    diagnosis: Diagnosis | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the explanation as plain JSON, by the published schema (docs/schema/explanation-1.json)."""
        return {
            "schema": SCHEMA,
            "cause": self.cause,
            "confidence": self.confidence,
            "what": self.what,
            "code": self.code,
            "evidence": list(self.evidence),
            "versions": [as_dict(version) for version in self.versions],
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "question": self.question,
            "findings": [finding.as_json() for finding in self.findings],
            "remedies": [as_dict(remedy) for remedy in self.remedies],
            "story": self.story,
            "parting": self.parting,
            "diagnosis": self.diagnosis.to_json() if self.diagnosis else None,
        }
