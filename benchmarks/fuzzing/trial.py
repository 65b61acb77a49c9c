"""One input through everything that `check` and `inspect` do with it."""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from fuzzing.guard import MEMORY, OVERTIME, Forbidden, Guard, Overtime
from fuzzing.inputs import Input
from fuzzing.seeds import Base
from keras_doctor import Environment, diagnose, read
from keras_doctor.document.model import ModelDocument
from keras_doctor.reports import diagnosis as diagnosis_text
from keras_doctor.reports import inspection_text, raw_tree
from keras_doctor.reports.graph_svg import svg
from keras_doctor.reports.inspection import Inspection
from keras_doctor.reports.terminal import Terminal
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.source import BytesSource, open_file

ENVIRONMENTS = (
    "python==3.11 keras==3.15.1 tensorflow==2.21.0",
    "python==3.8 tensorflow==2.10.1",
    "python==3.6 keras==2.2.4 tensorflow==1.13.1",
)
_AGAIN = 2  # how often a slow input is run again
_READ = 1 << 17  # bytes of one input's tensors that are read
_PACKAGE = f"{os.sep}keras_doctor{os.sep}"


class Failure:
    """A broken promise: the `stage`, the exception or promise (`kind`), the innermost `place` in the package."""

    __slots__ = ("kind", "message", "place", "stage")

    def __init__(self, stage: str, kind: str, place: str, message: str) -> None:
        self.stage = stage
        self.kind = kind
        self.place = place
        self.message = message

    def as_json(self) -> dict[str, str]:
        """Return the fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


class Outcome:
    """What came of one input. `reached`: its document has a config or a tensor. `cpu`: processor time; `seconds`: the
    same, since others may be busy on the machine, but wall time when the input waited for something.
    """

    __slots__ = ("cpu", "failures", "format", "peak", "reached", "seconds")

    def __init__(self) -> None:
        self.failures: list[Failure] = []
        self.format = ""
        self.reached = False
        self.seconds = 0.0
        self.cpu = 0.0
        self.peak = 0

    @property
    def interrupted(self) -> bool:
        """Whether the input was stopped before it came to an end."""
        return any(failure.kind == "Overtime" for failure in self.failures)


class Trial:
    """Runs inputs in this process. `folder`: an empty one, in memory, for inputs that are folders or several files.

    `explain` is called with every exception that counts as a failure.
    """

    def __init__(self, folder: str, explain: Callable[[BaseException], object] | None = None) -> None:
        self._folder = folder
        self._explain = explain
        self._places: dict[int, str] = {}
        self._environments = [Environment.parse(spec) for spec in ENVIRONMENTS]
        os.chdir(folder)
        self._guard = Guard(folder)
        self._stage = ""

    def warm_up(self, bases: dict[str, list[Base]]) -> None:
        """Run an untouched base of each format, so that modules are imported before anything is measured."""
        for some in bases.values():
            for base in some[:3]:
                for environment in range(len(ENVIRONMENTS)):
                    self.run(Input(-1, base, base.files, {}, [], "memory" if base.alone else "path", True, environment))

    def run(self, item: Input) -> Outcome:
        """Run one input; a slow one again, since the machine may have been busy."""
        place = self._lay_out(item) if item.door == "path" else ""
        outcome = self._once(item, place, again=False)
        left = _AGAIN
        while left and (outcome.seconds > OVERTIME or outcome.interrupted):
            outcome = self._once(item, place, again=True)
            left = 0 if outcome.interrupted else left - 1
        if outcome.seconds > OVERTIME and not outcome.interrupted:
            outcome.failures.append(Failure(self._stage, "Overtime", "", f"{outcome.seconds:.2f} s"))
        if item.door == "path":
            self._restore(item, place)
        return outcome

    def _once(self, item: Input, place: str, again: bool) -> Outcome:
        outcome = Outcome()
        guard = self._guard
        start, cpu = time.perf_counter(), time.process_time()
        error = guard.watch(lambda: self._work(item, place, outcome), again)
        wall, outcome.cpu = time.perf_counter() - start, time.process_time() - cpu
        outcome.seconds = outcome.cpu if outcome.cpu > wall / 10 else wall
        if error is not None:
            if self._explain:
                self._explain(error)
            outcome.failures.append(_failure(self._stage, error))
            error.__traceback__ = None  # it holds the document
        if not isinstance(error, Forbidden):
            outcome.failures += (Failure(self._stage, "Forbidden", "", what) for what in guard.tried())
        if guard.leaked():
            outcome.failures.append(Failure("after", "open file", "", "a file stays open"))
        outcome.peak = guard.peak()
        if outcome.peak > MEMORY + item.size:
            outcome.failures.append(Failure("memory", "peak", "", f"{outcome.peak >> 20} MB"))
        return outcome

    def _work(self, item: Input, place: str, outcome: Outcome) -> None:
        self._stage = "read"
        document = self._read(item, place)
        outcome.format = document.format
        outcome.reached = document.config is not None or any(True for _ in document.tensors())
        self._examine(item, document, outcome)
        if item.door == "path":
            self._stage = "raw tree"
            _show(raw_tree.show, document.path)

    def _read(self, item: Input, place: str) -> ModelDocument:
        entry = item.base.entry
        if item.door == "memory":
            return read(entry, BytesSource(item.files[entry], entry), deep=item.deep)
        if item.door == "seekable":
            return read(entry, open_file(io.BytesIO(item.files[entry]), entry), deep=item.deep)
        return read(os.path.join(place, entry), deep=item.deep)

    def _examine(self, item: Input, document: ModelDocument, outcome: Outcome) -> None:
        """Do all that the command line does with a document. Only tensors may refuse, with `FormatError`."""
        if item.whole and document.config is None:
            outcome.failures.append(Failure("read", "config lost", document.format, f"{document.damage}"[:300]))
        self._stage = "tensors"
        self._read_tensors(document, outcome)
        self._stage = "layers"
        for layer in document.layers:
            repr(layer.inbound)
        repr((document, document.provenance, document.damage, document.oddities, document.parameters))
        self._stage = "diagnose"
        diagnosis = diagnose(document, self._environments[item.environment])
        self._stage = "diagnosis as JSON"
        self._as_json(item, diagnosis.to_json())
        self._stage = "diagnosis as text"
        _show(diagnosis_text.show, diagnosis)
        self._stage = "inspection"  # it infers the layers' shapes
        inspection = Inspection(document)
        self._stage = "inspection as JSON"
        self._as_json(item, inspection.to_json())
        self._stage = "inspection as text"
        _show(inspection_text.show, inspection)
        self._stage = "picture"
        _encode(svg(inspection))

    def _as_json(self, item: Input, value: Any) -> None:
        """Write a value as JSON; as the command line does, which takes three times as long, for one input in six."""
        if item.door == "memory":
            json.dumps(value)
        else:
            _show(lambda value, terminal: terminal.json(value), value)

    def _read_tensors(self, document: ModelDocument, outcome: Outcome) -> None:
        left = _READ
        for tensor in (*document.tensors(), *document.training.slots, *document.training.metric_state):
            str(tensor.locus)
            total = 0
            try:
                for piece in tensor.chunks():
                    total += len(piece)
                    if total > left:
                        break
                else:
                    if total != tensor.nbytes and tensor.dtype != "string":
                        what = f"{tensor!r} gives {total} bytes, says {tensor.nbytes}"
                        outcome.failures.append(Failure("tensors", "other size", document.format, what[:300]))
            except FormatError:
                pass
            left -= total
            if left < 0:
                return
        for asset in document.assets[:8]:
            try:
                left -= len(asset.read())
            except FormatError:
                pass
            if left < 0:
                return

    def _lay_out(self, item: Input) -> str:
        """Write the input's files, of which the untouched ones are there already; return the folder."""
        base = item.base
        place = self._places.get(id(base))
        if place is None:
            place = self._places[id(base)] = os.path.join(self._folder, f"{len(self._places)}", "model")
            for name, data in base.files.items():
                _write(os.path.join(place, name), data)
        for name, data in item.files.items():
            if data is not base.files[name]:
                _write(os.path.join(place, name), data)
        for name in base.names:
            if name not in item.files:
                os.remove(os.path.join(place, name))
        for name, kind in item.others.items():
            _MAKERS[kind](os.path.join(place, name))
        return place

    def _restore(self, item: Input, place: str) -> None:
        for name, kind in item.others.items():
            (os.rmdir if kind == "folder" else os.remove)(os.path.join(place, name))
        for name, data in item.base.files.items():
            if item.files.get(name) is not data:
                _write(os.path.join(place, name), data)


_MAKERS: dict[str, Callable[[str], None]] = {
    "folder": os.mkdir,
    "pipe": os.mkfifo,
    "link to itself": lambda path: os.symlink(path, path),
    "link to nothing": lambda path: os.symlink("nothing", path),
    "link to the folder": lambda path: os.symlink(".", path),
}


class _Screen(io.StringIO):
    """Text for a terminal that shows Unicode."""

    encoding = "utf-8"


def _show(report: Callable[[Any, Terminal], object], subject: Any) -> None:
    """Write a report as the command line does to a terminal of UTF-8."""
    screen = _Screen()
    report(subject, Terminal(screen, False, 100))
    _encode(screen.getvalue())


def _encode(text: str) -> None:
    """Encode text as standard output does, which raises for what cannot be."""
    text.encode()


def _write(path: str, data: bytes) -> None:
    try:
        with open(path, "wb") as file:
            file.write(data)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path))
        _write(path, data)


def _failure(stage: str, error: BaseException) -> Failure:
    try:
        message = str(error)[:300]
    except Exception:
        message = "?"
    kind = "Overtime" if isinstance(error, Overtime) else type(error).__name__
    return Failure(stage, kind, _place(error.__traceback__), message)


def _place(traceback: TracebackType | None) -> str:
    """Return the innermost frame inside the package, "file:line function"."""
    found: Any = None
    while traceback is not None:
        if _PACKAGE in traceback.tb_frame.f_code.co_filename:
            found = traceback
        traceback = traceback.tb_next
    if found is None:
        return ""
    code = found.tb_frame.f_code
    file = code.co_filename.rpartition(_PACKAGE)[2].replace(os.sep, "/")
    return f"{file}:{found.tb_lineno} {code.co_name}"


def scratch() -> str:
    """Return where folders can be in memory: /dev/shm, else "" for the usual temporary folder."""
    return "/dev/shm" if sys.platform == "linux" and os.access("/dev/shm", os.W_OK) else ""
