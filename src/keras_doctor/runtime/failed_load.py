"""From an exception to the load that it ended: which file, with which arguments, by which Keras."""

from __future__ import annotations

import os

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType, TracebackType
    from typing import Any

_LOADS = ("load_model", "load_weights")
# Other functions that come from a model to what is stored, or back.
_NEAR = (
    "save", "save_model", "save_weights", "export", "model_from_json", "model_from_yaml", "model_from_config",
    "from_config", "to_json", "get_config", "clone_model", "on_epoch_end", "deserialize_keras_object",
    "serialize_keras_object",
)  # fmt: skip
_KERASES = ("keras", "tf_keras", "tensorflow", "tensorflow_core", "keras_core")
_PATHS = ("filepath", "path", "model_path")
_MOST_FRAMES = 1000
_MOST_ERRORS = 20


@record
class FailedLoad:
    """One call of a loading function. `path` is "" when it was given no path; `package` is the Keras that it is of."""

    function: str
    path: str
    package: str
    compile: bool = True
    safe_mode: bool = True
    custom_objects: tuple[str, ...] = ()


def failed_load(error: BaseException) -> FailedLoad | None:
    """Return the outermost call of a loading function of Keras that an exception went through, None when there is none.

    The frames are looked at and left as they are. From TensorFlow 2.7 on Keras takes its own frames out of tracebacks;
    what remains is a handler that knows which function it stands for, and its arguments.
    """
    for frame in _frames(error):
        found = _call(frame)
        if found is not None:
            return found
    return None


def touches_keras(error: BaseException) -> bool:
    """Tell whether an exception passed through Keras, TensorFlow or h5py, or is of an import of them."""
    return of_import(error) or any(_package(frame) in (*_KERASES, "h5py") for frame in _frames(error))


def of_import(error: BaseException) -> bool:
    """Tell whether Keras, TensorFlow or h5py could not be imported."""
    return isinstance(error, ImportError) and (error.name or "").partition(".")[0] in (*_KERASES, "h5py")


def near_a_load(error: BaseException) -> bool:
    """Tell whether an exception passed through a function of Keras that saves a model, or makes one from a config."""
    return any(frame.f_code.co_name in _NEAR and _package(frame) in _KERASES for frame in _frames(error))


def _frames(error: BaseException) -> Iterator[FrameType]:
    """Yield the frames of an exception, then those of the ones that it was raised from or after."""
    seen: list[BaseException] = []
    next_one: BaseException | None = error
    while next_one is not None and len(seen) < _MOST_ERRORS and not any(next_one is one for one in seen):
        seen.append(next_one)
        trace: TracebackType | None = next_one.__traceback__
        for _ in range(_MOST_FRAMES):
            if trace is None:
                break
            yield trace.tb_frame
            trace = trace.tb_next
        next_one = next_one.__cause__ or (None if next_one.__suppress_context__ else next_one.__context__)


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _call(frame: FrameType) -> FailedLoad | None:
    package = _package(frame)
    if package not in _KERASES:
        return None
    name = frame.f_code.co_name
    if name in _LOADS:
        return _load(name, package, frame.f_locals)
    if name == "error_handler":
        function = frame.f_locals.get("fn")
        name = str(getattr(function, "__name__", ""))
        if name in _LOADS:
            code = getattr(function, "__code__", None)
            names = code.co_varnames[: code.co_argcount] if code is not None else ("filepath",)
            given = dict(zip(names, frame.f_locals.get("args", ()), strict=False))
            return _load(name, package, {**given, **frame.f_locals.get("kwargs", {})})
    return None


def _load(name: str, package: str, arguments: Mapping[str, Any]) -> FailedLoad:
    path = next((arguments[key] for key in _PATHS if key in arguments), None)
    custom = arguments.get("custom_objects")
    return FailedLoad(
        function=name,
        path=os.fspath(path) if isinstance(path, str | os.PathLike) else "",
        package=package,
        compile=arguments.get("compile") is not False,
        safe_mode=arguments.get("safe_mode") is not False,
        custom_objects=tuple(str(key) for key in custom) if isinstance(custom, dict) else (),
    )
