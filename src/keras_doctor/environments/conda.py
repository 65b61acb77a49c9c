"""conda's notations: environment.yml and explicit lists."""

from __future__ import annotations

from keras_doctor.environments.pip_lines import requirement, split_name
from keras_doctor.environments.wanted import LINES, Listed, Wanted, merged, pinned
from keras_doctor.releases.names import canonical
from keras_doctor.releases.version import clauses, version_key

# Names that differ from those of the package index; "" installs nothing that is looked for here.
_NAMES = {"pytorch": "torch", "tensorflow-base": "tensorflow", "tensorflow-mkl": "tensorflow", "libtensorflow": ""}


def environment(text: str) -> Listed:
    """Read environment.yml: the list under `dependencies`, and the one under `pip` in it."""
    found: list[Wanted] = []
    python, inside, pip = "", False, False
    for raw in text.splitlines()[:LINES]:
        line = raw.partition(" #")[0].rstrip()
        item = line.strip()
        if not item or item.startswith("#"):
            continue
        if not item.startswith("-"):
            if not line.startswith((" ", "\t")):
                inside, pip = item.startswith("dependencies:"), False
            continue
        item = item.lstrip("- ").strip("\"'")
        if not inside:
            continue
        if item == "pip:":
            pip, pip_indent = True, _indent(raw)
            continue
        if pip and _indent(raw) > pip_indent:
            wanted = requirement(item)
        else:
            pip = False
            wanted = _item(item)
        if wanted and wanted.name == "python":
            python = pinned(wanted.requirement)
        elif wanted:
            found.append(wanted)
    return Listed(merged(iter(found)), python)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _item(item: str) -> Wanted | None:
    """Read "channel::name=version=build": one "=" means the line of that version, two or more the version itself."""
    name, asked = split_name(item.rpartition("::")[2].replace(" ", ""))
    name = _NAMES.get(name, name)
    if not name:
        return None
    if asked.startswith("=") and not asked.startswith("=="):
        version, _, build = asked[1:].partition("=")
        asked = "==" + (version if build or version.endswith("*") or version.count(".") > 1 else version + ".*")
    elif asked.startswith("=="):
        asked = "==" + asked[2:].partition("=")[0]
    try:
        list(clauses(asked))
    except ValueError:
        asked = ""
    return Wanted(name, asked)


def explicit(text: str) -> Listed:
    """Read an explicit list: one address a line, ending in name-version-build."""
    found: list[Wanted] = []
    python = ""
    for line in text.splitlines()[:LINES]:
        file = line.strip().partition("#")[0].rpartition("/")[2]
        for ending in (".tar.bz2", ".conda"):
            parts = file.removesuffix(ending).rsplit("-", 2) if file.endswith(ending) else []
            if len(parts) == 3 and version_key(parts[1]) is not None:
                name = _NAMES.get(canonical(parts[0]), canonical(parts[0]))
                if name == "python":
                    python = parts[1]
                elif name:
                    found.append(Wanted(name, "==" + parts[1]))
    return Listed(merged(iter(found)), python)
