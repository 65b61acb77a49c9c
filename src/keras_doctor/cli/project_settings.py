"""[tool.keras-doctor] of a pyproject.toml: what to ignore, when to fail, which environment is meant.

[tool.keras-doctor]
env = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
fail-on = "warning"
ignore = { KD114 = "the files are checked when they are fetched" }

[tool.keras-doctor.per-file-ignores]
"models/legacy/*.h5" = { KD811 = "we wrote that Lambda" }
"""

from __future__ import annotations

import os

from keras_doctor.cli.entry import Usage
from keras_doctor.cli.policy import code_of
from keras_doctor.findings.diagnosis import LEVELS
from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.tomltext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BYTES = 1 << 20
_KEYS = ("env", "fail-on", "ignore", "per-file-ignores")
_read: dict[str, Settings] = {}


@record
class Settings:
    """What a project file says. `ignore` is code → reason, `per_file` pattern → code → reason."""

    path: str = ""
    env: str = ""
    fail_on: str = ""
    ignore: tuple[tuple[str, str], ...] = ()
    per_file: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    def ignored_in(self, path: str) -> dict[str, str]:
        """Return code → reason of what is ignored in a file."""
        from fnmatch import fnmatch

        found = dict(self.ignore)
        inside = os.path.relpath(os.path.abspath(path), os.path.dirname(self.path)) if self.path else path
        inside = inside.replace(os.sep, "/")
        for pattern, reasons in self.per_file:
            if fnmatch(inside, pattern) or fnmatch(inside.rpartition("/")[2], pattern):
                found.update(reasons)
        return found


def settings_of(path: str) -> Settings:
    """Return what the project file at `path` says. Raises `Usage` for what makes no sense there."""
    if path not in _read:
        try:
            with open(path, "rb") as file:
                tool = loads(file.read(_BYTES)).get("tool", {})
        except OSError as problem:
            raise Usage(f"{path}: {problem.strerror}") from None
        except FormatError as problem:
            raise Usage(f"{path}: {problem.what}") from None
        _read[path] = _settings(tool.get("keras-doctor", {}) if isinstance(tool, dict) else {}, path)
    return _read[path]


def _settings(table: Any, path: str) -> Settings:
    where = f"{path}, [tool.keras-doctor]"
    if not isinstance(table, dict):
        raise Usage(f"{where}: it is no table")
    for key in table:
        if key not in _KEYS:
            raise Usage(f"{where}: there is no setting {key!r}; there are {', '.join(_KEYS)}")
    level, env = table.get("fail-on", ""), table.get("env", "")
    if level and level not in LEVELS:
        raise Usage(f"{where}: fail-on is one of {', '.join(LEVELS)}, not {level!r}")
    if not isinstance(env, str):
        raise Usage(f'{where}: env is a string such as "python==3.11 keras==3.15.1 tensorflow==2.21.0"')
    patterns = table.get("per-file-ignores", {})
    if not isinstance(patterns, dict):
        raise Usage(f'{where}: per-file-ignores is a table of patterns, such as "old/*.h5" = ["KD111"]')
    return Settings(
        path,
        env,
        level,
        _reasons(table.get("ignore", {}), where),
        tuple((pattern, _reasons(value, where)) for pattern, value in patterns.items()),
    )


def _reasons(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    """Return (code, reason) for {KD811 = "reason"} or ["KD811"]."""
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        value = dict.fromkeys(value, "")
    if not isinstance(value, dict) or not all(isinstance(reason, str) for reason in value.values()):
        raise Usage(f'{where}: what is ignored is written {{KD811 = "reason"}} or ["KD811"]')
    return tuple((code_of(code, where), reason) for code, reason in value.items())
