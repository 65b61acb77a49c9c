"""JSON from untrusted text, bounded, without importing `json`.

`json` imports `re`, which costs a third of a check's whole time, for two things that a reader of files does not need.
The C scanner behind it is asked directly; where an interpreter has none, `json` itself is used. Same grammar, same
results: NaN and Infinity are accepted as Python's own writer emits them.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_BLANK = " \t\n\r"
_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class _Strict:
    """What the C scanner asks of a decoder."""

    strict = (
        False  # control characters inside strings: files have them, and Python's reader of configs accepts them too
    )
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = _CONSTANTS.__getitem__
    memo: dict[str, str] = {}  # noqa: RUF012


def _scanner() -> Callable[[str, int], tuple[Any, int]]:
    try:
        from _json import make_scanner

        scan: Callable[[str, int], tuple[Any, int]] = make_scanner(_Strict)  # type: ignore[arg-type]
        scan("0", 0)
        return scan
    except (ImportError, AttributeError, TypeError):  # pragma: no cover - an interpreter without the accelerator
        import json

        return json.JSONDecoder(strict=False).raw_decode


_scan = None


def loads(text: bytes | str, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Parse JSON text. Raises `FormatError` (with the byte offset where known) or `LimitExceeded`.

    The count of containers is bounded before anything is built, since `[],` costs 3 bytes in a file and 64 in memory.
    """
    global _scan
    most = limits.text_bytes if text.isascii() else limits.text_bytes // 4
    if len(text) > most:
        raise LimitExceeded(f"{len(text)} bytes of JSON, more than {most}")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig" if text[:3] == b"\xef\xbb\xbf" else "utf-8")
        except UnicodeDecodeError as error:
            raise FormatError("the text is not UTF-8", error.start) from None
    if text.count("[") + text.count("{") > limits.json_containers:
        raise LimitExceeded(f"more than {limits.json_containers} lists and objects in one JSON text")
    if text.count(",") > limits.json_values:
        raise LimitExceeded(f"more than {limits.json_values} values in one JSON text")
    start = len(text) - len(text.lstrip(_BLANK)) if text[:1] in _BLANK else 0
    if start == len(text):
        raise FormatError("the text is empty", 0)
    if _scan is None:
        _scan = _scanner()
    try:
        value, end = _scan(text, start)
    except StopIteration as stop:
        raise FormatError("not JSON: a value is missing", _bytes_before(text, stop.value)) from None
    except RecursionError:
        raise LimitExceeded("JSON nested too deep") from None
    except (ValueError, SystemError):  # some releases of Python raise SystemError where `json` is not imported
        raise _explained(text) from None
    if rest := text[end:].lstrip(_BLANK):
        raise FormatError("not JSON: text after the end of the value", _bytes_before(text, len(text) - len(rest)))
    return value


def _explained(text: str) -> FormatError:
    """Return what is wrong with text that is known not to be JSON, in the words of `json`."""
    import json

    try:
        json.JSONDecoder(strict=False).decode(text)
    except json.JSONDecodeError as error:
        return FormatError(f"not JSON: {error.msg}", _bytes_before(text, error.pos))
    except RecursionError:
        return LimitExceeded("JSON nested too deep")
    except ValueError as error:  # an integer of more than 4300 digits
        return FormatError(f"not JSON: {error}")
    return FormatError("not JSON")


def _bytes_before(text: str, position: int | None) -> int | None:
    """Return the byte offset of a character position."""
    return None if position is None else len(text[:position].encode("utf-8", "surrogatepass"))
