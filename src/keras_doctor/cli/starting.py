"""Brings the modules that a command needs in one go.

A check imports about a hundred and twenty small modules. Reading and running them takes 4 ms; searching for each,
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

    from keras_doctor.cli.finding import Finder

    # Size and time of a source, and where its code stands among the codes: offset and length.
    Entry = tuple[int, int, int, int]

_VERSION = 1
_OCCASIONS = 24  # that are remembered


class Start:
    """What a package's command imports, by occasion.

    The file: the length of the index (8 bytes), the index, the codes; index and codes as `marshal` writes them. What
    cannot be read counts as empty.
    """

    def __init__(self, finder: Finder, path: str) -> None:
        self._finder = finder
        self._path = path
        self._occasions: dict[str, tuple[str, ...]] = {}
        self._index: dict[str, Entry] = {}
        self._codes: bytes | memoryview = b""
        self._brought = 0
        self._broken = False
        self._placed: dict[str, ModuleType] = {}  # packages that are there and not yet run
        try:
            with open(path, "rb") as file:
                data = file.read()
            end = 8 + int.from_bytes(data[:8], "little")
            version, occasions, index = marshal.loads(data[8:end])
            if version == _VERSION:
                self._occasions, self._index, self._codes = occasions, index, memoryview(data)[end:]
        except (OSError, ValueError, EOFError, TypeError):
            pass

    def bring(self, occasion: str) -> None:
        """Start the modules of an occasion, as far as their sources are the same."""
        for name in self._occasions.get(occasion, ()):
            if name in sys.modules and name not in self._placed:
                continue
            spec = self._finder.find_spec(name)
            entry = self._index.get(name)
            if spec is None or entry is None or entry[:2] != _source(spec.origin) or not self._start(name, spec, entry):
                break
        for name in self._placed:  # packages whose own turn did not come: left to Python
            sys.modules.pop(name, None)

    def _start(self, name: str, spec: ModuleSpec, entry: Entry) -> bool:
        """Make a module of its code, as an import would; tell whether it went well."""
        parent, _, last = name.rpartition(".")
        if parent not in sys.modules:  # a package is there before its modules, and done after those that it imports
            around = self._finder.find_spec(parent)
            if around is None:
                return False
            self._placed[parent] = sys.modules[parent] = _module(parent, around)
        module = self._placed.pop(name, None)
        if module is None:
            module = sys.modules[name] = _module(name, spec)
        code: CodeType = marshal.loads(self._codes[entry[2] : entry[2] + entry[3]])
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
        names = tuple(self._finder.order)
        if sys.dont_write_bytecode or self._brought == len(names) or self._broken:
            return
        occasions = dict(list(self._occasions.items())[-_OCCASIONS:])
        occasions[occasion] = names
        index: dict[str, Entry] = {}
        codes = bytearray()
        for name in sorted({name for several in occasions.values() for name in several}):
            made = self._code(name)
            if made is not None:
                size, time, code = made
                index[name] = size, time, len(codes), len(code)
                codes += code
        head = marshal.dumps((_VERSION, occasions, index))
        temporary = f"{self._path}.{os.getpid()}"
        try:
            with open(temporary, "xb") as file:
                file.write(len(head).to_bytes(8, "little") + head + codes)
            os.replace(temporary, self._path)
        except OSError:
            pass

    def _code(self, name: str) -> tuple[int, int, bytes] | None:
        """Return size and time of a module's source, and its code: what is kept, or what Python's loader makes."""
        spec = self._finder.find_spec(name)
        source = _source(spec.origin) if spec is not None else None
        if spec is None or spec.loader is None or source is None:
            return None
        entry = self._index.get(name)
        if entry is not None and entry[:2] == source:
            return *source, bytes(self._codes[entry[2] : entry[2] + entry[3]])
        code = spec.loader.get_code(name)  # type: ignore[attr-defined]
        return *source, marshal.dumps(code)


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
