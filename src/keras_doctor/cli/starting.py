"""Brings the modules that a command needs in one go.

A check imports about a hundred and twenty small modules. Reading and running them takes 5 ms; searching for each,
opening its file, and all that Python does around an import takes twice that, more than the rest of the check. So the
installed command keeps the bytecode of what it imported last time in one file, in `__pycache__` beside Python's own,
and starts the same modules in the same order before it begins. As with Python's own cache, code is used for a source of
the same size and time alone, nothing is written where Python is told not to, and without the file all goes the usual
way.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import BinaryIO

    from keras_doctor.cli.finding import Finder

    # A module, whether it is a package, size and time of its source, its code.
    Entry = tuple[str, bool, int, int, CodeType]

_MARK = b"keras-doctor start 3\n"  # what else is there is not unmarshalled: it may ask for all memory there is
_OCCASIONS = 12  # that are remembered: a megabyte each
_PIECE = 8  # modules that are unmarshalled at once: fewer share less, more touch memory that nothing else needed


class Start:
    """What a package's command imports, by occasion.

    The file: a mark, an index, which says how long the pieces of each occasion's part are, and the parts; index and
    pieces as `marshal` writes them. What cannot be read counts as empty.
    """

    def __init__(self, finder: Finder, path: str) -> None:
        self._finder = finder
        self._path = path
        self._brought = 0
        self._broken = False
        self._placed: dict[str, ModuleType] = {}  # packages that are there and not yet run

    def bring(self, occasion: str) -> None:
        """Start the modules of an occasion, as far as their sources are the same."""
        try:
            with open(self._path, "rb") as file:
                begin, lengths = _index(file).get(occasion, (0, ()))
                file.seek(begin)
                for length in lengths:
                    if not all(map(self._fits, marshal.loads(file.read(length)))):
                        break
        except (OSError, ValueError, EOFError, TypeError):
            pass
        for name in self._placed:  # packages whose own turn did not come: left to Python
            sys.modules.pop(name, None)

    def _fits(self, entry: Entry) -> bool:
        """Start one module; tell whether its source is the same, and it went well."""
        name, package, size, time, code = entry
        if name in sys.modules and name not in self._placed:
            return True
        spec = self._finder.spec(name, package)
        return _source(spec.origin) == (size, time) and self._start(name, spec, code)

    def _start(self, name: str, spec: ModuleSpec, code: CodeType) -> bool:
        """Make a module of its code, as an import would; tell whether it went well."""
        parent, _, last = name.rpartition(".")
        if parent not in sys.modules:  # a package is there before its modules, and done after those that it imports
            self._placed[parent] = sys.modules[parent] = _module(parent, self._finder.spec(parent, True))
        module = self._placed.pop(name, None)
        if module is None:
            module = sys.modules[name] = _module(name, spec)
        try:
            exec(code, module.__dict__)  # our own: what Python's cache of this package's source has
        except Exception:
            del sys.modules[name]
            self._broken = True  # writing it down again would not help
            return False
        setattr(sys.modules[parent], last, module)
        self._finder.order.append(name)
        self._brought += 1
        return True

    def remember(self, occasion: str) -> None:
        """Write down what has been imported by now, unless all of it was brought."""
        names = self._finder.order
        if sys.dont_write_bytecode or self._brought == len(names) or self._broken:
            return
        parts: dict[str, list[bytes]] = {}
        try:
            with open(self._path, "rb") as file:
                for other, (begin, lengths) in _index(file).items():
                    file.seek(begin)
                    parts[other] = [file.read(length) for length in lengths]
        except (OSError, ValueError, EOFError, TypeError):
            pass
        parts.pop(occasion, None)
        entries = [entry for entry in map(self._entry, names) if entry is not None]
        pieces = [tuple(entries[at : at + _PIECE]) for at in range(0, len(entries), _PIECE)]
        parts[occasion] = [marshal.dumps(piece) for piece in pieces]
        parts = dict(list(parts.items())[-_OCCASIONS:])
        index = marshal.dumps({other: tuple(map(len, part)) for other, part in parts.items()})
        temporary = f"{self._path}.{os.getpid()}"
        try:
            with open(temporary, "xb") as file:
                file.write(b"".join((_MARK, index, *(piece for part in parts.values() for piece in part))))
            os.replace(temporary, self._path)
        except OSError:
            pass

    def _entry(self, name: str) -> Entry | None:
        """Return what is kept of a module: its code is what Python's loader makes."""
        spec = self._finder.find_spec(name)
        source = _source(spec.origin) if spec is not None else None
        if spec is None or spec.loader is None or source is None:
            return None
        return name, spec.submodule_search_locations is not None, *source, spec.loader.get_code(name)  # type: ignore[attr-defined]


def _index(file: BinaryIO) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Return where in a file the part of each occasion begins, and the lengths of its pieces. Raises what `marshal`
    does, and `OSError`.
    """
    places: dict[str, tuple[int, tuple[int, ...]]] = {}
    if file.read(len(_MARK)) == _MARK:
        index = marshal.load(file)
        at = file.tell()
        for occasion, lengths in index.items():
            places[occasion] = at, lengths
            at += sum(lengths)
    return places


def _source(path: str | None) -> tuple[int, int] | None:
    try:
        found = os.stat(path or "")
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _module(name: str, spec: ModuleSpec) -> ModuleType:
    """Return the empty module of a spec."""
    module: ModuleType = type(sys)(name)
    module.__dict__.update(__spec__=spec, __loader__=spec.loader, __file__=spec.origin, __package__=spec.parent)
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    return module
