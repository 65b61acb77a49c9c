"""The TOML files that list packages, read line by line as far as they need: Python 3.10 has no TOML reader."""

from __future__ import annotations

from keras_doctor.environments.pip_lines import requirement
from keras_doctor.environments.wanted import LINES, Listed, Wanted, merged, pinned
from keras_doctor.releases.names import canonical
from keras_doctor.releases.version import clauses, version_key


def lock(text: str) -> Listed:
    """Read the tables [[package]] (uv, poetry, pdm) or [[packages]] (pylock): their name and version."""
    found: list[Wanted] = []
    name = version = ""
    inside = False
    for raw in [*text.splitlines()[:LINES], "[end]"]:
        line = raw.strip()
        if line.startswith("["):
            if inside and name and version_key(version) is not None:
                found.append(Wanted(canonical(name), "==" + version))
                name = version = ""
            inside = line in ("[[package]]", "[[packages]]")
        elif inside:
            key, sign, value = line.partition("=")
            if sign and key.strip() == "name":
                name, version = _string(value), ""
            elif sign and key.strip() == "version":
                version = _string(value)
    return Listed(merged(iter(found)))


def pyproject(text: str) -> Listed:
    """Read pyproject.toml: `dependencies` of [project], or [tool.poetry.dependencies]."""
    found: list[Wanted] = []
    python = table = ""
    lines = iter(text.splitlines()[:LINES])
    for raw in lines:
        line = raw.strip()
        if line.startswith("["):
            table = line.strip("[]").strip()
            continue
        key, sign, value = line.partition("=")
        key = key.strip().strip("\"'")
        if not sign or line.startswith("#"):
            continue
        if table == "project" and key == "dependencies":
            while not _closed(value):
                more = next(lines, None)
                if more is None:
                    break
                value += "\n" + more
            found += (wanted for wanted in map(requirement, _strings(value)) if wanted)
        elif table == "tool.poetry.dependencies":
            value = value.partition("version")[2].partition("=")[2] if value.strip().startswith("{") else value
            asked = _poetry(_string(value))
            if key == "python":
                python = pinned(asked)
            else:
                found.append(Wanted(canonical(key), asked))
    return Listed(merged(iter(found)), python)


def _string(value: str) -> str:
    """Return the first string of a TOML value."""
    return next(iter(_strings(value)), "")


def _strings(value: str) -> list[str]:
    """Return the strings in a TOML value, comments left out. Escapes do not occur in versions."""
    found = []
    position = 0
    while position < len(value):
        mark = value[position]
        if mark == "#":
            end = value.find("\n", position)
            position = len(value) if end < 0 else end
        elif mark in "\"'":
            end = value.find(mark, position + 1)
            if end < 0:
                break
            found.append(value[position + 1 : end])
            position = end
        position += 1
    return found


def _closed(value: str) -> bool:
    """Tell whether the array that begins in `value` ends in it."""
    rest = value
    for text in _strings(value):
        rest = rest.replace(text, "", 1)
    return "]" in "\n".join(line.partition("#")[0] for line in rest.splitlines())


def _poetry(asked: str) -> str:
    """Turn poetry's notation into pip's: "^2.15" is ">=2.15,<3", "~2.15" is ">=2.15,<2.16", a bare version is that
    version.
    """
    parts = []
    for part in asked.split(","):
        part = part.strip()
        if not part or part == "*":
            continue
        if part[0] in "^~" and not part.startswith("~="):
            numbers = [int(word) for word in part[1:].split(".") if word.isdigit()]
            if numbers:
                keep = 1 if part[0] == "^" else min(2, len(numbers))
                if part[0] == "^" and numbers[0] == 0 and len(numbers) > 1:
                    keep = 2
                above = [*numbers[: keep - 1], numbers[keep - 1] + 1]
                parts += [">=" + part[1:], "<" + ".".join(map(str, above))]
        elif part[0].isdigit():
            parts.append("==" + part)
        else:
            parts.append(part.replace(" ", ""))
    result = ",".join(parts)
    try:
        list(clauses(result))
    except ValueError:
        return ""
    return result
