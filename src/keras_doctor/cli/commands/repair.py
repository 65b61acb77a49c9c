"""`keras-doctor repair SRC… DST`: a file that the environment loads, and that computes the same."""

from __future__ import annotations

import os

from keras_doctor.cli.choosing import Wanted, add_environment
from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.cli.targets import expand, progress, read_target
from keras_doctor.reports.repair import as_json, show, tally
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rescue.repairing import RepairReport, repair

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

    from keras_doctor.environments import Environment

LEAST = 2
_FORMATS = {"keras": ".keras", "h5": ".h5"}


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "paths", nargs="+", metavar="SRC… DST", help="model files or folders, and where the result goes"
    )
    add_environment(parser)
    parser.add_argument("--plan", action="store_true", help="show what would be done, and write nothing")
    parser.add_argument("--to", choices=sorted(_FORMATS), help="format, where DST is a folder")
    parser.add_argument("--force", action="store_true", help="replace DST where it is there")
    parser.add_argument(
        "--verify", choices=("auto", "numpy", "none"), default="auto", help="compare what both compute (default auto)"
    )
    parser.add_argument("--json", dest="as_json_", action="store_true", help="print JSON")


def run(
    paths: list[str],
    env: str = "",
    python: str = "",
    requirements: str = "",
    plan: bool = False,
    to: str = "",
    force: bool = False,
    verify: str = "auto",
    as_json_: bool = False,
) -> int:
    """Repair files; return the exit status: 0 when every result loads."""
    if len(paths) < 2 and not plan:
        raise Usage("repair takes the model and where the result goes: keras-doctor repair model.h5 mended.keras")
    *sources, destination = paths if len(paths) > 1 else [*paths, f"mended{_FORMATS[to or 'keras']}"]
    targets, many = expand(sources)
    folder = os.path.isdir(destination) or many or destination.endswith(("/", os.sep))
    if folder and not plan:
        os.makedirs(destination, exist_ok=True)
    wanted = Wanted(env, python, requirements, "", (), False)
    terminal = Terminal()
    reports: list[RepairReport] = []
    failed: list[tuple[str, str]] = []
    for target in progress(targets, many):
        environment = wanted.at(target).environment
        place = _place(target, destination, folder, to, environment)
        try:
            report = repair(read_target(target), place, environment, verify=verify, force=force, dry=plan)
        except (ValueError, OSError) as error:
            failed.append((target, str(error)))
            if not as_json_:
                terminal.print(f"{terminal.style('✗', 'red')} {target}: {error}")
            continue
        reports.append(report)
        if not as_json_:
            show(report, terminal)
    if as_json_:
        terminal.json(as_json(reports, failed))
    elif many:
        terminal.print(tally(reports, failed))
    return OK if not failed and all(_loads(report) for report in reports) else FOUND


def _loads(report: RepairReport) -> bool:
    return report.diagnosis.verdict == "loads" and report.verification.equal is not False


def _place(source: str, destination: str, folder: bool, to: str, environment: Environment) -> str:
    """Return where the result of one source goes."""
    if not folder:
        return destination
    modern = environment.release[0] == "keras" and (environment.release[1] or "").startswith("3")
    ending = _FORMATS[to] if to else ".keras" if modern else ".h5"
    name = os.path.basename(os.path.abspath(source))
    stem = os.path.splitext(name)[0] if os.path.splitext(name)[1] in (".h5", ".hdf5", ".keras", ".json") else name
    return os.path.join(destination, stem + ending)
