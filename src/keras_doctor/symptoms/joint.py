"""Text and file together: the file decides what the text leaves open, and where the two part, that is said."""

from __future__ import annotations

import re

from keras_doctor.environments import Environment
from keras_doctor.records import replace
from keras_doctor.rules import diagnose
from keras_doctor.rules.shell import literal, quote
from keras_doctor.symptoms.setting import setting_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.findings import Diagnosis, Finding, Remedy
    from keras_doctor.symptoms.explanation import Explanation
    from keras_doctor.symptoms.scene import Scene

_RAISING = ("fails", "loads-not-runnable")
_WEIGHTS = (
    "it holds weights only, as load_weights wants; whether they fit depends on the model that they are loaded into"
)


def joined(
    explanation: Explanation,
    scene: Scene,
    artifact: str | PathLike[str] | ModelDocument,
    env: Environment | None,
    compile: bool = True,  # noqa: A002 - Keras's own name
    safe_mode: bool = True,
    custom_objects: tuple[str, ...] = (),
) -> Explanation:
    """Return the explanation of a text whose file is at hand.

    Without `env` the environment is the one that the text gives away, the current one where it gives none away.
    """
    diagnosis = diagnose(
        artifact,
        env or setting_of(scene) or Environment.current(),
        compile=compile,
        safe_mode=safe_mode,
        custom_objects=custom_objects,
    )
    explanation = _naming(replace(explanation, diagnosis=diagnosis, findings=diagnosis.findings))
    allowed = _allowed(explanation)
    decisive = diagnosis.decisive if diagnosis.verdict in _RAISING else None
    if (
        decisive is not None
        and decisive.cause == "weights-only"
        and "weights-only" not in allowed
        and _of_weights(scene)
    ):
        return replace(explanation, story="silent", parting=_WEIGHTS)
    if decisive is not None and (not allowed or decisive.cause in allowed):
        return _told_by(explanation, decisive, "agrees" if allowed else "decides")
    same = [finding for finding in diagnosis.findings if finding.cause in allowed and finding.effect in _RAISING]
    if same:
        return _told_by(explanation, min(same, key=lambda finding: allowed.index(finding.cause)), "agrees")
    if decisive is not None:
        return _parted(explanation, decisive)
    return replace(explanation, story="silent", parting=_silence(diagnosis))


def _of_weights(scene: Scene) -> bool:
    """Tell whether a text is about load_weights: a file of weights alone is what that wants."""
    return scene.calls("load_weights") and not scene.calls("load_model")


def _naming(explanation: Explanation) -> Explanation:
    """Return the explanation with the file's path in the commands, where PATH stood for it."""
    path = explanation.diagnosis.document.path if explanation.diagnosis else ""
    return replace(
        explanation,
        remedies=tuple(_for(path, remedy) for remedy in explanation.remedies),
        candidates=tuple(
            replace(candidate, remedies=tuple(_for(path, remedy) for remedy in candidate.remedies))
            for candidate in explanation.candidates
        ),
    )


def _for(path: str, remedy: Remedy) -> Remedy:
    """Return a remedy whose command names the file: as Python writes it within Python, as a shell does elsewhere."""
    if not path or "PATH" not in remedy.command:
        return remedy
    named = re.sub(r"(?<=\()PATH\b", lambda _: literal(path), remedy.command)
    if quote(path) == path:
        named = named.replace("'PATH'", f"'{path}'")
    return replace(remedy, command=re.sub(r"(?<![\w'])PATH\b(?!=)", lambda _: quote(path), named))


def _allowed(explanation: Explanation) -> list[str]:
    """Return the causes that the text allows, the likeliest first."""
    causes = [candidate.cause for candidate in explanation.candidates]
    return causes or ([explanation.cause] if explanation.cause else [])


def _told_by(explanation: Explanation, finding: Finding, story: str) -> Explanation:
    """Return the explanation as a finding of the file tells it."""
    same = next((candidate for candidate in explanation.candidates if candidate.cause == finding.cause), None)
    remedies = same.remedies if same else explanation.remedies
    return replace(
        explanation,
        cause=finding.cause,
        code=finding.code,
        confidence="high",
        what=explanation.what if finding.cause == explanation.cause else finding.message,
        evidence=(*explanation.evidence, f"the file says: {finding.message}", *finding.evidence),
        candidates=(),
        question="",
        remedies=tuple(dict.fromkeys((*finding.remedies, *remedies))),
        story=story,
    )


def _parted(explanation: Explanation, finding: Finding) -> Explanation:
    """Return the explanation where the file would fail otherwise than the text tells."""
    parting = (
        f"in this environment it would fail with {finding.cause} ({finding.code}: {finding.message}). Is it the "
        f"file, and "
        "the environment, that the text is about?"
    )
    if explanation.confidence == "high":
        return replace(explanation, story="parts", parting=parting)
    return replace(
        explanation,
        cause=finding.cause,
        code=finding.code,
        confidence="medium",
        what=finding.message,
        evidence=(*explanation.evidence, f"the file says: {finding.message}", *finding.evidence),
        candidates=(),
        question="",
        remedies=tuple(dict.fromkeys((*finding.remedies, *explanation.remedies))),
        story="parts",
        parting=f"the text alone reads as {explanation.cause}",
    )


def _silence(diagnosis: Diagnosis) -> str:
    if diagnosis.verdict == "unknown":
        return "; ".join(diagnosis.unknowns[:3])
    return "nothing in it would fail in this environment"
