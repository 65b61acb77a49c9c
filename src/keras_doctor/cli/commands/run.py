"""`keras-doctor run SCRIPT`: a Python script as it is, with the diagnosis under the traceback of a failed load."""

from __future__ import annotations

import os
import sys

from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.runtime import install

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    import argparse

    parser.add_argument(
        "words", nargs=argparse.REMAINDER, metavar="SCRIPT [ARGUMENT…]", help="what Python would be given"
    )


def run(words: list[str] | None = None) -> int:
    """Run the script in this Python; return its exit status."""
    import runpy

    if not words or not os.path.exists(words[0]):
        raise Usage(f"there is no script {words[0]}" if words else "run needs a script")
    install()
    sys.argv = list(words)
    sys.path[0] = os.path.dirname(os.path.abspath(words[0]))
    try:
        runpy.run_path(words[0], run_name="__main__")
    except SystemExit as done:
        return _status(done)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Without the frames of this file and of runpy: what is shown is what Python itself would show.
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename != words[0]:
            trace = trace.tb_next
        sys.excepthook(type(error), error.with_traceback(trace or error.__traceback__), trace or error.__traceback__)
        return FOUND
    return OK


def _status(done: SystemExit) -> int:
    if done.code is None:
        return OK
    if isinstance(done.code, int):
        return done.code
    sys.stderr.write(f"{done.code}\n")
    return FOUND
