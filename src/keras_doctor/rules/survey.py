"""`survey`: one document, diagnosed in the environment of every release that there is."""

from __future__ import annotations

from keras_doctor.environments import Environment
from keras_doctor.records import record
from keras_doctor.releases.published import Published, published
from keras_doctor.rules.engine import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.findings import Diagnosis

SCHEMA = "keras-doctor/releases/1"


@record
class Answer:
    """What a load in one release would do."""

    release: Published
    diagnosis: Diagnosis

    @property
    def reason(self) -> tuple[str, ...]:
        """What makes two answers the same: the verdict, and what it rests on."""
        found, unknowns = self.diagnosis.decisive, self.diagnosis.unknowns
        if found:
            return self.diagnosis.verdict, found.code, found.cause, str(found.where)
        return self.diagnosis.verdict, *(unknowns[:1] if self.diagnosis.verdict == "unknown" else ())

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain JSON, by the published schema."""
        release, found = self.release, self.diagnosis.decisive
        return {
            "name": release.name,
            "version": release.version,
            "family": release.family,
            "loader": release.loader,
            "python": release.python,
            "packages": dict(release.packages),
            "verdict": self.diagnosis.verdict,
            "cause": self.diagnosis.cause,
            "finding": found.as_json() if found else None,
            "unknowns": list(self.diagnosis.unknowns),
        }


def environment_of(release: Published) -> Environment:
    """Return the environment in which a release is looked at: all that it needs, and nothing else."""
    return Environment(
        python=release.python,
        packages=release.packages,
        loader=release.loader,
        backend="tensorflow",
        origin=f"{release.name} as it would be installed today",
        complete=True,
    )


def survey(document: ModelDocument, **options: Any) -> Iterator[Answer]:
    """Yield what every release makes of a document, family by family, the newest first; `options` as in `diagnose`."""
    for release in published():
        yield Answer(release, diagnose(document, environment_of(release), everything=False, **options))


def newest_that_loads(answers: Iterable[Answer]) -> Published | None:
    """Return the first release that loads the document as it was; None when none is known to."""
    return next((answer.release for answer in answers if answer.diagnosis.verdict == "loads"), None)


def runs(answers: Iterable[Answer]) -> list[list[Answer]]:
    """Return the answers in runs: releases of one family that follow each other and say the same."""
    found: list[list[Answer]] = []
    last: object = None
    for answer in answers:
        key = answer.release.family, answer.reason
        if key != last:
            found.append([])
            last = key
        found[-1].append(answer)
    return found


def as_json(document: ModelDocument, answers: list[Answer]) -> dict[str, Any]:
    """Return the whole survey as plain JSON, by the published schema (docs/schema/releases-1.json)."""
    newest = newest_that_loads(answers)
    return {
        "schema": SCHEMA,
        "path": document.path,
        "format": document.format,
        "architecture": document.architecture.path if document.architecture else None,
        "newest_that_loads": {"name": newest.name, "command": newest.setup.command()} if newest else None,
        "runs": [
            {
                "family": run[0].release.family,
                "newest": run[0].release.version,
                "oldest": run[-1].release.version,
                "releases": len(run),
                "verdict": run[0].diagnosis.verdict,
                "cause": run[0].diagnosis.cause,
                "code": run[0].diagnosis.decisive.code if run[0].diagnosis.decisive else None,
            }
            for run in runs(answers)
        ],
        "releases": [answer.as_json() for answer in answers],
    }
