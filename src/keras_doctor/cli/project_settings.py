"""[tool.keras-doctor] of a pyproject.toml: what to ignore, when to fail, which environment is meant.

[tool.keras-doctor]
env = "python==3.11 keras==3.15.1 tensorflow==2.21.0"
fail-on = "warning"
ignore = { KD114 = "the files are checked when they are fetched" }

[tool.keras-doctor.per-file-ignores]
"models/legacy/*.h5" = { KD804 = "the rest of it lies on our own share" }
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
_KEYS = ("env", "fail-on", "ignore", "per-file-ignores", "architectures")
_read: dict[str, Settings] = {}


@record
class Settings:
    """What a project file says. `ignore` is code → reason, `per_file` pattern → code → reason, `architectures` is
    pattern → path. Patterns are of paths below the file's folder, or of names.
    """

    path: str = ""
    env: str = ""
    fail_on: str = ""
    ignore: tuple[tuple[str, str], ...] = ()
    per_file: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    architectures: tuple[tuple[str, str], ...] = ()

    def ignored_in(self, path: str) -> dict[str, str]:
        """Return code → reason of what is ignored in a file."""
        found = dict(self.ignore)
        for pattern, reasons in self.per_file:
            if self._matches(path, pattern):
                found.update(reasons)
        return found

    def architecture_of(self, path: str) -> str:
        """Return the path of the architecture that a file is weights for, "" for none."""
        for pattern, architecture in self.architectures:
            if self._matches(path, pattern):
                return os.path.join(os.path.dirname(self.path), architecture)
        return ""

    def _matches(self, path: str, pattern: str) -> bool:
        from fnmatch import fnmatch

        inside = os.path.relpath(os.path.abspath(path), os.path.dirname(self.path)).replace(os.sep, "/")
        return fnmatch(inside, pattern) or fnmatch(inside.rpartition("/")[2], pattern)


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
    architectures = table.get("architectures", {})
    if not isinstance(architectures, dict) or not all(isinstance(name, str) for name in architectures.values()):
        raise Usage(f'{where}: architectures is a table such as "old/*.weights.h5" = "old/model.json"')
    return Settings(
        path,
        env,
        level,
        _reasons(table.get("ignore", {}), where),
        tuple((pattern, _reasons(value, where)) for pattern, value in patterns.items()),
        tuple(architectures.items()),
    )


def _reasons(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    """Return (code, reason) for {KD804 = "reason"} or ["KD804"]."""
    if isinstance(value, list) and all(isinstance(code, str) for code in value):
        value = dict.fromkeys(value, "")
    if not isinstance(value, dict) or not all(isinstance(reason, str) for reason in value.values()):
        raise Usage(f'{where}: what is ignored is written {{KD804 = "reason"}} or ["KD804"]')
    return tuple((code_of(code, where), reason) for code, reason in value.items())
