"""JSON that holds no model: error messages, notebooks, tokenizers, annotations, and whatever else is stored as JSON."""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument

FORMATS = (
    "json", "json-error", "notebook", "safetensors-index", "coco", "mxnet-symbol", "xgboost", "transformers-config",
    "tokenizer", "package-json", "training-history",
)  # fmt: skip
KIND = "text"
MAGIC = ()
PRIORITY = 60

_PARSED = 4 << 20  # larger files are known by their first keys alone
_SMALL = 1 << 16  # error messages are no longer than this
_SHOWN = 6
_ITEMS = (b"{", b"[", b"]", b'"', b"-", b"true", b"false", b"null")  # how the first item of a list begins, else a digit


def recognises(probe: Probe) -> bool:
    """Tell whether the text looks like a JSON object or list."""
    start = probe.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    inner = start[1:].lstrip()
    if start.startswith(b"["):
        return inner.startswith(_ITEMS) or inner[:1].isdigit()
    return start.startswith(b"{") and inner[:1] in (b'"', b"}")


def read(probe: Probe) -> ModelDocument:
    """Return a document that says what kind of JSON it is."""
    value: Any = None
    whole = probe.source.size <= _PARSED
    if whole:
        from keras_doctor.wire.jsontext import loads

        try:
            value = loads(probe.source.read(0, probe.source.size), probe.limits)
        except FormatError as error:
            return document(probe, "json", f" and does not parse: {error.what}", "text", parses=False)
    keys = set(value) if isinstance(value, dict) else _keys(probe.head)
    kind = next((kind for kind, test in _TESTS if test(keys, value)), "json")
    if kind == "json" and probe.source.size <= _SMALL and isinstance(value, dict) and (message := _error(value)):
        return document(probe, "json-error", f": {message}", "text", message=message)
    return document(probe, kind, _summary(value) if kind == "json" else "", "text", parses=whole)


def _keys(head: bytes) -> set[str]:
    """Return what is followed by a colon in the head: keys, of whatever depth."""
    text = head.decode("utf-8", "replace")
    found = set()
    position = text.find('":')
    while position > 0:
        found.add(text[text.rfind('"', 0, position) + 1 : position])
        position = text.find('":', position + 2)
    return found


def _history(keys: set[str], value: Any) -> bool:
    return (
        isinstance(value, dict)
        and "loss" in keys
        and all(isinstance(series, (list, dict)) for series in value.values())
    )


def _safetensors_index(keys: set[str], value: Any) -> bool:
    shards = value.get("weight_map") if isinstance(value, dict) else None
    return isinstance(shards, dict) and any(
        isinstance(name, str) and name.endswith(".safetensors") for name in shards.values()
    )


_TESTS: tuple[tuple[str, Callable[[set[str], Any], bool]], ...] = (
    ("notebook", lambda keys, value: {"cells", "nbformat"} <= keys or {"worksheets", "nbformat"} <= keys),
    ("safetensors-index", _safetensors_index),
    ("coco", lambda keys, value: "images" in keys and bool(keys & {"annotations", "categories"})),
    ("mxnet-symbol", lambda keys, value: {"nodes", "arg_nodes", "heads"} <= keys),
    ("xgboost", lambda keys, value: {"learner", "version"} <= keys),
    ("tokenizer", lambda keys, value: {"added_tokens", "model"} <= keys or "tokenizer_class" in keys),
    ("transformers-config", lambda keys, value: bool(keys & {"architectures", "transformers_version", "model_type"})),
    (
        "package-json",
        lambda keys, value: (
            {"name", "version"} <= keys and bool(keys & {"dependencies", "devDependencies", "scripts", "main"})
        ),
    ),
    ("training-history", _history),
)

# Keys under which web services say what went wrong, in the order in which they are looked for.
_MESSAGES = ("message", "error_description", "error", "errors", "detail", "msg", "fault", "reason")
_CODES = (
    "status",
    "code",
    "statusCode",
    "status_code",
    "documentation_url",
    "path",
    "timestamp",
    "success",
    "error",
    "errorCode",
    "request_id",
    "requestId",
)


def _error(value: dict[str, Any], depth: int = 0) -> str:
    """Return the message of a service's error, "" when the JSON is none."""
    if len(value) > 8 or depth > 3:
        return ""
    for key in _MESSAGES:
        said = value.get(key)
        if isinstance(said, list) and said:
            said = said[0]
        if isinstance(said, dict):
            said = _error(said, depth + 1)
        if isinstance(said, str) and said and (depth or all(other in _CODES or other in _MESSAGES for other in value)):
            code = next(
                (
                    str(value[name])
                    for name in ("status", "code", "statusCode")
                    if isinstance(value.get(name), (int, str))
                ),
                "",
            )
            text = said if not code or code in said else f"{said} ({code})"
            return " ".join(text.split())[:200]
    return ""


def _summary(value: Any) -> str:
    if isinstance(value, dict):
        names = [str(key)[:40] for key in value]
        more = ", …" if len(names) > _SHOWN else ""
        return f" (its keys: {', '.join(names[:_SHOWN])}{more})" if names else " (an empty object)"
    return f" (a list of {len(value):,})" if isinstance(value, list) else ""
