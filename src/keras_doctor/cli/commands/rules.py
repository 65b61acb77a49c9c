"""`keras-doctor rules [CODE…]`: what the tool knows to find."""

from __future__ import annotations

from keras_doctor.cli.entry import OK, Usage
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rules import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "codes", nargs="*", metavar="CODE", help="rules to show the pages of, such as KD104 or its slug"
    )
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def run(codes: Sequence[str] = (), as_json: bool = False) -> int:
    """List the rules, or print the pages of some; return the exit status."""
    terminal = Terminal()
    entries = catalogue.entries()
    if codes:
        entries = [_find(code, entries) for code in codes]
    if as_json:
        pages = bool(codes)
        shown = [{**entry.as_json(), **({"page": catalogue.page(entry)} if pages else {})} for entry in entries]
        terminal.json(shown)
        return OK
    for entry in entries:
        if codes:
            _page(entry, terminal)
        else:
            terminal.print(f"{terminal.style(entry.code, 'bold')}  {entry.slug:<28}  {entry.summary}")
    return OK


def _find(code: str, entries: list[catalogue.Entry]) -> catalogue.Entry:
    for entry in entries:
        if code.lower() in (entry.code.lower(), entry.slug):
            return entry
    near = [entry.code for entry in entries if entry.code.startswith(code.upper()[:4])]
    raise Usage(
        f"there is no rule {code}" + (f"; there are {', '.join(near)}" if near else "; `keras-doctor rules` lists them")
    )


def _page(entry: catalogue.Entry, terminal: Terminal) -> None:
    terminal.print(terminal.style(f"{entry.code} {entry.slug}", "bold"))
    terminal.print(terminal.style(f"severity {entry.severity}, cause {entry.cause}", "dim"))
    terminal.print()
    for paragraph in catalogue.page(entry).split("\n\n"):
        text = " ".join(paragraph.split())
        if text.startswith("**") and "**" in text[2:]:
            head, rest = text[2:].split("**", 1)
            terminal.print(terminal.style(head.rstrip("."), "bold"))
            text = rest.strip()
        terminal.paragraph(text, 2, 2)
        terminal.print()
