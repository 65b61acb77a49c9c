"""`check --releases`, and the short form of it for who has no Keras at all."""

from __future__ import annotations

from keras_doctor.artifacts.formats import WHOLE
from keras_doctor.cli.entry import FOUND, OK
from keras_doctor.reports.survey_text import show, way_in
from keras_doctor.rules.survey import as_json as survey_as_json
from keras_doctor.rules.survey import newest_that_loads, survey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.findings import Diagnosis
    from keras_doctor.reports.terminal import Terminal


def survey_all(
    targets: Iterable[str],
    many: bool,
    terminal: Terminal,
    options: dict[str, Any],
    opened: Callable[[str], ModelDocument],
    as_json: bool,
) -> int:
    """Show what every release makes of each file; return the exit status, 0 when each is loaded by some release."""
    status = OK
    results = []
    for number, target in enumerate(targets):
        document = opened(target)
        answers = list(survey(document, **options))
        if newest_that_loads(answers) is None:
            status = FOUND
        if as_json:
            results.append(survey_as_json(document, answers))
            continue
        if number:
            terminal.print()
        show(document, answers, terminal)
    if as_json:
        terminal.json(results if many else results[0])
    return status


def show_way_in(diagnosis: Diagnosis, terminal: Terminal, options: dict[str, Any]) -> None:
    """Print the newest release that loads a model, unless the diagnosis has said how to come to it."""
    document = diagnosis.document
    if document.format not in WHOLE:
        return
    newest = newest_that_loads(survey(document, **options))
    said = {remedy.command for finding in diagnosis.findings for remedy in finding.remedies}
    if newest and newest.setup.command() not in said:
        terminal.print()
        way_in(document, newest, terminal)
