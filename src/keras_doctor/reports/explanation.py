"""An explanation as text: what happened first, then how sure that is and why, then the ways out."""

from __future__ import annotations

from keras_doctor.reports.terminal import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.findings import Remedy
    from keras_doctor.reports.terminal import Terminal
    from keras_doctor.symptoms import Explanation

_SURE = {
    "high": ("the text says so", "green"),
    "medium": ("likely, not certain", "yellow"),
    "low": ("a guess", "yellow"),
}
_STORIES = {
    "agrees": ("✓", "green", "the file tells the same story"),
    "decides": ("✓", "green", "the text alone tells nothing; the file does"),
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
    if explanation.remedies and not explanation.candidates:
        terminal.print()
        _remedies(explanation.remedies, terminal, 2)


def _remedies(remedies: tuple[Remedy, ...], terminal: Terminal, indent: int) -> None:
    for remedy in remedies:
        terminal.paragraph(f"→ {clean(remedy.text)}", indent, indent + 2)
        for line in remedy.command.splitlines():
            terminal.print(" " * (indent + 2) + terminal.style(clean(line), "cyan"))


def _candidates(explanation: Explanation, terminal: Terminal) -> None:
    """Print the causes that are possible, each with what helps then, and what decides between them."""
    if explanation.candidates:
        terminal.print()
        terminal.paragraph("This text can mean more than one thing:", 2, 2)
    for number, candidate in enumerate(explanation.candidates, 1):
        when = f", when {clean(candidate.when)}" if candidate.when else ""
        head = f"{number}. {terminal.style(candidate.cause, 'bold')}{when}: {clean(candidate.what)}"
        terminal.paragraph(head, 4, 7)
        _remedies(candidate.remedies, terminal, 7)
    if explanation.question:
        terminal.print()
        label = "What decides:" if explanation.cause else "What would help:"
        terminal.paragraph(f"{terminal.style(label, 'bold')} {clean(explanation.question)}", 2, 4)


def _story(explanation: Explanation, terminal: Terminal) -> None:
    if not explanation.story:
        return
    mark, colour, words = _STORIES[explanation.story]
    more = f": {clean(explanation.parting)}" if explanation.parting else ""
    terminal.print()
    terminal.paragraph(f"{terminal.style(mark, colour)} {words}{more}", 2, 4)
