"""YAML as PyYAML writes it, from untrusted text: plain values come back, nothing is ever constructed.

Block and flow style, anchors and aliases, all styles of scalars, explicit keys, comments. Not read: several documents,
merge keys, keys that are lists. Tags are names in a file and no more: those of plain values are taken as such, others
become an `Oddity`. Source: yaml.org/spec/1.1.
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded, Oddity
from keras_doctor.wire.limits import DEFAULT_LIMITS, Limits
from keras_doctor.wire.yamlinline import AFTER, INDICATORS, INLINE, InlineParser, key_text
from keras_doctor.wire.yamlscalars import block_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.wire.yamlinline import Readers

_LONGEST = 8 << 20  # bytes of a text: a megabyte takes a second


def loads(
    text: bytes | str, limits: Limits = DEFAULT_LIMITS, readers: Readers | None = None
) -> tuple[Any, list[Oddity]]:
    """Parse YAML text; return its value as JSON has it (lists, dicts with text keys, scalars), and its odd tags.

    `readers` say what the values under certain tags mean ("python/object/apply:module.Name"); such tags are reported
    all the same. Raises `FormatError` (with the byte offset), `LimitExceeded` for what is too deep, or grows too large
    through aliases.
    """
    if len(text) > min(limits.text_bytes, _LONGEST):
        raise LimitExceeded(f"{len(text)} bytes of YAML, more than {min(limits.text_bytes, _LONGEST)}")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-16" if text[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise FormatError("the text is not UTF-8", error.start) from None
    parser = _Parser(text.replace("\r\n", "\n").replace("\r", "\n"), limits, readers or {})
    try:
        return parser.document(), parser.oddities()
    except FormatError as error:
        if error.offset is None or isinstance(error, LimitExceeded):
            raise
        raise FormatError(
            f"not YAML: {error.what}", len(parser.text[: error.offset].encode("utf-8", "replace"))
        ) from None


class _Parser(InlineParser):
    """The whole of YAML."""

    def document(self) -> Any:
        """Parse the one document of the text."""
        self._skip()
        while self._peek() == "%":
            if self.text.startswith("%TAG", self.at):
                self._note_tag("%TAG", self.at)
            self._end_of_line()
            self._skip()
        if self._marker("---"):
            self.at += 3
        value = self._node(-1, key_before=False)
        self._skip()
        if self._marker("..."):
            self.at += 3
            self._skip()
        if self.at < len(self.text):
            raise FormatError("text after the end of the value", self.at)
        return value

    # Blocks

    def _node(self, parent: int, *, key_before: bool) -> Any:
        """Parse a node of a block that is indented by `parent`.

        After a key, a list may stand as far left as the key.
        """
        before = self._weight
        self._enter()
        self._spaces()
        anchor, tag, tag_at = self._own_properties(key_before)
        new_line = self._skip()
        if new_line and not (anchor or tag) and self._column() > parent:
            anchor, tag, tag_at = self._own_properties(False)
            self._skip()
        column = self._column()
        listed = self._entry("-")
        value: Any = ""
        quoted = False
        below = new_line and column <= parent and not (key_before and listed and column == parent)
        if below or self.at >= len(self.text) or self._marker("---") or self._marker("..."):
            pass
        elif listed and (new_line or not key_before):
            value = self._list(column)
        elif (new_line or not key_before) and (self._entry("?") or self._starts_key()):
            value = self._mapping(column)
        elif self._peek() in ("|", ">"):
            value, self.at = block_text(self.text, self.at, parent)
            quoted = True
        elif self._peek() in INLINE:
            value, quoted = self._inline()
        else:
            value = self._plain_block(parent)
        self._depth -= 1
        return self._finished(anchor, tag, tag_at, value, quoted, before)

    def _own_properties(self, inline: bool) -> tuple[str, str, int]:
        """Parse anchor and tag of a node, unless a key follows them on their line: then they are the key's."""
        start = self.at
        found = self._properties()
        if self.at > start and not inline and self._starts_key():
            self.at = start
            return "", "", start
        return found

    def _starts_key(self) -> bool:
        """Tell whether the line goes on with a key and its colon."""
        start = self.at
        self._properties()
        found = self._is_key()
        self.at = start
        return found

    def _is_key(self) -> bool:
        if self._peek() in ('"', "'"):
            try:
                _, end = self._quoted()
            except FormatError:
                return False
            rest = self.text[end : end + 80].lstrip(" ")
            return "\n" not in self.text[self.at : end] and rest[:1] == ":" and rest[1:2] in AFTER
        return self._peek() not in INDICATORS and self._colon(self.at) >= 0

    def _colon(self, start: int) -> int:
        """Return where the first colon before a space or line end stands in the rest of the line, -1 when there is
        none.
        """
        end = self.text.find("\n", start)
        end = len(self.text) if end < 0 else end
        comment = self.text.find(" #", start, end)
        end = end if comment < 0 else comment
        at = self.text.find(":", start, end)
        while at >= 0 and self.text[at + 1 : at + 2] not in AFTER:
            at = self.text.find(":", at + 1, end)
        return at

    def _mapping(self, column: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            if self._entry("?"):
                self.at += 1
                key = self._node(column, key_before=False)
                self._skip()
                value = None
                if self._column() == column and self._entry(":"):
                    self.at += 1
                    value = self._node(column, key_before=False)
            else:
                key = self._key()
                value = self._node(column, key_before=True)
            found[key_text(key, self.at)] = value
            self._skip()
            if self.at >= len(self.text) or self._column() < column or self._marker("---") or self._marker("..."):
                return found
            if self._column() > column:
                raise FormatError("something follows a value", self.at)
            if not (self._entry("?") or self._starts_key()):
                raise FormatError("a key is missing", self.at)

    def _key(self) -> Any:
        """Parse a key and its colon."""
        before = self._weight
        anchor, tag, tag_at = self._properties()
        quoted = self._peek() in ('"', "'")
        if quoted:
            key, self.at = self._quoted()
            self._spaces()
        else:
            colon = self._colon(self.at)
            key = self.text[self.at : colon].rstrip()
            self.at = colon
        key = self._finished(anchor, tag, tag_at, key, quoted, before)
        if not self._entry(":"):
            raise FormatError("a colon is missing after a key", self.at)
        self.at += 1
        return key

    def _list(self, column: int) -> list[Any]:
        found = []
        while self._entry("-") and not self._marker("---"):
            self.at += 1
            found.append(self._node(column, key_before=False))
            self._skip()
            if self._column() > column and self.at < len(self.text):
                raise FormatError("something follows an entry of a list", self.at)
            if self._column() < column or self.at >= len(self.text):
                break
        return found

    def _plain_block(self, parent: int) -> str:
        """Parse plain text of one or several lines, which are joined by spaces."""
        if self._peek() in INDICATORS:
            raise FormatError(f"a value cannot begin with {self._peek()}", self.at)
        pieces: list[str] = []
        breaks = 0
        while True:
            if self._colon(self.at) >= 0:
                raise FormatError("a key inside a value", self._colon(self.at))
            start = self.at
            self._end_of_line()
            line = self.text[start : self.at]
            comment = line.find(" #")
            if pieces:
                pieces.append(" " if breaks == 1 else "\n" * (breaks - 1))
            pieces.append(line if comment < 0 else line[:comment])
            pieces[-1] = pieces[-1].rstrip(" \t")
            end = self.at
            breaks = 0
            while self._peek() in ("\n", " ", "\t"):
                breaks += self._peek() == "\n"
                self.at += 1
            stop = self._column() <= parent or self._peek() in ("", "#") or self._marker("---") or self._marker("...")
            if stop or comment >= 0:
                self.at = end
                return "".join(pieces)
