"""`keras-doctor check FILE…`: is it whole, and can the environment load it?"""

from __future__ import annotations

from keras_doctor.cli.choosing import choose
from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.cli.targets import expand, progress, read_target
from keras_doctor.reports.diagnosis import show, summary, tally
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from typing import Any

LEAST = 1


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
        "--releases",
        action="store_true",
        help="instead of one environment: which releases load it, and why not",
    )
    parser.add_argument("--deep", action="store_true", help="verify every checksum, whatever the size")
    parser.add_argument("--verbose", action="store_true", help="show notes as well, and every finding of many files")
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def run(
    paths: list[str],
    env: str = "",
    python: str = "",
    requirements: str = "",
    compile: bool = True,  # noqa: A002 - Keras's own name
    safe_mode: bool = True,
    custom_objects: str = "",
    deep: bool = False,
    verbose: bool = False,
    releases: bool = False,
    as_json: bool = False,
) -> int:
    """Check files; return the exit status."""
    if releases and (env or python or requirements):
        raise Usage("--releases looks at every release: it takes no --env, --python or --requirements")
    targets, many = expand(paths)
    names = tuple(name.strip() for name in custom_objects.split(",") if name.strip())
    terminal = Terminal()
    options: dict[str, Any] = {"compile": compile, "safe_mode": safe_mode, "custom_objects": names}
    if releases:
        from keras_doctor.cli.surveying import survey_all

        return survey_all(progress(targets, many), many, terminal, options, deep, as_json)
    environment = choose(env, python, requirements)
    status = OK
    results: list[object] = []
    verdicts: dict[tuple[str, str | None], int] = {}
    width = min(60, max((len(target) for target in targets), default=0))
    for target in progress(targets, many):
        diagnosis = diagnose(read_target(target, deep), environment, **options)
        if diagnosis.verdict != "loads" or diagnosis.worst == "error":
            status = FOUND
        if as_json:
            results.append(diagnosis.to_json())
        elif many and not verbose:
            summary(diagnosis, terminal, width)
        else:
            show(diagnosis, terminal, verbose)
            if environment.complete and not environment.release[0]:
                from keras_doctor.cli.surveying import show_way_in

                show_way_in(diagnosis, terminal, options)
        key = diagnosis.verdict, diagnosis.cause
        verdicts[key] = verdicts.get(key, 0) + 1
    if as_json:
        terminal.json(results if many else results[0])
    elif many:
        tally(verdicts, environment, terminal)
    return status
