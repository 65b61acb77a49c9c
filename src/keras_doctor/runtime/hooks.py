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
    _hook_ipython()


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
    import threading  # also where nothing has imported it yet: Keras does, later

    before = threading.excepthook

    def hook(arguments: Any) -> None:
        before(arguments)
        report(arguments.exc_value)

    threading.excepthook = hook
    _undo.append(lambda: setattr(threading, "excepthook", before))


def _hook_ipython() -> None:
    """IPython and Jupyter show tracebacks themselves: of a cell, of %run, and within %%time, which ends well."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return
    before = shell.showtraceback

    def showtraceback(exc_tuple: Any = None, *arguments: Any, **more: Any) -> Any:
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        shown = before(exc_tuple, *arguments, **more)
        report(error if isinstance(error, BaseException) else None)
        return shown

    shell.showtraceback = showtraceback
    _undo.append(lambda: setattr(shell, "showtraceback", before))
