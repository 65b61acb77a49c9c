"""The user's environment: where `python` in their shell would look, found without starting it.

The tool itself may run from elsewhere (uvx, pipx), so its own interpreter says nothing.
"""

from __future__ import annotations

import os
import sys

from keras_doctor.environments.environment import Environment
from keras_doctor.environments.installed import assembled, distributions
from keras_doctor.environments.layout import Layout, layout_of, pyvenv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ACTIVE = (
    ("VIRTUAL_ENV", "the active virtual environment"),
    ("CONDA_PREFIX", "the active conda environment"),
)
_OWN = ("keras", "tf-keras", "tensorflow", "tensorflow-cpu")


def default(environ: Mapping[str, str] | None = None) -> Environment:
    """Return the environment that the user's shell means: VIRTUAL_ENV, CONDA_PREFIX, or the `python` on PATH."""
    environ = os.environ if environ is None else environ
    for variable, words in _ACTIVE:
        prefix = environ.get(variable, "")
        if prefix:
            return at_prefix(prefix, f"{words} {prefix}", environ, variable)
    for executable in _on_path(environ):
        return at_executable(executable, f"the {os.path.basename(executable)} on PATH, {executable}", environ)
    return Environment(
        origin="no environment", problem="no virtual environment is active and there is no python on PATH"
    )


def at_prefix(prefix: str, origin: str, environ: Mapping[str, str], variable: str = "") -> Environment:
    """Return the environment in a folder. What is broken about it stands in `problem`."""
    executable = executable_in(prefix)
    problem = _broken(prefix, executable, variable)
    if problem:
        return Environment(origin=origin, interpreter=executable, problem=problem)
    layout = layout_of(prefix, os.path.realpath(executable))
    if layout is None:
        if pyvenv(prefix) is not None:
            return Environment(origin=origin, interpreter=executable, problem=f"{prefix} has no site-packages folder")
        return _asked(executable, origin)
    return _read(layout, origin, executable, environ)


def at_executable(executable: str, origin: str, environ: Mapping[str, str]) -> Environment:
    """Return the environment of an interpreter, read from the folders around it; it is started only when these do not
    tell.
    """
    real = os.path.realpath(executable)
    own, below = _prefix_of(executable), _prefix_of(real)
    # A link from elsewhere belongs to the folder where it lies only when that is a virtual environment.
    prefix = own if pyvenv(own) is not None else below
    layout = None if _is_script(real) else layout_of(prefix, real)
    return _asked(executable, origin) if layout is None else _read(layout, origin, executable, environ)


def executable_in(prefix: str) -> str:
    """Return the path of the interpreter in an environment's folder, whether or not it is there."""
    names = (("bin", "python"), ("bin", "python3"), ("Scripts", "python.exe"), ("python.exe",))
    paths = [os.path.join(prefix, *parts) for parts in names]
    return next((path for path in paths if os.path.lexists(path)), paths[0])


def _broken(prefix: str, executable: str, variable: str) -> str:
    """Return what is wrong with an environment's folder, "" when it can be looked at."""
    named = f"{variable} names {prefix}" if variable else prefix
    if not os.path.isdir(prefix):
        return f"{named}, which is {'no folder' if os.path.lexists(prefix) else 'not there'}"
    try:
        os.listdir(prefix)
    except OSError as error:
        return f"{named}, which cannot be read: {error.strerror}"
    if os.path.islink(executable) and not os.path.exists(executable):
        return f"the Python of {prefix} is gone: it was {os.path.realpath(executable)}"
    if not os.path.lexists(executable):
        return f"{named}, in which there is no Python"
    return ""


def _read(layout: Layout, origin: str, executable: str, environ: Mapping[str, str]) -> Environment:
    """Return the environment of a layout."""
    closed = next((folder for folder in layout.folders if os.path.isdir(folder) and not os.access(folder, os.R_OK)), "")
    if closed:
        return Environment(
            python=layout.python, origin=origin, interpreter=executable, problem=f"{closed} cannot be read"
        )
    folders = [
        *search_path(environ),
        *(user_site(layout.python, environ) if layout.sees_user_site else ()),
        *layout.folders,
    ]
    return assembled(folders, layout.python, origin, executable, environ)


def search_path(environ: Mapping[str, str]) -> list[str]:
    """Return the folders of PYTHONPATH."""
    return [path for path in environ.get("PYTHONPATH", "").split(os.pathsep) if path]


def user_site(python: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the folders of `pip install --user`, () when they are switched off."""
    if environ.get("PYTHONNOUSERSITE"):
        return ()
    minor = ".".join(python.split(".")[:2])
    home = os.path.expanduser("~")
    base = environ.get("PYTHONUSERBASE") or os.path.join(home, ".local")
    windows = environ.get("PYTHONUSERBASE") or os.path.join(environ.get("APPDATA", home), "Python")
    folders = (
        os.path.join(base, "lib", f"python{minor}", "site-packages"),
        os.path.join(home, "Library", "Python", minor, "lib", "python", "site-packages"),
        os.path.join(windows, "Python" + minor.replace(".", ""), "site-packages"),
    )
    return tuple(folder for folder in folders if os.path.isdir(folder))


def _asked(executable: str, origin: str) -> Environment:
    """Return the environment as its interpreter tells it."""
    from keras_doctor.environments.interpreter import environment_of

    return environment_of(executable, origin)


def _on_path(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the interpreters that `python`, then `python3`, mean on PATH, best first."""
    from keras_doctor.environments import pyenv  # not needed where an environment is active

    folders = [folder for folder in environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    suffix = ".exe" if os.name == "nt" else ""
    passed_over = []
    for name in ("python" + suffix, "python3" + suffix):
        for folder in folders:
            path = os.path.join(folder, name)
            if not (os.path.isfile(path) and os.access(path, os.X_OK)):
                continue
            if pyenv.is_shims(folder):
                path = pyenv.python(folder, name, environ)
                if not path:
                    continue  # pyenv stands back for the system's own
            if _is_own(folder):
                passed_over.append(path)
                continue
            yield path
    yield from passed_over


def _is_own(folder: str) -> bool:
    """Tell whether a folder of PATH is only there because the tool runs from it: an environment of its own, without
    any Keras.

    `uvx` and the like put it first on PATH.
    """
    if sys.prefix == sys.base_prefix or os.path.realpath(os.path.dirname(folder)) != os.path.realpath(sys.prefix):
        return False
    packages = distributions(path for path in sys.path if path.startswith(sys.prefix))
    return not any(name in packages for name in _OWN)


def _prefix_of(executable: str) -> str:
    """Return the prefix of an interpreter by its place: bin/python, Scripts/python.exe, or python.exe itself on
    Windows.
    """
    folder = os.path.dirname(executable)
    return os.path.dirname(folder) if os.path.basename(folder).lower() in ("bin", "scripts") else folder


def _is_script(path: str) -> bool:
    """Tell whether an "interpreter" is a script that starts another one."""
    try:
        with open(path, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False
