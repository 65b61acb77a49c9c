"""A diagnosis as text: the decisive line first, then the evidence, then commands that can be pasted."""

from __future__ import annotations

from keras_doctor.artifacts.formats import title
from keras_doctor.reports.terminal import clean, number, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.provenance import Provenance
    from keras_doctor.environments.environment import Environment
    from keras_doctor.findings import Diagnosis, Finding, Remedy
    from keras_doctor.reports.terminal import Terminal

_MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "dim")}
_ALSO = 6  # further findings of one rule that are shown unless all are asked for
VERDICTS = {
    "loads": ("✓", "green", "loads"),
    "loads-differently": ("!", "yellow", "loads, and computes something else"),
    "loads-not-runnable": ("!", "yellow", "loads, and cannot be run"),
    "fails": ("✗", "red", "does not load"),
    "unknown": ("?", "yellow", "is not known to load"),
}


def show(diagnosis: Diagnosis, terminal: Terminal, full: bool = False) -> None:
    """Print one diagnosis. Notes and what is ignored are counted, and shown with `full` or where they decide."""
    document = diagnosis.document
    mark, colour, verdict = VERDICTS[diagnosis.verdict]
    where = describe(diagnosis.environment)
    terminal.paragraph(
        f"{terminal.style(mark, colour, 'bold')} {terminal.style(clean(document.path), 'bold')} {verdict} in {where}",
        0,
        2,
    )
    shown: list[Finding] = []
    hidden = 0
    for entry in diagnosis.findings:
        if full or (entry.severity != "info" and entry.ignored is None) or entry is diagnosis.decisive:
            shown.append(entry)
        else:
            hidden += entry.ignored is None
    decisive = [diagnosis.decisive.code] if diagnosis.decisive else []
    told: set[Remedy] = set()
    for code in dict.fromkeys(decisive + [entry.code for entry in shown]):
        _group([entry for entry in shown if entry.code == code], terminal, full, told)
    ignored = {entry.code: entry.ignored for entry in diagnosis.findings if entry.ignored is not None}
    for reason in diagnosis.unknowns if diagnosis.verdict == "unknown" else ():
        terminal.paragraph(f"? {clean(reason)}", 2, 4)
    terminal.print()
    for name, text in [*facts(document), ("checked in", origin(diagnosis.environment))]:
        terminal.paragraph(f"{terminal.style(f'{name:<10}', 'dim')} {clean(text)}", 2, 13)
    for code, reason in ignored.items():
        count = sum(entry.code == code for entry in diagnosis.findings)
        why = f": {clean(reason)}" if reason else ""
        terminal.paragraph(terminal.style(f"{number(count, 'finding')} of {code} ignored{why}", "dim"), 2, 4)
    if hidden:
        terminal.paragraph(terminal.style(f"{number(hidden, 'note')} more with --verbose", "dim"), 2)


def _group(findings: list[Finding], terminal: Terminal, full: bool, told: set[Remedy]) -> None:
    """Print the findings of one rule: the first with its ways out, the others in a line each."""
    show_finding(findings[0], terminal, told)
    others = findings[1:] if full else findings[1 : 1 + _ALSO]
    for finding in others:
        where = f" ({clean(finding.where)})" if str(finding.where) else ""
        terminal.paragraph(terminal.style(f"also: {clean(finding.message)}{where}", "dim"), 10, 16)
    if len(findings) > 1 + len(others):
        more = len(findings) - 1 - len(others)
        terminal.paragraph(terminal.style(f"and {more:,} more of {findings[0].code} with --verbose", "dim"), 10)


def show_finding(finding: Finding, terminal: Terminal, told: set[Remedy]) -> None:
    """Print one finding: what it is, where, the evidence, the ways out but those that were `told`, to which its own
    are added.
    """
    mark, colour = _MARKS[finding.severity]
    head = f"{terminal.style(mark, colour)} {terminal.style(finding.code, 'bold')} {clean(finding.message)}"
    terminal.paragraph(head, 2, 4)
    if str(finding.where):
        terminal.paragraph(terminal.style(f"at {clean(finding.where)}", "dim"), 10)
    for line in finding.evidence:
        terminal.paragraph(terminal.style(clean(line), "dim"), 10)
    for remedy in finding.remedies:
        if remedy in told:
            continue
        told.add(remedy)
        terminal.paragraph(f"→ {clean(remedy.text)}", 10, 12)
        for line in remedy.command.splitlines():
            terminal.print(" " * 12 + terminal.style(clean(line), "cyan"))


def summary(diagnosis: Diagnosis, terminal: Terminal, width: int) -> None:
    """Print a diagnosis in one line, for lists of many."""
    mark, colour, verdict = VERDICTS[diagnosis.verdict]
    decisive = diagnosis.decisive
    why = f"  {decisive.code} {clean(decisive.message, limit=120)}" if decisive else ""
    terminal.print(f"{terminal.style(mark, colour, 'bold')} {clean(diagnosis.document.path):<{width}}  {verdict}{why}")


def tally(verdicts: dict[tuple[str, str | None], int], where: str, terminal: Terminal) -> None:
    """Print how many of many files came to which verdict, for which cause; `where` names the environment."""
    total = sum(verdicts.values())
    terminal.print()
    terminal.paragraph(f"{number(total, 'file')} checked for {where}", 0, 2)
    for (verdict, cause), count in sorted(verdicts.items(), key=lambda item: -item[1]):
        mark, colour, words = VERDICTS[verdict]
        terminal.print(f"  {terminal.style(mark, colour)} {count:>6,} {words}{': ' + cause if cause else ''}")


def facts(document: ModelDocument) -> list[tuple[str, str]]:
    """Return what a document is, as (name, text) lines."""
    lines = [
        (
            "file",
            f"{title(document.format, document.title)}, {size(document.size)}"
            if document.size
            else title(document.format, document.title),
        )
    ]
    saved = saved_by(document.provenance)
    if saved:
        lines.append(("saved by", saved))
    if document.architecture:
        described = document.architecture
        lines.append(("model of", f"{described.path}, {described.title or title(described.format)}"))
    counts = []
    if document.config is not None:
        counts.append(number(len(document.layers), "layer"))
    tensors = sum(len(group.tensors) for group in document.weights)
    if tensors:
        counts.append(f"{number(tensors, 'tensor')} with {number(_values(document), 'value')}")
    if document.training.slots:
        counts.append(f"{number(len(document.training.slots), 'optimizer tensor')}")
    if document.assets:
        counts.append(number(len(document.assets), "asset"))
    if counts:
        lines.append(("holds", ", ".join(counts)))
    if document.unverified_bytes:
        lines.append(("not proven", unverified(document)))
    return lines


def _values(document: ModelDocument) -> int:
    """Return the number of stored values; a tensor larger than its file could hold, however packed, does not count."""
    return sum(tensor.size for tensor in document.tensors() if tensor.nbytes <= document.size * 1100)


def unverified(document: ModelDocument) -> str:
    """Return the words for bytes whose correctness nothing vouches for."""
    return (
        f"{size(document.unverified_bytes)} whose values {document.facts.get('unverified', 'no checksum vouches for')}"
    )


def saved_by(provenance: Provenance) -> str:
    """Return who saved a model, in words, "" when nothing is known."""
    library = provenance.library or "Keras"
    if provenance.keras_version and provenance.keras_version[:1].isalpha():  # "tfjs-layers 4.22.0"
        words = provenance.keras_version
    elif provenance.keras_version:
        words = f"{library} {provenance.keras_version}"
    elif provenance.earliest and provenance.latest:
        words = f"{library} {provenance.earliest} to {provenance.latest} (not stated, by what it contains)"
    elif provenance.earliest:
        words = f"{library} {provenance.earliest} or later (not stated, by what it contains)"
    else:
        return ""
    extras = []
    if provenance.tensorflow:
        extras.append(f"TensorFlow {provenance.tensorflow}")
    if provenance.backend:
        extras.append(f"{provenance.backend} backend")
    if provenance.saved_at:
        extras.append(provenance.saved_at.replace("T", " "))
    return ", ".join([words, *extras])


def describe(environment: Environment) -> str:
    """Return an environment in few words: what would load, and on which Python."""
    parts = []
    if environment.loader == "tf.keras":
        parts.append(f"tf.keras of TensorFlow {environment.tensorflow}" if environment.tensorflow else "tf.keras")
    elif environment.keras or environment.package("tf-keras"):
        name = "tf_keras" if environment.loader == "tf_keras" else "Keras"
        parts.append(f"{name} {environment.package('tf-keras') if name == 'tf_keras' else environment.keras}")
        if environment.backend:
            version = environment.package(environment.backend)
            parts.append(f"{environment.backend}{' ' + version if version else ''}")
    else:
        parts.append("an environment without Keras")
    if environment.python:
        parts.append(f"Python {environment.python}")
    return ", ".join(parts)


def origin(environment: Environment) -> str:
    """Return how the environment is known."""
    return environment.origin or "the environment that was named"
