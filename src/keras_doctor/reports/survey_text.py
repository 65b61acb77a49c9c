"""What every release makes of a model, as a table: releases with the same answer stand in one line."""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.reports.diagnosis import VERDICTS, saved_by
from keras_doctor.reports.terminal import clean, number, size
from keras_doctor.rules.survey import newest_that_loads, runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.releases.published import Published
    from keras_doctor.reports.terminal import Terminal
    from keras_doctor.rules.survey import Answer

_IMPORTS = {
    "keras": "import keras; model = keras",
    "tf.keras": "import tensorflow as tf; model = tf.keras",
    "tf_keras": "import tf_keras; model = tf_keras",
}


def show(document: ModelDocument, answers: list[Answer], terminal: Terminal) -> None:
    """Print the table; one line alone when every release says the same and none loads the model."""
    reasons = {answer.reason for answer in answers}
    if len(reasons) == 1 and answers[0].diagnosis.verdict != "loads":
        mark, colour, words = VERDICTS[answers[0].diagnosis.verdict]
        head = f"{terminal.style(mark, colour, 'bold')} {terminal.style(clean(document.path), 'bold')}"
        why = _why(answers[0])
        terminal.paragraph(f"{head} {words} in any of {len(answers)} releases{': ' + why if why else ''}", 0, 2)
        return
    saved = saved_by(document.provenance)
    what = [title(document.format, document.title), size(document.size), *([f"saved by {saved}"] if saved else [])]
    terminal.paragraph(f"{terminal.style(clean(document.path), 'bold')}: {clean(', '.join(what))}", 0, 2)
    rows = runs(answers)
    width = max(len(_span(run)) for run in rows)
    family = ""
    for run in rows:
        if run[0].release.family != family:
            family = run[0].release.family
            terminal.print(f"  {terminal.style(family, 'bold')}")
        mark, colour, words = VERDICTS[run[0].diagnosis.verdict]
        why = _why(run[0])
        line = f"{terminal.style(mark, colour)} {_span(run):<{width}}  {words}{': ' + why if why else ''}"
        terminal.paragraph(line, 4, width + 8)
    terminal.print()
    newest = newest_that_loads(answers)
    if newest:
        way_in(document, newest, terminal)
    else:
        terminal.print(f"{number(len(answers), 'release')}, none of which is known to load it as it was")


def way_in(document: ModelDocument, release: Published, terminal: Terminal) -> None:
    """Print the newest release that loads the model, the command that makes its environment, and the call."""
    beside = [f"{name} {version}" for name, version in release.packages if name == "tensorflow"]
    beside = beside if release.loader != "tf.keras" else []
    where = ", ".join([*beside, f"Python {release.python}"])
    terminal.paragraph(f"→ the newest release that loads it: {release.name} ({where})", 0, 2)
    terminal.print("  " + terminal.style(release.setup.command(), "cyan"))
    if document.architecture is None:
        call = f"{_IMPORTS[release.loader]}.models.load_model({document.path!r})"
        terminal.print("  " + terminal.style(clean(call), "cyan"))


def _span(run: list[Answer]) -> str:
    newest, oldest = run[0].release.version, run[-1].release.version
    return newest if len(run) == 1 else f"{newest} to {oldest}"


def _why(answer: Answer) -> str:
    """Return what decides an answer, in few words."""
    found = answer.diagnosis.decisive
    if found:
        return f"{found.code} {clean(found.message, limit=160)}"
    unknowns = answer.diagnosis.unknowns
    return clean(unknowns[0], limit=160) if unknowns and answer.diagnosis.verdict == "unknown" else ""
