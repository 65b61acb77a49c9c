"""`keras-doctor env`: which environment would load a model, and what is wrong with it."""

from __future__ import annotations

from keras_doctor.cli.choosing import add_environment, choose
from keras_doctor.cli.entry import FOUND, OK
from keras_doctor.document.model import ModelDocument
from keras_doctor.loaders.tracing import NO_ARTIFACT
from keras_doctor.reports.diagnosis import describe, origin, show_finding
from keras_doctor.reports.terminal import Terminal, clean
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

    from keras_doctor.findings import Remedy


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    add_environment(parser)
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def run(env: str = "", python: str = "", requirements: str = "", as_json: bool = False) -> int:
    """Show the environment and the findings about it alone; return the exit status."""
    environment = choose(env, python, requirements)
    diagnosis = diagnose(ModelDocument("", NO_ARTIFACT, "none"), environment)
    findings = [entry for entry in diagnosis.findings if entry.stage == "import"]
    terminal = Terminal()
    if as_json:
        shown = {"environment": environment.as_json(), "findings": [entry.as_json() for entry in findings]}
        terminal.json(shown)
    else:
        terminal.print(terminal.style(describe(environment), "bold"))
        terminal.print(f"  {clean(origin(environment)).strip()}")
        for name, version in environment.deciding.items():
            terminal.print(f"  {clean(name):<14} {clean(version)}")
        told: set[Remedy] = set()
        for entry in findings:
            show_finding(entry, terminal, told)
    return FOUND if any(entry.severity == "error" for entry in findings) else OK
