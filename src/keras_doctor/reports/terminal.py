"""Text for terminals and pipes: colour where it is wanted, width, and nothing from a file that could steer a
terminal.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
_PLAIN = {
    "✓": "ok",
    "✗": "X",
    "!": "!",
    "?": "?",
    "→": "->",
    "…": "...",
    "·": "-",
    "├": "|",
    "└": "`",
    "│": "|",
    "─": "-",
}


class Terminal:
    """Where text goes. `colour` and `unicode` say what it can show; `width` is in characters."""

    def __init__(self, stream: TextIO | None = None, colour: bool | None = None, width: int | None = None) -> None:
        self.stream = stream or sys.stdout
        tty = self.stream.isatty()
        env = os.environ
        if colour is None:
            colour = bool(env.get("FORCE_COLOR")) or (tty and not env.get("NO_COLOR") and env.get("TERM") != "dumb")
        self.colour = colour
        self.tty = tty
        encoding = (getattr(self.stream, "encoding", None) or "ascii").lower().replace("-", "")
        self.unicode = encoding.startswith("utf")
        self.width = width or _width(tty)

    def style(self, text: str, *names: str) -> str:
        """Return `text` in the named styles ("bold", "dim", "red" …)."""
        if not self.colour or not text:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"

    def print(self, text: str = "") -> None:
        """Write a line."""
        if not self.unicode:
            for fancy, plain in _PLAIN.items():
                text = text.replace(fancy, plain)
            text = text.encode("ascii", "backslashreplace").decode()
        self.stream.write(text + "\n")

    def json(self, value: Any) -> None:
        """Write a value as indented JSON. Lone surrogates (bytes of a file that are not UTF-8) are escaped."""
        import json

        text = json.dumps(value, indent=2, ensure_ascii=not self.unicode)
        self.stream.write(text.encode("utf-8", "backslashreplace").decode() + "\n")

    def paragraph(self, text: str, indent: int = 0, hanging: int | None = None) -> None:
        """Write text wrapped to the width; lines after the first are indented by `hanging`."""
        for line in wrap(text, self.width, indent, indent if hanging is None else hanging):
            self.print(line)


def _width(tty: bool) -> int:
    """Return how wide lines may be: a pipe's are not broken, so that they can be searched."""
    if not tty:
        return 1 << 20
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) >= 20:
        return min(int(columns), 200)
    try:
        return max(40, min(os.get_terminal_size().columns, 120))
    except OSError:
        return 100


def wrap(text: str, width: int, indent: int = 0, hanging: int = 0) -> list[str]:
    """Return `text` as lines of at most `width` characters, broken at spaces; a longer word stands alone."""
    lines, line = [], " " * indent
    empty = True
    for word in text.split(" "):
        if not empty and len(line) + 1 + len(word) > width:
            lines.append(line)
            line, empty = " " * hanging, True
        line += word if empty else " " + word
        empty = False
    return [*lines, line]


def clean(text: object, keep_lines: bool = False, limit: int = 2000) -> str:
    """Return text from a file as it can be shown: control and direction characters escaped, length bounded."""
    shown = str(text)
    if len(shown) > limit:
        shown = shown[:limit] + "…"
    if shown.isprintable():
        return shown
    return "".join(
        c
        if c.isprintable() or (keep_lines and c in "\n\t")
        else c.encode("unicode_escape", "backslashreplace").decode()
        for c in shown
    )


def size(count: int) -> str:
    """Return a number of bytes as people read it: "842 bytes", "42.8 kB", "1.2 GB"."""
    if count < 1000:
        return f"{count} byte{'' if count == 1 else 's'}"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.95 or unit == "TB":
            break
    return f"{value:.1f} {unit}"


def number(count: int, noun: str) -> str:
    """Return a count with its noun: "1 layer", "12,000 layers"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
