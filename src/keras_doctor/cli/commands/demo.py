"""`keras-doctor demo`: models that ship with the package, written by real releases, taken through the tool."""

from __future__ import annotations

import os
import shutil
import tempfile

from keras_doctor.artifacts import read
from keras_doctor.cli.entry import OK
from keras_doctor.environments import Environment
from keras_doctor.reports.diagnosis import show as show_diagnosis
from keras_doctor.reports.inspection import Inspection
from keras_doctor.reports.inspection_text import show as show_inspection
from keras_doctor.reports.repair import show as show_repair
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rescue.repairing import repair
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

ENVIRONMENT = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
_FOLDER = os.path.join(os.path.dirname(__file__), os.pardir, os.pardir, "demo")
_INSPECTED = "sentiment.keras"
_MENDED = ("thesis-2018.h5", "sentiment.keras")


def arguments(parser: ArgumentParser) -> None:
    """Declare no options."""


def run() -> int:
    """Show what the tool says of each model; return the exit status. Needs neither Keras nor a network."""
    terminal = Terminal()
    environment = Environment.parse(ENVIRONMENT)
    home = os.getcwd()
    os.chdir(_FOLDER)  # so that the models are called by their names
    try:
        for name, writer, fault in models():
            terminal.print(terminal.style(f"─── {name}: {fault}; written by {writer}", "dim"))
            terminal.print()
            document = read(name)
            if name == _INSPECTED:
                terminal.print(terminal.style(f"$ keras-doctor inspect {name}", "cyan"))
                show_inspection(Inspection(document), terminal)
                terminal.print()
            terminal.print(terminal.style(f'$ keras-doctor check {name} --env "{ENVIRONMENT}"', "cyan"))
            show_diagnosis(diagnose(document, environment), terminal)
            terminal.print()
            if name in _MENDED:
                _mend(name, environment, terminal)
    finally:
        os.chdir(home)
    return OK


def _mend(name: str, environment: Environment, terminal: Terminal) -> None:
    """Show the repair of a model, and the check of what comes out, in a folder that goes away."""
    home = os.getcwd()
    result = f"mended-{os.path.splitext(name)[0]}.keras"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(name, folder)
        os.chdir(folder)
        try:
            terminal.print(terminal.style(f'$ keras-doctor repair {name} {result} --env "{ENVIRONMENT}"', "cyan"))
            show_repair(repair(name, result, environment), terminal)
            terminal.print()
            terminal.print(terminal.style(f'$ keras-doctor check {result} --env "{ENVIRONMENT}"', "cyan"))
            show_diagnosis(diagnose(read(result), environment), terminal)
            terminal.print()
        finally:
            os.chdir(home)


def models() -> list[tuple[str, str, str]]:
    """Return the models that ship with the package: file, who wrote it, what is wrong with it."""
    with open(os.path.join(_FOLDER, "models.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [(name, writer, fault) for name, writer, fault in rows[1:]]
