"""`keras-doctor repair SRC… DST`: a file that the environment loads, and that computes the same."""

from __future__ import annotations

import os

from keras_doctor.cli.choosing import Wanted, add_environment
from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.cli.repair_options import add_verification, add_wishes, others_of, wishes_of
from keras_doctor.cli.targets import expand, progress, read_target
from keras_doctor.document.expressions import NeedsArithmetic
from keras_doctor.reports.repair import as_json, show, tally
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rescue.repairing import RepairReport, repair
from keras_doctor.rescue.verification import IN_RELEASES, Verifier
from keras_doctor.rescue.verification.checking import SECONDS
from keras_doctor.rescue.verification.outcome import NUMPY
from keras_doctor.rescue.wishes import KINDS

_ENDINGS = (".h5", ".hdf5", ".keras", ".json")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser

    from keras_doctor.environments import Environment


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "paths", nargs="+", metavar="SRC… DST", help="model files or folders, and where the result goes"
    )
    add_environment(parser)
    parser.add_argument("--plan", action="store_true", help="show what would be done, and write nothing")
    parser.add_argument("--force", action="store_true", help="replace DST where it is there")
    parser.add_argument("--json", dest="as_json_", action="store_true", help="print JSON")
    add_wishes(parser)
    add_verification(parser)


def run(
    paths: list[str],
    env: str = "",
    python: str = "",
    requirements: str = "",
    plan: bool = False,
    to: str = "",
    force: bool = False,
    as_json_: bool = False,
    weights_only: bool = False,
    inference_only: bool = False,
    strip_optimizer: bool = False,
    dequantize: bool = False,
    rename: list[str] | None = None,
    architecture: str = "",
    fill: str = "",
    verify: str = "auto",
    source_python: str = "",
    verify_with: list[str] | None = None,
    verify_env: str | None = None,
    verify_timeout: float = SECONDS,
    custom_code: list[str] | None = None,
    trust_source: bool = False,
) -> int:
    """Repair files; return the exit status: 0 when every result loads."""
    if len(paths) < 2 and not plan:
        raise Usage("repair takes the model and where the result goes: keras-doctor repair model.h5 mended.keras")
    if not verify_timeout > 0:
        raise Usage("--verify-timeout takes a number of seconds")
    wishes = wishes_of(to, weights_only, inference_only, strip_optimizer, rename or [], fill, dequantize)
    *sources, destination = paths if len(paths) > 1 else [*paths, ""]
    targets, many = expand(sources)
    folder = os.path.isdir(destination) or many or destination.endswith(("/", os.sep))
    if folder and os.path.exists(destination) and not os.path.isdir(destination):
        raise Usage(f"{destination} is a file: the results of several sources go into a folder")
    if folder and not plan:
        os.makedirs(destination, exist_ok=True)
    wanted = Wanted(env, python, requirements, "", (), False)
    terminal = Terminal()
    places = _Places(sources, destination)
    reports: list[RepairReport] = []
    failed: list[tuple[str, str]] = []
    others, build = others_of(verify_with or []), verify_env == "build"
    try:
        comparing = Verifier(verify, source_python, others, verify_timeout, trust_source, build, custom_code or ())
    except ValueError as error:
        raise Usage(str(error)) from None
    with comparing as verifier:
        for target in progress(targets, many):
            for_it = wanted.at(target)
            environment = for_it.environment
            place = places.of(target, wishes.to, environment) if folder else destination
            place = place or f"mended{_ending(wishes.to, environment)}"
            if folder and not plan:
                os.makedirs(os.path.dirname(place), exist_ok=True)
            sister = architecture or for_it.architecture or None
            try:
                report = repair(
                    read_target(target), place, environment,
                    verify=verifier, force=force, dry=plan, architecture=sister, wishes=wishes,
                )  # fmt: skip
            except (ValueError, OSError, NeedsArithmetic) as error:
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
    return OK if not failed and all(_loads(report, verify) for report in reports) else FOUND


def _loads(report: RepairReport, verify: str) -> bool:
    loads = report.verdict == "loads" or report.plan.document.config is None
    found = report.verification
    compared = bool(found.equal and found.kind != NUMPY) if verify == IN_RELEASES else found.equal is not False
    return loads and not report.refused and compared


def _ending(to: str, environment: Environment) -> str:
    """Return the ending of a result that nobody names: of the format that is asked for, or the target's newest."""
    modern = environment.release[0] == "keras" and (environment.release[1] or "").startswith("3")
    return KINDS[to][0] if to else ".keras" if modern else ".h5"


class _Places:
    """Where results go in a folder: each below it where its source lies below the folder that was named, and no two at
    one place.
    """

    def __init__(self, sources: list[str], destination: str) -> None:
        self.roots = [os.path.abspath(source) for source in sources if os.path.isdir(source)]
        self.destination = destination
        self.taken: set[str] = set()

    def of(self, source: str, to: str, environment: Environment) -> str:
        """Return where the result of one source goes."""
        ending = _ending(to, environment)
        path = os.path.abspath(source)
        above, name = os.path.split(path)
        root = next((root for root in self.roots if above == root or above.startswith(f"{root}{os.sep}")), above)
        stem = os.path.splitext(name)[0] if os.path.splitext(name)[1] in _ENDINGS else name
        below = os.path.relpath(above, root)
        folder = self.destination if below == os.curdir else os.path.join(self.destination, below)
        place = os.path.join(folder, stem + ending)
        if place in self.taken:  # of model.h5 and model.keras, the second
            place = os.path.join(folder, name + ending)
        self.taken.add(place)
        return place
