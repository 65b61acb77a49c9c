"""Diagnoses for programs: JSON, SARIF, the annotations of a GitHub workflow."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from keras_doctor.findings import Diagnosis
    from keras_doctor.reports.terminal import Terminal

    class Printer(Protocol):
        """Takes diagnoses one by one, and is told when there are no more."""

        def add(self, diagnosis: Diagnosis) -> None:
            """Take one."""

        def end(self) -> None:
            """Print what is left."""


def printer_for(form: str, terminal: Terminal, many: bool) -> Printer:
    """Return what prints one of "json", "sarif" and "github"."""
    if form == "json":
        return _Json(terminal, many)
    return _Sarif(terminal) if form == "sarif" else _Github(terminal)


class _Json:
    """One diagnosis by the published schema, or a list of them."""

    def __init__(self, terminal: Terminal, many: bool) -> None:
        self.terminal = terminal
        self.many = many
        self.results: list[object] = []

    def add(self, diagnosis: Diagnosis) -> None:
        self.results.append(diagnosis.to_json())

    def end(self) -> None:
        self.terminal.json(self.results if self.many else self.results[0])


class _Sarif:
    """One log of all."""

    def __init__(self, terminal: Terminal) -> None:
        from keras_doctor import __version__
        from keras_doctor.reports.sarif import Log

        self.terminal = terminal
        self.log = Log(__version__)

    def add(self, diagnosis: Diagnosis) -> None:
        self.log.add(diagnosis)

    def end(self) -> None:
        self.terminal.json(self.log.as_json())


class _Github:
    """Lines for the runner of a workflow, as they come."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def add(self, diagnosis: Diagnosis) -> None:
        from keras_doctor.reports.annotations import lines

        for line in lines(diagnosis):
            self.terminal.print(line)

    def end(self) -> None:
        pass
