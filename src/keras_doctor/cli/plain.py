"""What the words of a command line mean, where that is plain: argparse, as dear as a bare Python, is left the rest.

Plain are options by their full names, each with its value, and the command's other words side by side. For all else,
and for whatever is wrong, there is no answer here. The declarations are those that argparse gets.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MANY = float("inf")

# Action → whether a value follows. An option of another action is not plain.
_VALUED = {"store": True, "append": True, "store_true": False, "store_false": False, "store_const": False}
# `nargs` → how many other words there are, at least and at most.
_NUMBERS: dict[Any, tuple[int, float]] = {"": (0, 0), "?": (0, 1), "*": (0, _MANY), "+": (1, _MANY), 2: (2, 2)}


class Declared:
    """Takes the declarations of a command as an `ArgumentParser` does, and reads words by them."""

    def __init__(self) -> None:
        self._options: dict[str, tuple[str, Declared, dict[str, Any]]] = {}  # destination, group, the rest
        self._others: tuple[str, Any] = "", ""  # destination, `nargs`
        self._defaults: dict[str, Any] = {}

    def add_argument(self, name: str, **said: Any) -> None:
        """Note an option, or what the other words are."""
        self._add(name, said, self)

    def _add(self, name: str, said: dict[str, Any], group: Declared) -> None:
        dest = said.get("dest") or name.lstrip("-").replace("-", "_")
        if not name.startswith("-"):
            self._others = dest, said.get("nargs")
            return
        self._options[name] = dest, group, said
        if "default" in said:
            self._defaults[dest] = said["default"]

    def add_argument_group(self, _title: str) -> Declared:
        """Return what takes further declarations: headings are for the help."""
        return self

    def add_mutually_exclusive_group(self) -> Declared:
        """Return what takes the declarations of options of which one may be given."""
        return _OneOf(self)

    def read(self, words: list[str]) -> dict[str, Any] | None:
        """Return the values that words give, by destination; None where the words are not plain."""
        values = dict(self._defaults)
        given: dict[Declared, str] = {}  # of the options that shut out each other
        others: list[str] = []
        at = end = 0
        while at < len(words):
            word = words[at]
            at += 1
            if not _dashed(word):
                if others and end != at - 1:
                    return None
                others.append(word)
                end = at
                continue
            name, equals, value = word.partition("=")
            if name not in self._options or "type" in self._options[name][2]:  # a value that is no text
                return None
            dest, group, said = self._options[name]
            action = said.get("action", "store")
            valued = _VALUED.get(action)
            if valued and not equals:
                value = "".join(words[at : at + 1])
                at += 1
            if valued is not bool(value or equals) or _dashed(value) or value not in said.get("choices", (value,)):
                return None
            if group is not self and given.setdefault(group, name) != name:
                return None
            if valued:
                values[dest] = [*values.get(dest, ()), value] if action == "append" else value
            else:
                values[dest] = said.get("const", action == "store_true")
        dest, nargs = self._others
        least, most = _NUMBERS.get(nargs, (1, 0))
        if not least <= len(others) <= most:
            return None
        if others:
            values[dest] = others[0] if nargs == "?" else others
        return values


class _OneOf(Declared):
    """A group of which one option may be given."""

    def __init__(self, declared: Declared) -> None:
        super().__init__()
        self._declared = declared

    def add_argument(self, name: str, **said: Any) -> None:
        self._declared._add(name, said, self)


def _dashed(word: str) -> bool:
    return word.startswith("-") and word != "-"
