"""What a command line means for a file: in which environment it is looked at, what is ignored, when the check fails."""

from __future__ import annotations

from keras_doctor.cli.entry import Usage
from keras_doctor.cli.project import project_file
from keras_doctor.environments import Environment
from keras_doctor.findings.diagnosis import LEVELS
from keras_doctor.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterable


def add_environment(parser: ArgumentParser) -> None:
    """Declare the options that name an environment."""
    group = parser.add_argument_group("the environment that would load the model (default: yours, not the tool's own)")
    one = group.add_mutually_exclusive_group()
    one.add_argument("--env", metavar="SPEC", help='versions, such as "python==3.11 keras==3.15.1 tensorflow==2.21.0"')
    one.add_argument(
        "--python", metavar="PATH", help="an interpreter, or an environment's folder; it is asked what it has"
    )
    one.add_argument("--requirements", metavar="FILE", help="a requirements or lock file (pip, uv, poetry, conda)")


def choose(env: str = "", python: str = "", requirements: str = "") -> Environment:
    """Return the environment that the options name. Raises `Usage` when they cannot be understood."""
    try:
        if env:
            return Environment.parse(env)
        if python:
            return Environment.of(python)
        if requirements:
            return Environment.from_requirements(requirements)
    except ValueError as problem:
        raise Usage(str(problem)) from None
    except OSError as problem:
        raise Usage(f"{problem.filename or ''}: {problem.strerror or problem}") from None
    return Environment.default()


@record
class ForIt:
    """What holds for one file. `reasons`: of the findings that are ignored, by code. `architecture`: path of the file
    that the model is described in, when this one is weights; else "".
    """

    environment: Environment
    level: str = LEVELS[0]
    reasons: dict[str, str] | None = None
    architecture: str = ""


class Wanted:
    """What the command line asks for; what it leaves open is said by the project file above each file."""

    def __init__(
        self, env: str, python: str, requirements: str, fail_on: str, ignore: Iterable[str], isolated: bool
    ) -> None:
        self.named = bool(env or python or requirements)
        self.level = fail_on
        self.isolated = isolated
        self.reasons: dict[str, str] = {}
        if ignore:
            from keras_doctor.cli.policy import ignored

            self.reasons = ignored(ignore)
        # Chosen now, so that words which make no sense are told of before any file is read.
        self.environments = {"": choose(env, python, requirements)} if self.named else {}

    def at(self, target: str) -> ForIt:
        """Return what holds for a file. Raises `Usage` when its project file makes no sense."""
        project = "" if self.isolated else project_file(target)
        if not project:
            return ForIt(self._environment(""), self.level or LEVELS[0], self.reasons)
        from keras_doctor.cli.project_settings import settings_of

        settings = settings_of(project)
        environment = self._environment("" if self.named else settings.env, f"the environment that {project} names")
        reasons = {**settings.ignored_in(target), **self.reasons}
        return ForIt(
            environment, self.level or settings.fail_on or LEVELS[0], reasons, settings.architecture_of(target)
        )

    def _environment(self, spec: str, origin: str = "") -> Environment:
        if spec not in self.environments:
            found = choose(spec)
            self.environments[spec] = replace(found, origin=origin) if spec else found
        return self.environments[spec]
