"""Findings, remedies and the diagnosis that they add up to."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.records import as_dict, record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment

SCHEMA = "keras-doctor/diagnosis/1"

# In the order in which they decide: a certain failure is a failure whatever else is unknown.
VERDICTS = ("fails", "unknown", "loads-not-runnable", "loads-differently", "loads")
SEVERITIES = ("error", "warning", "info")
LEVELS = (*SEVERITIES, "never")  # at which a check fails, the usual one first


@record
class Remedy:
    """One way out: `text` says what and when it is the right one, `command` can be pasted ("" when there is none)."""

    text: str
    command: str = ""


@record
class Finding:
    """One thing that is wrong or worth knowing, with its evidence.

    `effect` is what it does to a plain load: one of the verdicts, "" when it changes nothing. `order` is the step of
    the loader at which it strikes. `ignored`: why a person does not want to hear of it ("" when they did not say), None
    when they do.
    """

    code: str
    slug: str
    cause: str
    stage: str
    severity: str
    message: str
    where: Locus = Locus()
    evidence: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    effect: str = ""
    order: int = 0
    ignored: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON, by the published schema."""
        values = as_dict(self)
        where = {key: value for key, value in as_dict(self.where).items() if value not in ("", None)}
        values["where"] = {**where, "text": str(self.where)} if where else {}
        values["evidence"] = list(self.evidence)
        values["remedies"] = [as_dict(remedy) for remedy in self.remedies]
        return values


class Diagnosis:
    """What a plain load of one artifact in one environment would do.

    `verdict` is one of `VERDICTS`; `cause` (vocabulary of causes) belongs to the first finding that brings that
    verdict about, None when it loads. `unknowns` are the reasons why a verdict better than "unknown" cannot be given.
    """

    def __init__(
        self,
        document: ModelDocument,
        environment: Environment,
        findings: Iterable[Finding],
        unknowns: Iterable[str] = (),
    ) -> None:
        self.document = document
        self.environment = environment
        self.findings = tuple(sorted(findings, key=lambda finding: finding.order))
        self.unknowns = tuple(dict.fromkeys(unknowns))
        effects = {finding.effect for finding in self.findings}
        if self.unknowns:
            effects.add("unknown")
        self.verdict = next(verdict for verdict in VERDICTS if verdict in effects or verdict == "loads")
        self.decisive = next((f for f in self.findings if f.effect and f.effect == self.verdict), None)
        self.cause = self.decisive.cause if self.decisive else None

    def __repr__(self) -> str:
        return f"Diagnosis({self.verdict!r}, cause={self.cause!r}, {len(self.findings)} findings)"

    @property
    def worst(self) -> str | None:
        """The gravest severity among the findings that are not ignored, None when there are none."""
        found = {finding.severity for finding in self.findings if finding.ignored is None}
        return next((severity for severity in SEVERITIES if severity in found), None)

    def passes(self, level: str = LEVELS[0]) -> bool:
        """Tell whether the model loads and nothing of a level or graver is found that is not ignored.

        Ignoring makes no model load; but one that "loads-differently" passes when all that says so is ignored.
        """
        if level == "never":
            return True
        worst = self.worst
        if worst is not None and SEVERITIES.index(worst) <= SEVERITIES.index(level):
            return False
        if self.verdict == "loads-differently":
            return all(finding.ignored is not None for finding in self.findings if finding.effect == self.verdict)
        return self.verdict == "loads"

    def ignoring(self, reasons: Mapping[str, str]) -> Diagnosis:
        """Return the diagnosis with findings ignored, by code and reason. The verdict stays what it is."""
        findings = (replace(f, ignored=reasons[f.code]) if f.code in reasons else f for f in self.findings)
        return Diagnosis(self.document, self.environment, findings, self.unknowns)

    def to_json(self) -> dict[str, Any]:
        """Return the diagnosis as plain JSON, by the published schema (docs/schema/diagnosis-1.json)."""
        document, environment = self.document, self.environment
        provenance = document.provenance
        return {
            "schema": SCHEMA,
            "path": document.path,
            "format": document.format,
            "container": document.container,
            "size": document.size,
            "architecture": document.architecture.path if document.architecture else None,
            "saved_by": {
                "keras_version": provenance.keras_version,
                "earliest": provenance.earliest,
                "latest": provenance.latest,
                "library": provenance.library,
                "era": provenance.era,
                "backend": provenance.backend,
                "tensorflow": provenance.tensorflow,
                "saved_at": provenance.saved_at,
                "evidence": [as_dict(evidence) for evidence in provenance.evidence],
            },
            "environment": environment.as_json(),
            "verdict": self.verdict,
            "cause": self.cause,
            "unknowns": list(self.unknowns),
            "unverified_bytes": document.unverified_bytes,
            "findings": [finding.as_json() for finding in self.findings],
        }
