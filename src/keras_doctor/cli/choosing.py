"""Which environment a command line means."""

from __future__ import annotations

from keras_doctor.cli.entry import Usage
from keras_doctor.environments import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser


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
