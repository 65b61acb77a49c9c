"""Other Pythons at work: `worker.py` started in each, kept for the next model, stopped when it takes too long."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
import time

from keras_doctor.environments.interpreter import stop_group
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from keras_doctor.environments import Environment

SCRIPT = os.path.join(os.path.dirname(__file__), "worker.py")
AT_ONCE = 2  # processes that are kept: each holds a TensorFlow
_TASKS = 50  # of one process: libraries keep what they once built
_LINE = 1 << 24  # characters of an answer
# Quiet, without graphics cards, and nothing is written beside the packages.
_SETTINGS = {
    "CUDA_VISIBLE_DEVICES": "-1", "HIP_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu", "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONIOENCODING": "utf-8", "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3",
}  # fmt: skip
_DROPPED = ("PYTHONHOME", "PYTHONSTARTUP", "TF_USE_LEGACY_KERAS")  # the module that is loaded with is named


class WorkerError(Exception):
    """A process that did not start, ended, or took too long. The text is a reason that a person can read."""


@record
class Installation:
    """What a model is run in: an interpreter, the module that is its Keras ("keras", "tf.keras", "tf_keras"), and the
    backend, "" for the one that is configured there.
    """

    interpreter: str
    module: str
    backend: str = ""


def installation(environment: Environment) -> Installation:
    """Return how the Keras of an environment is started."""
    backend = environment.backend if environment.loader == "keras" else ""
    return Installation(environment.interpreter, environment.loader, backend)


class Workers:
    """The processes, at most `AT_ONCE`. `seconds`: what one model may take, the start of the process included;
    `environ`: variables that they get instead of this process's own.
    """

    def __init__(self, seconds: float, environ: Mapping[str, str] | None = None) -> None:
        self.seconds = seconds
        self._environ = environ
        self._running: dict[Installation, _Process] = {}
        self._broken: dict[Installation, WorkerError] = {}

    def ask(self, where: Installation, task: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a task (worker.py says what is in both). Raises WorkerError, at once where a process
        could not be started before.
        """
        if where in self._broken:
            raise self._broken[where]
        until = time.monotonic() + self.seconds
        process = self._running.pop(where, None)
        if process is not None and process.left <= 0:
            process.stop()
            process = None
        try:
            process = process or _Process(where, self._environ or os.environ, until, self.seconds)
        except WorkerError as error:
            self._broken[where] = error
            raise
        try:
            answer = process.ask(task, until, self.seconds)
        except BaseException:
            process.stop()
            raise
        self._running[where] = process  # the last one used stands last
        for known in list(self._running)[:-AT_ONCE]:
            self._running.pop(known).stop()
        return answer

    def close(self) -> None:
        """Stop all processes."""
        while self._running:
            self._running.popitem()[1].stop()


class _Process:
    """One process. `left`: how many tasks it may still be given."""

    def __init__(self, where: Installation, environ: Mapping[str, str], until: float, seconds: float) -> None:
        self.name = where.interpreter
        self.left = _TASKS
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process runs
        environ = {key: value for key, value in environ.items() if key not in _DROPPED} | _SETTINGS
        environ |= {"KERAS_BACKEND": where.backend} if where.backend else {}
        try:
            self._process = subprocess.Popen(
                [where.interpreter, SCRIPT, where.module],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=environ,
                start_new_session=os.name == "posix", encoding="utf-8", errors="replace",
            )  # fmt: skip
        except (OSError, ValueError) as error:
            self._errors.close()
            why = getattr(error, "strerror", None) or error
            raise WorkerError(f"{self.name} cannot be started: {why}") from None
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            ready = self._answer(until, seconds)
        except BaseException:
            self.stop()
            raise
        if not ready.get("ready"):
            self.stop()
            raise WorkerError(f"{where.module} cannot be imported in {self.name}: {ready.get('error')}")

    def ask(self, task: dict[str, Any], until: float, seconds: float) -> dict[str, Any]:
        self.left -= 1
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it has ended: the answer says so
        return self._answer(until, seconds)

    def _answer(self, until: float, seconds: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=max(until - time.monotonic(), 0.001))
        except queue.Empty:
            raise WorkerError(f"{self.name} did not answer within {seconds:g} seconds (--verify-timeout)") from None
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            return answer
        self._process.wait(5)
        raise WorkerError(f"{self.name} ended with status {self._process.returncode}{self._last_words()}")

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := self._process.stdout.readline(_LINE):
                self._lines.put(line)
        except (OSError, ValueError):
            pass
        self._lines.put("")

    def _last_words(self) -> str:
        self._errors.seek(max(self._errors.seek(0, os.SEEK_END) - 4096, 0))
        lines = [line.strip() for line in self._errors.read().decode("utf-8", "replace").splitlines() if line.strip()]
        return f": {lines[-1][:200]}" if lines else ""

    def stop(self) -> None:
        """End it, and what it started."""
        stop_group(self._process.pid)
        self._process.kill()
        self._process.wait()
        self._reader.join(1)
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            with contextlib.suppress(OSError):  # what was not written yet goes nowhere
                if stream is not None:
                    stream.close()
