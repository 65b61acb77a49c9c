"""Asking another interpreter what it is and where it looks, by a small script that any Python from 2.7 on runs.

The script only reports its version and its search path; the folders are read from here.
"""

from __future__ import annotations

import os

from keras_doctor.environments.environment import Environment
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SECONDS = 15.0
_ANSWER_BYTES = 1 << 20
_MARK = "keras-doctor-probe:"

# What the other Python runs. Its site module has run before, so sys.path is what an import there would search.
SCRIPT = """
import sys
try:
    import json, site
    user = getattr(site, "getusersitepackages", lambda: "")()
except Exception:
    import json
    user = ""
answer = {
    "version": "%d.%d.%d" % sys.version_info[:3],
    "implementation": getattr(getattr(sys, "implementation", None), "name", "cpython"),
    "executable": sys.executable, "prefix": sys.prefix, "path": [p for p in sys.path if p], "user": user,
}
sys.stdout.write("\\n" + MARK + json.dumps(answer) + "\\n")
"""


class ProbeError(Exception):
    """An interpreter that cannot be asked, or whose answer cannot be understood."""


@record
class Answer:
    """What an interpreter says of itself. `path` are the folders that it searches, without PYTHONPATH and the user's
    own.
    """

    python: str
    implementation: str
    executable: str
    prefix: str
    path: tuple[str, ...]
    user: str


def probe(executable: str, seconds: float = _SECONDS) -> Answer:
    """Ask an interpreter. Raises `ProbeError`, with the reason in words.

    It runs isolated (-I; -E -s before Python 3.4): no variable and no file of the working folder changes what it does.
    """
    status, output, errors = _run([executable, "-I", "-c", _script()], seconds)
    if status and b"-I" in errors and b"nknown option" in errors:
        status, output, errors = _run([executable, "-E", "-s", "-c", _script()], seconds)
    _, found, line = output.rpartition(_MARK.encode())
    if not found:
        last = next((line for line in reversed(errors.decode("utf-8", "replace").splitlines()) if line.strip()), "")
        said = f": {last.strip()[:200]}" if last else ""
        raise ProbeError(f"{executable} ended with status {status} and did not answer as a Python does{said}")
    return _answer(executable, line.partition(b"\n")[0])


def _script() -> str:
    return SCRIPT.replace("MARK", repr(_MARK))


def _answer(executable: str, line: bytes) -> Answer:
    from keras_doctor.wire.errors import FormatError
    from keras_doctor.wire.jsontext import loads

    try:
        value: Any = loads(line)
    except FormatError as error:
        raise ProbeError(f"the answer of {executable} cannot be read: {error}") from None
    if not isinstance(value, dict) or not isinstance(value.get("path"), list):
        raise ProbeError(f"the answer of {executable} is not what was asked for")
    texts = {key: str(value.get(key) or "") for key in ("version", "implementation", "executable", "prefix", "user")}
    return Answer(
        texts["version"],
        texts["implementation"],
        texts["executable"] or executable,
        texts["prefix"],
        tuple(path for path in value["path"] if isinstance(path, str)),
        texts["user"],
    )


def _run(command: list[str], seconds: float) -> tuple[int, bytes, bytes]:
    """Run a command for at most so long; return its status and what it wrote, cut at a bound."""
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=os.name == "posix",
                env={key: value for key, value in os.environ.items() if not key.startswith("PYTHON")},
            )
        except FileNotFoundError:
            raise ProbeError(f"there is no {command[0]}") from None
        except (OSError, ValueError) as error:
            raise ProbeError(f"{command[0]} cannot be started: {getattr(error, 'strerror', None) or error}") from None
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            stop_group(process.pid)
            process.kill()
            process.wait()
            raise ProbeError(f"{command[0]} did not answer within {seconds:g} seconds") from None
        output.seek(0)
        errors.seek(0)
        return status, output.read(_ANSWER_BYTES), errors.read(_ANSWER_BYTES)


def stop_group(process: int) -> None:
    """Stop a process that was given a session of its own, and what it started."""
    import signal

    if os.name == "posix":
        try:
            os.killpg(process, signal.SIGKILL)
        except OSError:
            pass


def environment_of(python: str, origin: str = "", seconds: float = _SECONDS) -> Environment:
    """Return the environment of an interpreter, or of an environment's folder; `problem` says why when it cannot be
    asked.
    """
    from keras_doctor.environments.chosen import executable_in, search_path
    from keras_doctor.environments.installed import assembled

    executable = os.path.expanduser(python)
    if os.path.isdir(executable):
        executable = executable_in(executable)
    origin = origin or f"the Python {executable}, asked"
    try:
        answer = probe(executable, seconds)
    except ProbeError as error:
        return Environment(origin=origin, interpreter=executable, problem=str(error))
    standalone = not os.path.exists(os.path.join(answer.prefix, "pyvenv.cfg"))
    user = [answer.user] if answer.user and standalone and not os.environ.get("PYTHONNOUSERSITE") else []
    return assembled(
        [*search_path(os.environ), *user, *answer.path], answer.python, origin, answer.executable, os.environ
    )
