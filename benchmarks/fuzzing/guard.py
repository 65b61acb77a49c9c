"""What an input must not make a process do: write, connect, start, load code, read elsewhere, take too long or much."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
from collections.abc import Callable

OVERTIME = 1.0  # seconds that one input may take
MEMORY = 256 << 20  # bytes, and the file's size, that the process may hold
_ALARM = 1.5
_AGAIN = 20.0  # the second time, to tell a slow input from a busy machine

_CODE = ("exec", "compile", "marshal.loads", "code.__new__")
_FORBIDDEN = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove",
    "os.rename", "os.rmdir",
    "os.mkdir", "os.truncate", "os.chmod", "os.chown", "os.link", "os.symlink", "os.utime", "os.kill", "os.putenv",
    "shutil.",
    "tempfile.", "pickle.", "ctypes.", "urllib.", "http.", "ftplib.", "webbrowser.", "fcntl.", "signal.", "pty.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Forbidden(BaseException):
    """Something was tried that no file may bring about."""


class Overtime(BaseException):
    """The input took too long and was interrupted."""


class Guard:
    """Watches one input at a time. `folder`: the only one from which files may be read."""

    def __init__(self, folder: str) -> None:
        self._armed = False
        self._tried: list[str] = []
        here = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        self._readable = tuple(
            {os.path.realpath(path) for path in (folder, here, sys.prefix, sys.base_prefix, sys.exec_prefix)}
        )
        self._modules = sys.stdlib_module_names | {"keras_doctor", "compression"}  # the standard library of 3.14
        self._lowest = _lowest_descriptor()
        self._peak = 0
        sys.addaudithook(self._heard)
        signal.signal(signal.SIGALRM, self._rang)

    def _rang(self, signum: int, frame: object) -> None:
        if self._armed:
            raise Overtime

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self._armed:
            return
        if event == "open":
            path, mode, flags = arguments[:3]
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & _WRITING):
                self._forbid(f"open {path!r} for writing")
            self._reads(path)
        elif event in ("os.listdir", "os.scandir"):
            self._reads(arguments[0])
        elif event == "import":
            if str(arguments[0]).partition(".")[0] not in self._modules:
                self._forbid(f"import {arguments[0]!r}")
        elif event in _CODE:
            if not _importing():
                self._forbid(f"{event}: code that is not a module's")
        elif event.startswith(_FORBIDDEN):
            self._forbid(f"{event}{arguments!r:.100}")

    def _reads(self, path: object) -> None:
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, str) and not os.path.realpath(path).startswith(self._readable):
            self._forbid(f"read {path!r}, outside of what was given")

    def _forbid(self, what: str) -> None:
        self._tried.append(what)
        raise Forbidden(what)

    def watch(self, work: Callable[[], None], again: bool) -> BaseException | None:
        """Do the work under watch; return what it raised. `again`: it may take long, to see how long."""
        caught = None
        self._tried.clear()
        self._armed = True
        try:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN if again else _ALARM, 0.5)  # again, should it be swallowed
            try:
                work()
            finally:
                self._armed = False
        except BaseException as error:
            self._armed = False
            caught = error
        signal.setitimer(signal.ITIMER_REAL, 0)
        if isinstance(caught, KeyboardInterrupt):
            raise caught
        return caught

    def tried(self) -> list[str]:
        """Return what was tried that is forbidden, also where the attempt's exception was swallowed."""
        return self._tried

    def leaked(self) -> bool:
        """Tell whether a file stays open that was not open before."""
        if _lowest_descriptor() == self._lowest:
            return False
        gc.collect()
        lowest = _lowest_descriptor()
        leaked, self._lowest = lowest != self._lowest, lowest
        return leaked

    def peak(self) -> int:
        """Return the process's peak memory since the last call, in bytes; 0 when it did not pass the peak before."""
        peak = _peak()
        if peak <= self._peak:
            return 0
        self._peak = peak
        try:
            with open("/proc/self/clear_refs", "w") as file:  # 5: forget the peak (proc(5))
                file.write("5")
        except OSError:
            return peak
        self._peak = _peak()
        return peak


def _peak() -> int:
    """Return the most memory that the process has held, in bytes.

    Linux tells of this program only in /proc: getrusage counts what held the process before it was started, too.
    """
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def bound_memory(extra: int) -> None:
    """Let allocations fail that would take the process far beyond what it holds now."""
    try:
        with open("/proc/self/statm") as file:
            pages = int(file.read().split()[0])
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + extra, resource.RLIM_INFINITY))
    except (OSError, ValueError):
        pass


def _lowest_descriptor() -> int:
    descriptor = os.dup(0)
    os.close(descriptor)
    return descriptor


def _importing() -> bool:
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False
