"""A pasted text made plain: bounded, without colours, markup, quotation marks of mails and control characters, in lines
that are not broken where the terminal ended.

Whatever is pasted (a log of 100 MB, a binary, a notebook) comes out as at most `LIMIT` characters of printable text and
line feeds.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 200_000  # characters that are looked at
_HEAD = 8_000  # of them from the beginning, where people say which versions they have
_AROUND = 60_000  # around the last traceback, when it does not stand at the end
_FEW_LINES = 400_000  # what is cut down before any regular expression sees it
_MOST_BYTES = 2 * _FEW_LINES + _AROUND
_MARKS = ("Traceback (most recent call last)", "Error:", "Exception:")

_COLOURS = r"\x1b\[[0-9;?:]*[ -/]*[@-~]|\x1b\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|\x9b[0-9;]*m"
_BARE_COLOURS = (
    r"\^\[\[[0-9;]*[mK]|\\(?:u001b|x1b|033)\[[0-9;]*[mK]|(?<![\w.\])])\[(?:\d{1,2}(?:;\d{1,3}){1,4}|0|[39][0-7])m"
)
_TAGS = (
    r"</?(?:pre|br|div|span|code|p|font|b|i|em|strong|a|table|tbody|tr|td|th|html|body|head|h[1-6]|li|ul|ol"
    r"|samp|kbd|tt|"
    r"blockquote|section|details|summary|img|hr|script|style|sub|sup|small|mark|u)(?:\s[^<>]{0,400})?/?>"
)
_QUOTE = r"^[ \t]*(?:>[ \t]?|[│|]\s)+"
_STAMP = (
    r"^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?[ :]?\s?"
    r"|[\w.-]+\[\d+\]: |[\w.-]{1,30}\s{0,4}\| )(?:\[?(?:ERROR|CRITICAL|WARNING|INFO|DEBUG)\]?:?\s)?"
)


def plain(given: str | bytes) -> str:
    """Return a pasted text as plain lines. Never raises, whatever is given."""
    text = _decoded(given) if isinstance(given, bytes | bytearray | memoryview) else str(given)
    text = _bounded(text)
    text = _unwrapped_json(text)
    for clean in (_without_colours, _without_markup, _without_controls, _without_quotes, _without_breaks):
        text = clean(text)
    return text[-LIMIT:] if len(text) > LIMIT else text


def _decoded(data: bytes | bytearray | memoryview) -> str:
    if len(data) > _MOST_BYTES:
        place = bytes(data).rfind(_MARKS[0].encode())
        kept = bytes(data[place : place + _AROUND // 2]) if place >= 0 else b""
        data = b"\n".join((bytes(data[:_FEW_LINES]), kept, bytes(data[-_FEW_LINES:])))
    data = bytes(data)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):  # what `> log.txt` of an old PowerShell writes
        return data.decode("utf-16", "replace")
    if data[:200].count(0) > len(data[:200]) // 3:
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")


def _bounded(text: str) -> str:
    """Return the beginning and the end of a long text, and what stands around its last traceback."""
    if len(text) <= LIMIT:
        return text
    tail = text[-(LIMIT - _HEAD - _AROUND) :]
    middle = ""
    if not any(mark in tail for mark in _MARKS):
        places = [text.rfind(mark) for mark in _MARKS]
        place = max(places)
        if place >= 0:
            start = places[0] if 0 <= place - places[0] < _AROUND // 2 else place
            middle = text[max(0, start - _AROUND // 4) : start + _AROUND // 2]
    return "\n".join((text[:_HEAD], middle, tail))


def _unwrapped_json(text: str) -> str:
    """Return the strings of a notebook, an editor's error report or a log line in JSON as the text that they are."""
    if "\\n" not in text or '"' not in text:
        return text
    if not re.search(r'"(?:traceback|evalue|stack|message|text|error|log|msg|exc_info|detail)"\s*:', text):
        return text
    opened = re.sub(r'"\s*,\s*\n?\s*"', "\n", text)  # the lines of a "traceback" are a list of strings
    opened = re.sub(r"\\+n", "\n", opened)
    opened = re.sub(r"\\+t", "\t", opened)
    return re.sub(r"\\+([\"'])", r"\1", opened)


def _without_colours(text: str) -> str:
    if "\x1b" in text or "\x9b" in text:
        text = re.sub(_COLOURS, "", text)
    if "[0" in text or "[1" in text or "[3" in text:
        text = re.sub(_BARE_COLOURS, "", text)
    return text


def _without_markup(text: str) -> str:
    for _ in range(2):  # an escaped page that was escaped once more
        if "&" in text and re.search(r"&(?:lt|gt|amp|quot|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,5});", text):
            import html

            text = html.unescape(text)
    if "<" in text:
        text = re.sub(r"<br\s*/?>|</(?:div|p|tr|li|pre)>", "\n", text, flags=re.IGNORECASE)
        text = re.sub(_TAGS, "", text, flags=re.IGNORECASE)
    return text


def _without_controls(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\xa0", " ")
    text = text.replace("\u2018", "'").replace("\u2019", "'").replace("\u201c", '"').replace("\u201d", '"')
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def _without_quotes(text: str) -> str:
    """Strip what a mail, a container or a logger puts before every line."""
    lines = text.split("\n")
    for pattern in (_QUOTE, _STAMP):
        compiled = re.compile(pattern)
        told = [line for line in lines if line.strip()]
        marked = sum(1 for line in told if compiled.match(line))
        if marked >= 2 and marked * 2 > len(told):
            lines = [compiled.sub("", line) for line in lines]
    return "\n".join(lines)


def _without_breaks(text: str) -> str:
    """Join lines that a terminal broke at its width: several are exactly as long as the longest."""
    lines = text.split("\n")
    if len(lines) < 3:
        return text
    width = max(len(line) for line in lines)
    if not 60 <= width <= 200 or sum(1 for line in lines if len(line) == width) < 2:
        return text
    joined: list[str] = []
    hold = ""
    for line in lines:
        if len(line) == width and not line.rstrip().endswith((",", ")", ":", "^", "~", "=", "-")):
            hold += line
        else:
            joined.append(hold + line)
            hold = ""
    return "\n".join([*joined, hold] if hold else joined)


def bounded_reader(read: Callable[[int], bytes], most: int = 2 * _FEW_LINES) -> bytes:
    """Return the beginning and the end of a stream that may be endless in size, reading it once.

    `read(n)` returns up to n bytes, none at the end. The last `Traceback` is kept when it fits between the two.
    """
    head = read(most)
    if len(head) < most:
        return head
    kept, tail, mark = b"", b"", _MARKS[0].encode()
    while True:
        piece = read(1 << 20)
        if not piece:
            break
        place = piece.rfind(mark)
        if place >= 0:
            kept = piece[place : place + _AROUND // 2]
        tail = (tail + piece)[-most // 2 :]
    return b"\n".join((head[: most // 2], kept, tail))
