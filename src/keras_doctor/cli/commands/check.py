"""`keras-doctor check FILE…`: is it whole, and can the environment load it?"""

from __future__ import annotations

from keras_doctor.cli.choosing import Wanted
from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.cli.targets import expand, progress, read_target
from keras_doctor.findings.diagnosis import LEVELS
from keras_doctor.reports.diagnosis import describe, show, summary, tally
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable
    from typing import Any, TextIO

    from keras_doctor.cli.printing import Printer
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.findings import Diagnosis


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    from keras_doctor.cli.choosing import add_environment

    parser.add_argument("paths", nargs="+", metavar="FILE", help="model files or folders; - for standard input")
    add_environment(parser)
    parser.add_argument("--no-compile", dest="compile", action="store_false", help="as load_model(…, compile=False)")
    parser.add_argument("--unsafe", dest="safe_mode", action="store_false", help="as load_model(…, safe_mode=False)")
    parser.add_argument(
        "--custom-objects",
        metavar="NAMES",
        help="names that would be given as custom_objects, with commas between them",
    )
    parser.add_argument(
        "--architecture",
        metavar="FILE",
        help="a JSON file or a whole model: judge the files as weights for it, as model.load_weights would take them",
    )
    parser.add_argument(
        "--releases",
        action="store_true",
        help="instead of one environment: which releases load it, and why not",
    )
    parser.add_argument("--deep", action="store_true", help="verify every checksum, whatever the size")
    parser.add_argument("--verbose", action="store_true", help="show notes as well, and every finding of many files")
    counted = parser.add_argument_group("what counts")
    counted.add_argument(
        "--fail-on",
        choices=LEVELS,
        help="exit with 1 from this severity on (default error); a model that does not load counts as one",
    )
    counted.add_argument(
        "--ignore",
        action="append",
        metavar="CODE[,CODE…][=REASON]",
        help="findings that do not count, and why; again for more of them",
    )
    counted.add_argument(
        "--isolated", action="store_true", help="pass over [tool.keras-doctor] of pyproject.toml files"
    )
    printed = parser.add_argument_group("what is printed")
    printed.add_argument("--output-format", choices=("text", "json", "sarif", "github"), help="(default text)")
    printed.add_argument("--json", dest="output_format", action="store_const", const="json", help="print JSON")
    printed.add_argument("--output-file", metavar="FILE", help="write there instead of to the terminal")


def run(
    paths: list[str],
    env: str = "",
    python: str = "",
    requirements: str = "",
    compile: bool = True,  # noqa: A002 - Keras's own name
    safe_mode: bool = True,
    custom_objects: str = "",
    architecture: str = "",
    deep: bool = False,
    verbose: bool = False,
    releases: bool = False,
    fail_on: str = "",
    ignore: Iterable[str] = (),
    isolated: bool = False,
    output_format: str = "text",
    output_file: str = "",
) -> int:
    """Check files; return the exit status."""
    names = tuple(name.strip() for name in custom_objects.split(",") if name.strip())
    options: dict[str, Any] = {"compile": compile, "safe_mode": safe_mode, "custom_objects": names}
    if releases and (env or python or requirements):
        raise Usage("--releases looks at every release: it takes no --env, --python or --requirements")
    if releases and (fail_on or ignore or output_format not in ("text", "json")):
        raise Usage("--releases prints text or JSON of all that every release finds: nothing of it is ignored")
    wanted = None if releases else Wanted(env, python, requirements, fail_on, ignore, isolated)
    stream = _opened(output_file) if output_file else None
    try:
        return _checked(paths, wanted, options, deep, architecture, Terminal(stream), output_format, verbose)
    finally:
        if stream is not None:
            stream.close()


def _checked(
    paths: list[str],
    wanted: Wanted | None,
    options: dict[str, Any],
    deep: bool,
    architecture: str,
    terminal: Terminal,
    output_format: str,
    verbose: bool,
) -> int:
    """Check files for what is `wanted`, for every release when that is None; return the exit status."""
    targets, many = expand(paths)
    if wanted is None:
        from keras_doctor.cli.surveying import survey_all

        def opened(target: str) -> ModelDocument:
            return read_target(target, deep, architecture)

        return survey_all(progress(targets, many), many, terminal, options, opened, output_format == "json")
    printer: Printer = _Text(terminal, targets, many, verbose, options)
    if output_format != "text":
        from keras_doctor.cli.printing import printer_for

        printer = printer_for(output_format, terminal, many)
    status = OK
    for target in progress(targets, many):
        for_it = wanted.at(target)
        document = read_target(target, deep, architecture or for_it.architecture)
        diagnosis = diagnose(document, for_it.environment, **options)
        if for_it.reasons:
            diagnosis = diagnosis.ignoring(for_it.reasons)
        if not diagnosis.passes(for_it.level):
            status = FOUND
        printer.add(diagnosis)
    printer.end()
    return status


class _Text:
    """Prints diagnoses for people: one at length, many in a line each."""

    def __init__(
        self, terminal: Terminal, targets: list[str], many: bool, verbose: bool, options: dict[str, Any]
    ) -> None:
        self.terminal = terminal
        self.many = many
        self.verbose = verbose
        self.options = options
        self.width = min(60, max((len(target) for target in targets), default=0))
        self.verdicts: dict[tuple[str, str | None], int] = {}
        self.places: dict[str, None] = {}
        self.nowhere = False  # an environment has no Keras at all

    def add(self, diagnosis: Diagnosis) -> None:
        environment = diagnosis.environment
        without = environment.complete and not environment.release[0]
        if self.many:
            self.nowhere = self.nowhere or without
            key = diagnosis.verdict, diagnosis.cause
            self.verdicts[key] = self.verdicts.get(key, 0) + 1
            self.places[describe(diagnosis.environment)] = None
        if self.many and not self.verbose:
            summary(diagnosis, self.terminal, self.width)
            return
        show(diagnosis, self.terminal, self.verbose)
        if without:
            from keras_doctor.cli.surveying import show_way_in

            show_way_in(diagnosis, self.terminal, self.options)

    def end(self) -> None:
        if self.many:
            tally(self.verdicts, " and ".join(self.places), self.terminal)
        if self.nowhere:
            self.terminal.print(
                "  → to judge by another environment: --env SPEC, or env in [tool.keras-doctor] of pyproject.toml"
            )


def _opened(path: str) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8")
    except OSError as problem:
        raise Usage(f"{path}: {problem.strerror or problem}") from None
