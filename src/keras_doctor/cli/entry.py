"""From the words of the command line to a command's `run`, and from what went wrong to an exit status.

0: it loads, and nothing of severity error was found. 1: anything else that was found out. 2: the command could not be
carried out.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Command → what it does. Each is a module of `cli.commands`; only the one that is called is imported.
COMMANDS = {
    "check": "say whether a model file is whole and whether an environment can load it",
    "inspect": "show what is in a model file",
    "explain": "say what a traceback means: the cause, how sure that is, and the ways out",
    "run": "run a Python script, and explain the load that it fails at",
    "repair": "write a file that an environment loads, and that computes the same",
    "diff": "show what differs between two model files: config, weights, training state",
    "demo": "take broken models that ship with the package through the tool",
    "env": "show which environment would load the model, and what is wrong with it",
    "rules": "list the rules, or show the page of one",
    "releases": "show what each release of Keras accepts, and what changed between two",
}

OK, FOUND, FAILED = 0, 1, 2


class Usage(Exception):
    """The command was called in a way that it does not understand."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit status. Never lets a traceback out unless KERAS_DOCTOR_DEBUG is set."""
    words = sys.argv[1:] if argv is None else argv
    try:
        status = _dispatch(words)
        sys.stdout.flush()
    except Usage as problem:
        return _complain(str(problem))
    except BrokenPipeError:  # the reader of our output has gone: nothing is wrong
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if os.environ.get("KERAS_DOCTOR_DEBUG"):
            raise
        return _complain(
            f"internal error: {type(error).__name__}: {error}\n"
            "This is a fault of keras-doctor, not of your file. KERAS_DOCTOR_DEBUG=1 shows where it happened."
        )
    return status


def script() -> int:
    """Run `main` in a process of its own, as the installed command does, and end that process.

    What serves long-lived programs and costs a third of a whole check is left out: searching for modules, collecting
    cycles among the few objects of a start, and taking the interpreter apart in the end. A module that wants to be told
    of the end (atexit, threading) is; then, and when argparse ends the run, the status is returned instead.
    """
    import gc

    from keras_doctor.cli import finding
    from keras_doctor.cli.starting import Start

    gc.set_threshold(100_000)
    finder = finding.install()
    start = Start(finder, finder.cache) if finder is not None and finder.cache else None
    occasion = _occasion(sys.argv[1:])
    if start is not None:
        start.bring(occasion)
    status = main()
    if start is not None:
        start.remember(occasion)
    if "atexit" in sys.modules or "threading" in sys.modules:
        return status
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # full, or closed: `main` has said so, where it could
        pass
    os._exit(status)


def _occasion(words: list[str]) -> str:
    """Return what decides which modules are needed: the command, its options, how the first file's name ends."""
    options = [word.partition("=")[0] for word in words if word.startswith("--")]
    endings = [os.path.splitext(word)[1] for word in words[1:]]
    ending = next((one for one in endings if one and not one[1:].isdigit()), "")  # not that of a version
    return " ".join([*words[:1], *options, ending])


def _dispatch(words: list[str]) -> int:
    from keras_doctor.cli.plain import Declared

    name = words[0] if words else ""
    if name in COMMANDS:
        command, declared = load(name), Declared()
        command.arguments(declared)
        plain = declared.read(words[1:])
        if plain is not None:
            return int(command.run(**plain))
    from keras_doctor.cli.arguments import parse

    command, options = parse(words)
    return int(command.run(**options))


def load(name: str) -> Any:
    """Return the module of a command: its `run` and its `arguments`."""
    return __import__(f"keras_doctor.cli.commands.{name}", fromlist=["run"])


def _complain(message: str) -> int:
    from keras_doctor.reports.terminal import clean

    sys.stderr.write(f"keras-doctor: {clean(message, keep_lines=True)}\n")
    return FAILED
