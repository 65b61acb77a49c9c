"""`install`: a failed load ends with its diagnosis, in scripts, threads, IPython and Jupyter.

The traceback is shown first, as it always is. Nothing runs before a program has failed, and whatever goes wrong here is
swallowed: an error of ours never stands in the place of theirs.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_undo: list[Callable[[], None]] = []


def install() -> None:
    """Show the diagnosis under the traceback of every failed load from now on. Calling it twice changes nothing."""
    if _undo:
        return
    _hook_exceptions()
    _hook_threads()
    _hook_notebook()


def uninstall() -> None:
    """Take back what `install` did."""
    while _undo:
        _undo.pop()()


def report(error: BaseException | None) -> None:
    """Write what can be said of an exception to standard error, nothing when it is none of Keras's. Never raises."""
    if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
        return
    try:
        from keras_doctor.runtime.telling import tell

        tell(error)
    except Exception:
        if os.environ.get("KERAS_DOCTOR_DEBUG"):
            raise


def _hook_exceptions() -> None:
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        before(kind, error, trace)
        report(error)

    sys.excepthook = hook
    _undo.append(lambda: setattr(sys, "excepthook", before))


def _hook_threads() -> None:
    threading: Any = sys.modules.get("threading")
    if threading is None:  # what starts no threads need not pay for them
        return
    before = threading.excepthook

    def hook(arguments: Any) -> None:
        before(arguments)
        report(arguments.exc_value)

    threading.excepthook = hook
    _undo.append(lambda: setattr(threading, "excepthook", before))


def _hook_notebook() -> None:
    """IPython shows tracebacks itself, and tells afterwards what ended a cell."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return

    def ran(result: Any) -> None:
        report(result.error_in_exec)

    shell.events.register("post_run_cell", ran)
    _undo.append(lambda: shell.events.unregister("post_run_cell", ran))
