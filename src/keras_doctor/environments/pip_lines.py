"""pip's notation: requirements files, `pip freeze`, pip-compile, the dependencies of a project."""

from __future__ import annotations

import os
import sys

from keras_doctor.environments.wanted import LINES, Wanted
from keras_doctor.releases.names import canonical
from keras_doctor.releases.version import clauses, version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEPTH = 8  # of files that name files


def requirements(text: str, path: str, text_of: Callable[[str], str], depth: int = 0) -> Iterator[Wanted]:
    """Yield what a requirements file asks for; files that it names (-r) come where it names them."""
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines()[:LINES]:
        line = (" " + line).partition(" #")[0].strip()
        if not line:
            continue
        if line.startswith(("-r", "--requirement", "-c", "--constraint")):
            other = line.partition("=")[2] if line.startswith("--") and "=" in line else line.lstrip("-rc").strip()
            other = os.path.join(
                os.path.dirname(path), other.removeprefix("equirement").removeprefix("onstraint").strip()
            )
            if depth < _DEPTH and "://" not in other:
                yield from requirements(text_of(other), other, text_of, depth + 1)
        elif not line.startswith("-"):
            wanted = requirement(line)
            if wanted:
                yield wanted


def requirement(line: str) -> Wanted | None:
    """Return what one line in pip's notation asks for, None for nothing here (another platform, a path)."""
    line = line.partition(" --")[0]
    body, _, marker = line.partition(";")
    if not _applies(marker):
        return None
    body, at, url = body.partition(" @ ")
    name, asked = split_name(body)
    if at:
        asked = _in_file_name(url, name)
    elif asked.startswith("=") and not asked.startswith("=="):  # conda list --export: name=version=build
        asked = "==" + asked[1:].partition("=")[0]
    if not name or "/" in name:
        return None
    asked = ",".join(part.strip() for part in asked.strip("() ").split(",") if part.strip())
    try:
        list(clauses(asked))
    except ValueError:
        return None
    return Wanted(name, asked.replace(" ", ""))


def split_name(text: str) -> tuple[str, str]:
    """Split "keras[extra] >=2,<3" into a canonical name and the rest."""
    end = 0
    while end < len(text) and (text[end].isalnum() or text[end] in "._-"):
        end += 1
    name, rest = text[:end], text[end:].strip()
    if rest.startswith("["):
        rest = rest.partition("]")[2].strip()
    if rest and rest[0] not in "=<>~!(":
        return "", ""
    return canonical(name), rest


def _in_file_name(url: str, name: str) -> str:
    """Return "==1.2" for a link to a wheel or an archive whose name tells the version, "" for any other."""
    file = url.strip().partition("#")[0].rpartition("/")[2]
    for ending in (".whl", ".tar.gz", ".zip"):
        if file.endswith(ending):
            parts = file.removesuffix(ending).split("-")
            if len(parts) > 1 and canonical(parts[0]) == name and version_key(parts[1]) is not None:
                return "==" + parts[1]
    return ""


_HERE = {
    "sys_platform": sys.platform,
    "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}.get(sys.platform, ""),
    "os_name": os.name,
}


def _applies(marker: str) -> bool:
    """Tell whether a line applies on this platform. What it asks of Python is passed over: the Python is not known."""
    if " or " in marker:
        return True
    for part in marker.split(" and "):
        words = part.replace("(", " ").replace(")", " ").split()
        if len(words) != 3:
            continue
        value = words[2].strip("\"'")
        if words[0] == "extra":
            return False
        here = _HERE.get(words[0])
        if here is not None and ((words[1] == "==" and here != value) or (words[1] == "!=" and here == value)):
            return False
    return True
