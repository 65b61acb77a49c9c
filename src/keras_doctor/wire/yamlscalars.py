"""Scalars of YAML 1.1: what plain text means, quoted text, block text.

Sources: yaml.org/spec/1.1 (5.6, 9), PyYAML's resolver.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CONSTANTS: dict[str, Any] = {"": None, "~": None}
for _word, _value in (
    ("null", None), ("yes", True), ("no", False), ("true", True), ("false", False), ("on", True), ("off", False),
    (".inf", float("inf")), ("+.inf", float("inf")), ("-.inf", float("-inf")), (".nan", float("nan")),
):  # fmt: skip
    _CONSTANTS.update({_word: _value, _word.upper(): _value, _word.capitalize(): _value})
_CONSTANTS.update({".Inf": float("inf"), "+.Inf": float("inf"), "-.Inf": float("-inf"), ".NaN": float("nan")})

_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_CODES = {"x": 2, "u": 4, "U": 8}
_DIGITS = 4000  # of a whole number; Python refuses more than 4300


def resolved(text: str) -> Any:
    """Return what plain text means: null, a truth value, a number, or itself."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "0123456789+-.":
        number = _number(text)
        if number is not None:
            return number
    return text


def _number(text: str) -> int | float | None:
    body = text.replace("_", "")
    sign = -1 if body.startswith("-") else 1
    digits = body[1:] if body[:1] in ("+", "-") else body
    if len(digits) > _DIGITS or not digits.isascii():
        return None
    try:
        if ":" in digits:  # base 60: 190:20:30
            first, *rest = digits.split(":")
            if not first[:1].isdigit() or not all(part[:1].isdigit() and float(part) < 60 for part in rest):
                return None
            value: float = int(first)
            for part in rest:
                value = value * 60 + (float(part) if "." in part else int(part))
            return sign * value
        if digits.isdigit():
            return sign * (int(digits, 8) if digits[0] == "0" and len(digits) > 1 else int(digits))
        if digits[:2] in ("0x", "0b"):
            return sign * int(digits[2:], 16 if digits[1] == "x" else 2)
        mantissa, mark, exponent = digits.lower().partition("e")
        whole, dot, part = mantissa.partition(".")
        # PyYAML wants the dot, a digit before it where there is a sign, and a sign before the exponent: 1e-3 is text.
        if not whole and digits is not body:
            return None
        if dot and (whole + part).isdigit() and (not mark or (exponent[:1] in ("+", "-") and exponent[1:].isdigit())):
            return sign * float(digits)
    except ValueError:  # digits that the base has not
        return None
    return None


def double_quoted(text: str, start: int) -> tuple[str, int]:
    """Return the text between double quotes, the first at `start`, and where it ends. Raises `FormatError`."""
    pieces: list[str] = []
    signs = _Next(text, '"\\\n')
    at = start + 1
    while True:
        end = signs.after(at)
        if end == len(text):
            raise FormatError("quoted text does not end", start)
        pieces.append(text[at:end])
        sign = text[end]
        if sign == '"':
            return _paired("".join(pieces)), end + 1
        if sign == "\n":
            pieces[-1] = pieces[-1].rstrip(" \t")
            breaks, at = _line_breaks(text, end)
            pieces.append(breaks)
            continue
        code = text[end + 1 : end + 2]
        at = end + 2
        if code in _CODES:
            digits = text[at : at + _CODES[code]]
            at += _CODES[code]
            try:
                pieces.append(chr(int(digits, 16)))
            except (ValueError, OverflowError):
                raise FormatError(f"\\{code}{digits} is no character", end) from None
        elif code == "\n":  # an escaped line end is none, and spaces after it do not count
            _, at = _line_breaks(text, end + 1)
            pieces.append("\n" * (text.count("\n", end + 1, at) - 1))
        elif code in _ESCAPES and code:
            pieces.append(_ESCAPES[code])
        else:
            raise FormatError(f"the escape \\{code} does not exist", end)


def single_quoted(text: str, start: int) -> tuple[str, int]:
    """Return the text between single quotes, the first at `start`, and where it ends. Raises `FormatError`."""
    pieces: list[str] = []
    signs = _Next(text, "'\n")
    at = start + 1
    while True:
        end = signs.after(at)
        if end == len(text):
            raise FormatError("quoted text does not end", start)
        pieces.append(text[at:end])
        if text[end] == "\n":
            pieces[-1] = pieces[-1].rstrip(" \t")
            breaks, at = _line_breaks(text, end)
            pieces.append(breaks)
        elif text.startswith("''", end):
            pieces.append("'")
            at = end + 2
        else:
            return "".join(pieces), end + 1


class _Next:
    """Where the next of some signs stands; each sign is looked for again only when it was passed."""

    def __init__(self, text: str, signs: str) -> None:
        self._text = text
        self._places = dict.fromkeys(signs, -1)

    def after(self, at: int) -> int:
        """Return the first place from `at` on, the end of the text when there is none."""
        for sign, place in self._places.items():
            if place < at:
                found = self._text.find(sign, at)
                self._places[sign] = len(self._text) if found < 0 else found
        return min(self._places.values())


def _line_breaks(text: str, at: int) -> tuple[str, int]:
    """Fold the line end at `at` and the blank lines after it: one is a space, each further one a line end."""
    breaks = 0
    while at < len(text) and text[at] in "\n \t":
        breaks += text[at] == "\n"
        at += 1
    return " " if breaks == 1 else "\n" * (breaks - 1), at


def _paired(text: str) -> str:
    """Join surrogates, which Python 2 wrote for characters beyond U+FFFF."""
    if not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def block_text(text: str, start: int, parent: int) -> tuple[str, int]:
    """Return the text of a `|` or `>` at `start`, in a node indented by `parent`, and where it ends.

    Raises `FormatError`.
    """
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    header = text[start + 1 : line_end].partition(" #")[0].strip()
    chomping = "".join(sign for sign in header if sign in "+-")
    width = "".join(sign for sign in header if sign not in "+-")
    if len(chomping) > 1 or not (width == "" or (width.isdigit() and width != "0" and len(width) == 1)):
        raise FormatError(f"block text cannot begin with {header!r}", start)
    indent = max(parent, 0) + int(width) if width else 0
    lines: list[str] = []
    at = line_end + 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        content = line.lstrip(" ")
        depth = len(line) - len(content)
        if content:
            indent = indent or depth
            if depth < indent or depth <= parent:
                break
        lines.append(line[indent:] if content else line[indent:] if indent and depth > indent else "")
        at = end + 1
    kept = len(lines)
    while kept and not lines[kept - 1].strip(" "):
        kept -= 1
    body = "\n".join(lines[:kept]) if text[start] == "|" else _folded(lines[:kept])
    end_of_body = "\n" if kept and chomping != "-" else ""
    if chomping == "+":
        end_of_body = "\n" * (len(lines) - kept + bool(kept))
    return body + end_of_body, min(at, len(text))


def _folded(lines: list[str]) -> str:
    """Join the lines of a `>`: with spaces, but for blank and further indented ones."""
    pieces: list[str] = []
    blanks = 0
    after_more = True  # nothing is joined to the first line
    for line in lines:
        if not line:
            blanks += 1
            continue
        more = line[0] in " \t"
        if not pieces:
            pieces.append("\n" * blanks)
        elif blanks or more or after_more:
            pieces.append("\n" * (blanks + (more or after_more)))
        else:
            pieces.append(" ")
        pieces.append(line)
        blanks, after_more = 0, more
    return "".join(pieces)
