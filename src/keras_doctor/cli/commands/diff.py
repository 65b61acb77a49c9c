"""`keras-doctor diff A B`: what differs between two model files."""

from __future__ import annotations

from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.cli.targets import STDIN, read_target
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rescue.differing.compare import diff
from keras_doctor.rescue.differing.entries import SECTIONS
from keras_doctor.rescue.differing.showing import as_json, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

    from keras_doctor.document.model import ModelDocument


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", nargs=2, metavar="FILE", help="two model files or folders; - for standard input")
    parser.add_argument(
        "--only", action="append", choices=SECTIONS, help="compare only this (may be given several times)"
    )
    parser.add_argument(
        "--notation", action="store_true", help="also show what is the same, and is written down in another way"
    )
    parser.add_argument("--json", dest="as_json_", action="store_true", help="print JSON")


def run(paths: list[str], only: list[str] | None = None, notation: bool = False, as_json_: bool = False) -> int:
    """Compare two files; return the exit status: 0 when nothing differs, 1 when something does."""
    if paths == [STDIN, STDIN]:
        raise Usage("only one of the two can be standard input")
    a, b = (_read(path) for path in paths)
    found = diff(a, b, only or SECTIONS)
    terminal = Terminal()
    if as_json_:
        terminal.json(as_json(a, b, found))
    else:
        show(a, b, found, terminal, notation)
    return OK if found.equal else FOUND


def _read(path: str) -> ModelDocument:
    document = read_target(path)
    if document.config is None and not document.weights:
        what = document.title or document.format
        raise Usage(f"{path} holds neither a model nor weights ({what}); keras-doctor check {path} says more")
    return document
