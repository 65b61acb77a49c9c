"""`keras-doctor explain [FILE.txt|-]`: from the traceback in hand to the cause and the way out."""

from __future__ import annotations

import sys

from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.reports.explanation import show
from keras_doctor.reports.terminal import Terminal
from keras_doctor.symptoms import explain
from keras_doctor.symptoms.text import bounded_reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

_STDIN = "-"


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    from keras_doctor.cli.choosing import add_environment

    parser.add_argument(
        "file", nargs="?", metavar="FILE.txt", help="a text with the traceback; - or nothing for standard input"
    )
    parser.add_argument(
        "--model", metavar="PATH", help="the model that did not load: it decides what the text leaves open"
    )
    add_environment(parser)
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def run(
    file: str = _STDIN,
    model: str = "",
    env: str = "",
    python: str = "",
    requirements: str = "",
    as_json: bool = False,
) -> int:
    """Explain a text; return the exit status."""
    text = _read(file)
    if model:
        from keras_doctor.cli.choosing import choose
        from keras_doctor.cli.targets import read_target

        explanation = explain(text, read_target(model), choose(env, python, requirements))
    else:
        explanation = explain(text)
    terminal = Terminal()
    if as_json:
        terminal.json(explanation.to_json())
    else:
        show(explanation, terminal)
    return FOUND if explanation.cause or explanation.findings else OK


def _read(path: str) -> bytes:
    """Return a text, or of a long one its beginning and end. Raises `Usage` when it cannot be read."""
    if path == _STDIN:
        if sys.stdin.isatty():
            sys.stderr.write("Paste the traceback, then press Ctrl-D (on Windows Ctrl-Z and Return).\n")
        return bounded_reader(sys.stdin.buffer.read)
    try:
        with open(path, "rb") as stream:
            return bounded_reader(stream.read)
    except OSError as error:
        raise Usage(f"{path} cannot be read: {error.strerror or error}") from None
