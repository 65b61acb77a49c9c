"""Where an interpreter keeps what is installed for it, read from the folders around it without starting it.

Layouts: virtual environments (pyvenv.cfg), plain and pyenv installations, conda, Debian's dist-packages; POSIX and
Windows.
"""

from __future__ import annotations

import os

from keras_doctor.records import record

_TEXT_BYTES = 1 << 16


@record
class Layout:
    """What a prefix holds. `folders` are those of installed packages, in the order of `sys.path`; `base` is the prefix
    below a virtual environment.
    """

    prefix: str
    python: str
    folders: tuple[str, ...]
    base: str = ""
    sees_user_site: bool = True


def layout_of(prefix: str, executable: str = "") -> Layout | None:
    """Return the layout of an environment's folder, None when it cannot be understood from the folder alone."""
    settings = pyvenv(prefix)
    if settings is None:
        return _installation(prefix, executable)
    version = settings.get("version") or settings.get("version_info") or ""
    version = ".".join(version.split(".")[:3])
    folders, found = _site_packages(prefix, version)
    if not folders:
        return None
    home = settings.get("home", "")
    base = os.path.dirname(home) if os.path.basename(home).lower() in ("bin", "scripts") else home
    shared = settings.get("include-system-site-packages", "").lower() == "true"
    if shared and (below := _installation(base, "", found)):
        folders = (*folders, *below.folders)
    return Layout(prefix, version or found, folders, base, sees_user_site=shared)


def pyvenv(prefix: str) -> dict[str, str] | None:
    """Return the settings of a virtual environment, None when the folder is none."""
    text = _text(os.path.join(prefix, "pyvenv.cfg"))
    if text is None:
        return None
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _installation(prefix: str, executable: str, minor: str = "") -> Layout | None:
    """Return the layout of an installation of Python: conda's, pyenv's, Debian's, Windows'."""
    wanted = minor or _minor_in_name(executable)
    version = _conda_version(prefix)
    if wanted and not version.startswith(wanted + "."):
        version = ""
    folders, found = _site_packages(prefix, version or wanted)
    debian = _debian(prefix, found or wanted)
    if not folders and not debian:
        return None
    found = found or wanted
    version = version or _patch_version(prefix, found) or found
    return Layout(prefix, version, (*debian, *folders))


def _site_packages(prefix: str, version: str) -> tuple[tuple[str, ...], str]:
    """Return the site-packages folders below a prefix and the minor version that their path tells ("" on Windows).

    Where there are several minors and none is wanted, nothing: the folder alone does not tell.
    """
    minor = ".".join(version.split(".")[:2])
    if not minor:
        minors = {name[6:] for name in _listed(os.path.join(prefix, "lib")) if _is_library(name)}
        minor = minors.pop() if len(minors) == 1 else ""
    if minor:
        paths = (os.path.join(prefix, library, f"python{minor}", "site-packages") for library in ("lib", "lib64"))
        folders = {os.path.realpath(path): path for path in paths if os.path.isdir(path)}
        if folders:
            return tuple(folders.values()), minor
    windows = os.path.join(prefix, "Lib", "site-packages")
    return ((windows,), "") if os.path.isdir(windows) else ((), "")


def _is_library(name: str) -> bool:
    return name.startswith("python") and name[6:].count(".") == 1 and name[6:].replace(".", "").isdigit()


def _debian(prefix: str, minor: str) -> tuple[str, ...]:
    """Return Debian's own folders, which belong to the interpreters in /usr/bin."""
    own = os.path.join(prefix, "lib", "python3", "dist-packages")
    if not minor or not os.path.isdir(own):
        return ()
    local = os.path.join(prefix, "local", "lib", f"python{minor}", "dist-packages")
    return (local, own, os.path.join(prefix, "lib", f"python{minor}", "dist-packages"))


def _conda_version(prefix: str) -> str:
    """Return the version of conda's Python from the name of its record in conda-meta."""
    for name in _listed(os.path.join(prefix, "conda-meta")):
        if name.startswith("python-") and name.endswith(".json"):
            version = name.split("-")[1]
            if version[:1].isdigit():
                return version
    return ""


def _patch_version(prefix: str, minor: str) -> str:
    """Return the full version from patchlevel.h, or from the name of a pyenv installation; "" when neither tells."""
    name = os.path.basename(os.path.realpath(prefix))
    if name.startswith(minor + ".") and name[len(minor) + 1 :].isdigit():
        return name
    for header in (
        f"include/python{minor}/patchlevel.h",
        f"include/python{minor}m/patchlevel.h",
        "include/patchlevel.h",
    ):
        text = _text(os.path.join(prefix, *header.split("/"))) or ""
        _, _, after = text.partition("#define PY_VERSION ")
        version = after.strip().strip('"').split('"')[0].split("\n")[0].rstrip("+")
        if version.startswith(minor) and version[:1].isdigit():
            return version
    return ""


def _minor_in_name(executable: str) -> str:
    """Return "3.11" for ".../python3.11", "" for a name without a minor version."""
    name = os.path.basename(executable).lower().removesuffix(".exe").removeprefix("python")
    parts = name.split(".")
    return name if len(parts) == 2 and all(part.isdigit() for part in parts) else ""


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []


def _text(path: str) -> str | None:
    try:
        with open(path, "rb") as file:
            return file.read(_TEXT_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
