"""What can stand in a line of YAML: tags and anchors, aliases, quoted text, lists and mappings in brackets."""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError, LimitExceeded, Oddity
from keras_doctor.wire.yamlscalars import double_quoted, resolved, single_quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from keras_doctor.wire.limits import Limits

    Readers = Mapping[str, Callable[[Any], Any]]

# What PyYAML writes for plain values, also on Python 2.
_PLAIN_TAGS = frozenset(
    (
        *("map", "seq", "str", "int", "float", "bool", "null", "binary", "timestamp", "python/tuple", "python/list"),
        *("python/unicode", "python/str", "python/dict", "python/int", "python/long", "python/float", "python/bool"),
        "python/none",
    )
)
_TEXT_TAGS = frozenset(("str", "python/str", "python/unicode", "timestamp"))
_SCALAR_TAGS = frozenset(
    ("int", "float", "bool", "null", "python/int", "python/long", "python/float", "python/bool", "python/none")
)
_OWN = "tag:yaml.org,2002:"
INDICATORS = frozenset((",", "[", "]", "{", "}", "#", "&", "*", "!", "|", ">", "'", '"', "%", "@", "`"))
INLINE = frozenset(("*", "[", "{", '"', "'"))
_FLOW_ENDS = frozenset((",", "[", "]", "{", "}"))
AFTER = frozenset(("", " ", "\n", "\t"))  # what ends a word
_ODD_TAGS = 100


class InlineParser:
    """A place in a text, and the parts of YAML that care for no indentation.

    `readers` say what the values under certain tags mean.
    """

    def __init__(self, text: str, limits: Limits, readers: Readers) -> None:
        self.text = text
        self.at = 0
        self._limits = limits
        self._readers = readers
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._tags: dict[str, list[int]] = {}  # odd tags: where the first stands, and how many there are
        self._weight = 0  # values so far, those behind aliases counted each time
        self._depth = 0

    def oddities(self) -> list[Oddity]:
        """Return what is to be known of the tags that are none of plain values."""
        return [
            Oddity("yaml-tag", f"a value is tagged {tag}", "", first, (("tag", tag), ("count", count)))
            for tag, (first, count) in self._tags.items()
        ]

    # Moving

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _column(self) -> int:
        return self.at - self.text.rfind("\n", 0, self.at) - 1

    def _marker(self, marker: str) -> bool:
        """Tell whether a line begins here with `---` or `...`."""
        alone = self.text.startswith(marker, self.at) and self._column() == 0
        return alone and self.text[self.at + 3 : self.at + 4] in ("", " ", "\n")

    def _entry(self, sign: str) -> bool:
        """Tell whether `-`, `?` or `:` stands here as an indicator: before a space or a line end."""
        return self._peek() == sign and self.text[self.at + 1 : self.at + 2] in AFTER

    def _end_of_line(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _spaces(self) -> None:
        while self.text.startswith((" ", "\t"), self.at):
            self.at += 1

    def _skip(self) -> bool:
        """Skip spaces, line ends and comments; tell whether a line ended."""
        start = self.at
        while True:
            self._spaces()
            if self._peek() == "#" and (self.at == 0 or self.text[self.at - 1] in " \t\n"):
                self._end_of_line()
            if self._peek() != "\n":
                return "\n" in self.text[start : self.at]
            self.at += 1

    # Nodes

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > self._limits.depth:
            raise LimitExceeded("YAML nested too deep", self.at)
        self._count(1)

    def _count(self, weight: int) -> None:
        self._weight += weight
        if self._weight > self._limits.json_containers:
            raise LimitExceeded(f"more than {self._limits.json_containers} values in one YAML text", self.at)

    def _properties(self) -> tuple[str, str, int]:
        """Parse the anchor and the tag before a node, in any order; return them and where the tag stands."""
        anchor = tag = ""
        tag_at = self.at
        while self.text.startswith(("&", "!"), self.at):
            start = self.at
            while self._peek() not in AFTER and self._peek() not in _FLOW_ENDS:
                self.at += 1
            if self.text.startswith("!<", start):  # a tag in full may hold any sign
                self.at = max(self.text.find(">", start), start) + 1
            word = self.text[start : self.at]
            if word[0] == "&":
                anchor = word[1:]
                self._anchors.pop(anchor, None)
            else:
                tag, tag_at = _short(word), start
            self._spaces()
        return anchor, tag, tag_at

    def _inline(self) -> tuple[Any, bool]:
        """Parse an alias, a flow collection or quoted text; tell whether it is text that means itself."""
        sign = self._peek()
        if sign in ('"', "'"):
            value, self.at = self._quoted()
            return value, True
        if sign == "*":
            return self._alias(), True
        return (self._flow_list() if sign == "[" else self._flow_mapping()), True

    def _quoted(self) -> tuple[str, int]:
        return (double_quoted if self._peek() == '"' else single_quoted)(self.text, self.at)

    def _alias(self) -> Any:
        start = self.at + 1
        while self._peek() not in AFTER and self._peek() not in _FLOW_ENDS:
            self.at += 1
        name = self.text[start : self.at]
        if name not in self._anchors:
            raise FormatError(f"the alias *{name} refers to nothing before it", start - 1)
        value, weight = self._anchors[name]
        self._count(weight)
        return value

    def _flow_node(self) -> Any:
        before = self._weight
        self._enter()
        self._skip()
        anchor, tag, tag_at = self._properties()
        self._skip()
        value: Any = ""
        quoted = False
        if self._peek() in INLINE:
            value, quoted = self._inline()
        elif self._peek() not in _FLOW_ENDS:
            value = self._plain_flow()
        self._depth -= 1
        return self._finished(anchor, tag, tag_at, value, quoted, before)

    def _plain_flow(self) -> str:
        start = self.at
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign in _FLOW_ENDS or (sign == "#" and self.text[self.at - 1] in " \n\t"):
                break
            if sign == ":" and self.text[self.at + 1 : self.at + 2] in (*AFTER, *_FLOW_ENDS):
                break
            self.at += 1
        return " ".join(self.text[start : self.at].split())

    def _flow_list(self) -> list[Any]:
        found: list[Any] = []
        start = self.at
        self.at += 1
        while True:
            self._skip()
            if self._peek() == "]":
                self.at += 1
                return found
            found.append(self._flow_node())
            self._comma("]", start)

    def _flow_mapping(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        start = self.at
        self.at += 1
        while True:
            self._skip()
            if self._peek() == "}":
                self.at += 1
                return found
            if self._entry("?"):
                self.at += 1
            key = self._flow_node()
            self._skip()
            value = None
            if self._peek() == ":":
                self.at += 1
                value = self._flow_node()
            found[key_text(key, self.at)] = value
            self._comma("}", start)

    def _comma(self, end: str, start: int) -> None:
        self._skip()
        if self._peek() == ",":
            self.at += 1
        elif self._peek() != end:
            raise FormatError(f"the list or mapping that begins at character {start} does not end", self.at)

    # Meaning

    def _finished(self, anchor: str, tag: str, tag_at: int, value: Any, quoted: bool, before: int) -> Any:
        """Return what a node means, and remember it under its anchor."""
        if tag not in _PLAIN_TAGS and tag not in ("", "!"):
            self._note_tag(tag, tag_at)
        if isinstance(value, str):
            if tag == "binary":
                value = "".join(value.split())
            elif (not quoted and tag not in _TEXT_TAGS and tag != "!") or tag in _SCALAR_TAGS:
                value = resolved(value)
        reader = self._readers.get(tag)
        if reader is not None:
            value = reader(value)
        if anchor:
            self._anchors[anchor] = value, self._weight - before
        return value

    def _note_tag(self, tag: str, at: int) -> None:
        if tag in self._tags:
            self._tags[tag][1] += 1
        elif len(self._tags) < _ODD_TAGS:
            self._tags[tag] = [at, 1]


def _short(word: str) -> str:
    """Return a tag without what all tags of YAML's own begin with."""
    if word.startswith("!<"):
        tag = word[2:].rstrip(">")
        return tag.removeprefix(_OWN) if tag.startswith(_OWN) else tag
    return word[2:] if word.startswith("!!") else word


def key_text(key: Any, at: int) -> str:
    """Return a key as JSON has it."""
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, (int, float)):
        return repr(key)
    raise FormatError("a list or mapping as a key", at)
