"""Finds this package's modules where they must lie, instead of searching for them.

For each import Python asks every finder and every kind of file in turn. A check imports some seventy small modules, and
the search is a sixth of what it costs beyond Python's own start. Only the search is replaced: Python's own loader
loads, with its own checks of cached bytecode. The installed command alone does this; whoever imports the package is
left alone.
"""

from __future__ import annotations

import os
import sys

import keras_doctor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


class Finder:
    """Knows the modules of one package that lies in one folder."""

    def __init__(self, package: ModuleType) -> None:
        spec: Any = package.__spec__
        self._prefix = package.__name__ + "."
        self._folder: str = spec.submodule_search_locations[0] + os.sep
        # The classes that found and load the package itself: importing them by name costs a whole module each.
        self._spec, self._loader = type(spec), _noting(type(spec.loader), self)
        # How names in `__pycache__` end, unless bytecode is kept elsewhere.
        stem = os.path.join(self._folder, "__pycache__", "__init__")
        cached = spec.cached or ""
        self._ending = cached[len(stem) :] if cached.startswith(stem) else ""
        self.cache = f"{stem[: -len('__init__')]}start{self._ending}" if self._ending else ""
        self.order: list[str] = []  # what was loaded, in the order in which it was done

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to load a module of the package; None, so that the next finder is asked, when there is none."""
        if not name.startswith(self._prefix):
            return None
        place = self.place(name)
        try:
            os.stat(place + ".py")
        except OSError:
            if not os.path.exists(f"{place}{os.sep}__init__.py"):
                return None
            return self.spec(name, True)
        return self.spec(name, False)

    def place(self, name: str) -> str:
        """Return the path of a module without its ending, that of the folder when it is a package."""
        return self._folder + name[len(self._prefix) :].replace(".", os.sep)

    def spec(self, name: str, package: bool) -> ModuleSpec:
        """Return how to load a module that is there."""
        place = self.place(name)
        folders = [place] if package else None
        if package:
            place += os.sep + "__init__"
        file = place + ".py"
        spec: ModuleSpec = self._spec(name, self._loader(name, file), origin=file, is_package=package)
        spec.submodule_search_locations = folders
        spec.has_location = True
        if self._ending:  # said here, or found out at some length for each module
            folder, sep, last = place.rpartition(os.sep)
            spec.cached = f"{folder}{sep}__pycache__{sep}{last}{self._ending}"
        return spec


def _noting(base: Any, finder: Finder) -> Any:
    """Return Python's loader of source files, which notes what it has loaded."""

    class Loader(base):  # type: ignore[misc]
        def exec_module(self, module: ModuleType) -> None:
            super().exec_module(module)
            finder.order.append(module.__name__)

    return Loader


def install() -> Finder | None:
    """Ask this finder first, where the package is a plain folder of source files; return it."""
    spec: Any = keras_doctor.__spec__
    if type(spec.loader).__name__ != "SourceFileLoader" or len(spec.submodule_search_locations) != 1:
        return None
    finder = Finder(keras_doctor)
    sys.meta_path.insert(0, finder)
    return finder
