"""TOML 1.0 without `re`, for every Python that the package runs on: Python 3.10 has no reader of its own.

Dates and times are kept as the text that they are; everything else as in `tomllib`.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BYTES = 1 << 20
_DEPTH = 64
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_WORDS = {"true": True, "false": False}
_BASES = {"0x": 16, "0o": 8, "0b": 2}


def loads(data: bytes) -> dict[str, Any]:
    """Return the root table of a TOML text. Raises `FormatError` for what is none, and `LimitExceeded`."""
    if len(data) > _BYTES:
        raise LimitExceeded(f"{len(data)} bytes of TOML, more than {_BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError("the text is not UTF-8", error.start) from None
    return _Reader(text.replace("\r\n", "\n")).document()


class _Reader:
    """One text, and how far it is read. Positions in errors are those of characters."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        # What may not be added to, by identity: values that were written whole, and tables that a header has opened.
        self.whole: set[int] = set()
        self.opened: set[int] = set()

    def document(self) -> dict[str, Any]:
        root: dict[str, Any] = {}
        table = root
        self.blank(lines=True)
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self.header(root)
            else:
                self.pair(table)
            self.blank()
            if self.at < len(self.text) and self.text[self.at] != "\n":
                raise self.wrong("text after the end of a value")
            self.blank(lines=True)
        return root

    def wrong(self, what: str) -> FormatError:
        line = self.text.count("\n", 0, self.at) + 1
        return FormatError(f"line {line}: {what}", self.at)

    def blank(self, lines: bool = False) -> None:
        """Pass over spaces and comments, and over line ends where `lines` says so."""
        text = self.text
        skipped = " \t\n" if lines else " \t"
        while self.at < len(text):
            if text[self.at] in skipped:
                self.at += 1
            elif text[self.at] == "#":
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            else:
                return

    def header(self, root: dict[str, Any]) -> dict[str, Any]:
        """Read "[a.b]" or "[[a.b]]" and return the table that it opens."""
        marks = "[[" if self.text.startswith("[[", self.at) else "["
        self.at += len(marks)
        keys = self.keys()
        if not self.text.startswith("]" * len(marks), self.at):
            raise self.wrong("a header does not end")
        self.at += len(marks)
        holder = self.descend(root, keys[:-1])
        last = keys[-1]
        if marks == "[[":
            tables = holder.setdefault(last, [])
            if not isinstance(tables, list) or id(tables) in self.whole:
                raise self.wrong(f"{last} is no array of tables")
            tables.append({})
            return tables[-1]  # type: ignore[no-any-return]
        table = holder.setdefault(last, {})
        if not isinstance(table, dict) or id(table) in self.opened or id(table) in self.whole:
            raise self.wrong(f"{last} is given twice")
        self.opened.add(id(table))
        return table

    def descend(self, table: dict[str, Any], keys: list[str]) -> dict[str, Any]:
        """Return the table that keys lead to, made where it is not there; of an array of tables the last."""
        for key in keys:
            inner = table.setdefault(key, {})
            if isinstance(inner, list) and inner and id(inner) not in self.whole:
                inner = inner[-1]
            if not isinstance(inner, dict) or id(inner) in self.whole:
                raise self.wrong(f"{key} is no table")
            table = inner
        return table

    def pair(self, table: dict[str, Any], depth: int = 0) -> None:
        """Read "a.b = value" into a table."""
        keys = self.keys()
        if not self.text.startswith("=", self.at):
            raise self.wrong("'=' is missing after a key")
        self.at += 1
        self.blank()
        value = self.value(depth)
        holder = self.descend(table, keys[:-1])
        if keys[-1] in holder or (len(keys) > 1 and id(holder) in self.opened):
            raise self.wrong(f"{keys[-1]} is given twice")
        holder[keys[-1]] = value

    def keys(self) -> list[str]:
        """Read a key with dots."""
        found = []
        while True:
            self.blank()
            mark = self.text[self.at : self.at + 1]
            if mark in ('"', "'") and mark:
                found.append(self.string(mark))
            else:
                start = self.at
                while self.text[self.at : self.at + 1] in _BARE and self.at < len(self.text):
                    self.at += 1
                if self.at == start:
                    raise self.wrong("a key is missing")
                found.append(self.text[start : self.at])
            self.blank()
            if not self.text.startswith(".", self.at):
                return found
            if len(found) > _DEPTH:
                raise LimitExceeded("keys nested too deep")
            self.at += 1

    def value(self, depth: int) -> Any:
        if depth > _DEPTH:
            raise LimitExceeded("TOML nested too deep")
        mark = self.text[self.at : self.at + 1]
        if mark in ('"', "'") and mark:
            return self.long_string(mark) if self.text.startswith(mark * 3, self.at) else self.string(mark)
        if mark == "[":
            return self.array(depth)
        if mark == "{":
            return self.inline(depth)
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
            self.at += 1
        word = self.text[start : self.at].strip()
        value = _plain(word)
        if value is None:
            self.at = start
            raise self.wrong(f"{word[:40]!r} is no value" if word else "a value is missing")
        return value

    def array(self, depth: int) -> list[Any]:
        self.at += 1
        found: list[Any] = []
        self.whole.add(id(found))
        while True:
            self.blank(lines=True)
            if self.text.startswith("]", self.at):
                self.at += 1
                return found
            found.append(self.value(depth + 1))
            self.blank(lines=True)
            self.comma("]")

    def inline(self, depth: int) -> dict[str, Any]:
        self.at += 1
        found: dict[str, Any] = {}
        self.blank()
        while not self.text.startswith("}", self.at):
            self.pair(found, depth + 1)
            self.blank()
            self.comma("}")
            self.blank()
        self.at += 1
        self.close(found)
        return found

    def close(self, table: dict[str, Any]) -> None:
        self.whole.add(id(table))
        for value in table.values():
            if isinstance(value, dict):
                self.close(value)

    def comma(self, end: str) -> None:
        """Pass over a comma, where the end does not come."""
        if self.text.startswith(",", self.at):
            self.at += 1
        elif not self.text.startswith(end, self.at):
            raise self.wrong(f"',' or '{end}' is missing")

    def string(self, mark: str) -> str:
        """Read a string in one line."""
        self.at += 1
        found: list[str] = []
        while True:
            character = self.text[self.at : self.at + 1]
            self.at += 1
            if character == mark:
                return "".join(found)
            if character in ("", "\n"):
                raise self.wrong("a string does not end")
            found.append(self.escaped() if character == "\\" and mark == '"' else character)

    def long_string(self, mark: str) -> str:
        """Read a string in triple quotes."""
        self.at += 4 if self.text.startswith("\n", self.at + 3) else 3
        found = []
        while not self.text.startswith(mark * 3, self.at) or self.text.startswith(mark * 4, self.at):
            character = self.text[self.at : self.at + 1]
            if not character:
                raise self.wrong("a string does not end")
            self.at += 1
            if character == "\\" and mark == '"':
                if self.past(" \t", self.at) == "\n":  # the line goes on at the next character that is no space
                    self.at = self.end(" \t\n", self.at)
                    continue
                character = self.escaped()
            found.append(character)
        self.at += 3
        return "".join(found)

    def end(self, characters: str, at: int) -> int:
        """Return where a run of characters ends that begins at a position."""
        while at < len(self.text) and self.text[at] in characters:
            at += 1
        return at

    def past(self, characters: str, at: int) -> str:
        """Return the character after such a run, "" at the end of the text."""
        end = self.end(characters, at)
        return self.text[end : end + 1]

    def escaped(self) -> str:
        """Read what stands after a backslash."""
        mark = self.text[self.at : self.at + 1]
        self.at += 1
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        length = {"u": 4, "U": 8}.get(mark, 0)
        digits = self.text[self.at : self.at + length]
        if length and len(digits) == length and all(digit in "0123456789abcdefABCDEF" for digit in digits):
            self.at += length
            code = int(digits, 16)
            if code < 0xD800 or 0xDFFF < code <= 0x10FFFF:
                return chr(code)
        raise self.wrong("an unknown escape in a string")


def _plain(word: str) -> Any:
    """Return the value of a word without quotes; None when it is none. Dates and times stay text."""
    if word in _WORDS:
        return _WORDS[word]
    digits = word.replace("_", "")
    if word[:1].isdigit() and (word[4:5] == "-" or word[2:3] == ":"):
        return word
    if not digits or len(digits) > 400 or "__" in word or word[0] == "_" or word[-1] == "_":
        return None
    try:
        base = _BASES.get(digits[:2], 10)
        return int(digits[2:], base) if base != 10 else int(digits)
    except ValueError:
        pass
    if not set(digits) <= set("0123456789+-.eE") and digits.lstrip("+-") not in ("inf", "nan"):
        return None
    try:
        return float(digits)
    except ValueError:
        return None
