"""The words of the command line, by argparse. Defaults stand in the commands' own `run`, nowhere else."""

from __future__ import annotations

import argparse

from keras_doctor import __version__
from keras_doctor.cli.entry import COMMANDS, Usage, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Usage(f"{message}\n{self.format_usage().strip()}")


def parse(words: list[str]) -> tuple[Any, dict[str, Any]]:
    """Return the command that `words` name and its options. Raises `Usage` for words that make no sense."""
    parser = _Parser(
        prog="keras-doctor",
        description="Opens any Keras model anyone ever saved, and says whether it loads where you are.",
        epilog="exit status: 0 it loads; 1 anything else was found out; 2 the command could not be carried out",
    )
    parser.add_argument("--version", action="version", version=f"keras-doctor {__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    named = words[0] if words and words[0] in COMMANDS else None
    mixed = None  # the parser of a command that takes files and options in any order
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary, argument_default=argparse.SUPPRESS)
        if name == named:
            load(name).arguments(sub)
            if not any(action.nargs == argparse.REMAINDER for action in sub._actions):
                mixed = sub
    try:
        if mixed is not None:
            return load(words[0]), vars(mixed.parse_intermixed_args(words[1:]))
        options = vars(parser.parse_args(words))
    except SystemExit as done:  # --help and --version have been printed
        raise SystemExit(done.code) from None
    return load(options.pop("command")), options
