"""An explanation as text: what happened first, then how sure that is and why, then the ways out."""

from __future__ import annotations

from keras_doctor.reports.terminal import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.reports.terminal import Terminal
    from keras_doctor.symptoms import Explanation

_SURE = {
    "high": ("the text says so", "green"),
    "medium": ("likely, not certain", "yellow"),
    "low": ("a guess", "yellow"),
}
_STORIES = {
    "agrees": ("✓", "green", "the file tells the same story"),
    "silent": ("!", "yellow", "the file alone does not show it"),
    "parts": ("!", "yellow", "the file tells another story"),
}


def show(explanation: Explanation, terminal: Terminal) -> None:
    """Print an explanation."""
    mark, colour = ("✗", "red") if explanation.confidence == "high" else ("?", "yellow")
    terminal.paragraph(
        f"{terminal.style(mark, colour, 'bold')} {terminal.style(clean(explanation.what), 'bold')}", 0, 2
    )
    if explanation.cause:
        sure, tint = _SURE[explanation.confidence]
        page = f", see keras-doctor rules {explanation.code}" if explanation.code else ""
        terminal.paragraph(f"cause {explanation.cause} ({terminal.style(sure, tint)}){page}", 2, 4)
    for line in explanation.evidence:
        terminal.paragraph(terminal.style(clean(line, limit=400), "dim"), 2, 4)
    if explanation.versions:
        told = "; ".join(f"{version} ({version.how})" for version in explanation.versions)
        terminal.paragraph(terminal.style(f"versions: {clean(told)}", "dim"), 2, 4)
    _candidates(explanation, terminal)
    _story(explanation, terminal)
    if explanation.remedies:
        terminal.print()
    for remedy in explanation.remedies:
        terminal.paragraph(f"→ {clean(remedy.text)}", 2, 4)
        for line in remedy.command.splitlines():
            terminal.print("    " + terminal.style(clean(line), "cyan"))


def _candidates(explanation: Explanation, terminal: Terminal) -> None:
    if explanation.candidates:
        terminal.print()
        terminal.paragraph("This text can mean more than one thing:", 2, 2)
        for candidate in explanation.candidates:
            when = f", when {candidate.when}" if candidate.when else ""
            terminal.paragraph(f"- {candidate.cause}{clean(when)}: {clean(candidate.what)}", 4, 6)
    if explanation.question:
        terminal.paragraph(f"{terminal.style('What decides:', 'bold')} {clean(explanation.question)}", 2, 4)


def _story(explanation: Explanation, terminal: Terminal) -> None:
    if not explanation.story:
        return
    mark, colour, words = _STORIES[explanation.story]
    more = f": {clean(explanation.parting)}" if explanation.parting else ""
    terminal.print()
    terminal.paragraph(f"{terminal.style(mark, colour)} {words}{more}", 2, 4)
