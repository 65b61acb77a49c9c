"""Versions in order, and requirements on them: the part of PEP 440 that the packages of this field use.

Two spellings outside PEP 440 are accepted because files and environments have them: "2.2.4-tf" (what old tf.keras
calls itself; compares as 2.2.4) and "2.15.0+cu132" (a local build; compares as 2.15.0).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Key = tuple[tuple[int, ...], int, int, int, int]

_PHASES = {"a": 1, "alpha": 1, "b": 2, "beta": 2, "rc": 3, "c": 3, "pre": 3, "preview": 3}
_FINAL = 4
_LAST = 1 << 62
_DIGITS = 12  # a longer number is no version of anything

_keys: dict[str, Key | None] = {}


def version_key(text: str) -> Key | None:
    """Return what orders `text` among versions, None when it is no version.

    The key is (numbers without trailing zeros, phase, number of the phase, post-release, development release).
    """
    try:
        return _keys[text]
    except KeyError:
        pass
    if len(_keys) > 10_000:
        _keys.clear()
    key = _keys[text] = _parse(text)
    return key


def _parse(text: str) -> Key | None:
    if not 0 < len(text) <= 64:
        return None
    numbers = _plain(text)
    words: list[int | str] = []
    if not numbers:
        words = _words(public(text).lower().removeprefix("v"))
        while words and isinstance(words[0], int):
            numbers.append(words.pop(0))  # type: ignore[arg-type]
        if not numbers:
            return None
    phase, phase_number, post, dev = _FINAL, 0, -1, _LAST
    while words:
        word = words.pop(0)
        number = words.pop(0) if words and isinstance(words[0], int) else 0
        if word in _PHASES:
            phase, phase_number = _PHASES[str(word)], int(number)
        elif word in ("post", "rev", "r"):
            post = int(number)
        elif word == "dev":
            dev = int(number)
        else:
            return None
    if dev != _LAST and phase == _FINAL and post < 0:
        phase = 0  # 1.0.dev1 comes before 1.0a1
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers), phase, phase_number, post, dev


def _plain(text: str) -> list[int]:
    """Split "2.15.0" into [2, 15, 0]: nearly all versions, and a start has no time to go by characters."""
    numbers = []
    for part in text.split("."):
        if not part.isdecimal() or not part.isascii() or len(part) > _DIGITS:
            return []
        numbers.append(int(part))
    return numbers


def _words(text: str) -> list[int | str]:
    """Split "2.15.0rc1" into [2, 15, 0, "rc", 1]; an empty list when a character is neither letter, digit nor
    separator.
    """
    words: list[int | str] = []
    position = 0
    while position < len(text):
        start = position
        if text[position] in "0123456789":
            while position < len(text) and text[position] in "0123456789":
                position += 1
            if position - start > _DIGITS:
                return []
            words.append(int(text[start:position]))
        elif "a" <= text[position] <= "z":
            while position < len(text) and "a" <= text[position] <= "z":
                position += 1
            words.append(text[start:position])
        elif text[position] in ".-_" and 0 < position < len(text) - 1 and text[position - 1] not in ".-_":
            position += 1
        else:
            return []
    return words


def public(version: str) -> str:
    """Return the version without what does not order it: a local part ("+cu132") or the "-tf" of old tf.keras."""
    return version.partition("+")[0].strip().removesuffix("-tf")


def is_final(version: str) -> bool:
    """Tell whether a version is a release, not a candidate or development build of one."""
    key = version_key(version)
    return key is not None and key[1] == _FINAL and key[4] == _LAST


# The same few questions are asked of every file; versions come from files, too.
_answers: dict[tuple[str, str], bool] = {}
_leading: dict[str, tuple[int, ...]] = {}
_MOST_ANSWERS = 50_000


def in_line(version: str, prefix: str) -> bool:
    """Tell whether a version belongs to the line `prefix`: 3.12.4 to "3.12" and to "3", 3.1.0 to neither "3.12" nor
    "3.12.0".
    """
    numbers, wanted = _numbers(version), _numbers(prefix)
    return bool(wanted) and (numbers + (0,) * len(wanted))[: len(wanted)] == wanted


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version, trailing zeros included."""
    found = _leading.get(version)
    if found is not None:
        return found
    numbers = []
    for word in _words(public(version).lower()):
        if not isinstance(word, int):
            break
        numbers.append(word)
    found = tuple(numbers)
    if len(_leading) < _MOST_ANSWERS:
        _leading[version] = found
    return found


def satisfies(version: str, requirement: str) -> bool:
    """Tell whether a version meets a requirement such as ">=1.26.0,<2.0.0,!=4.21.*". An empty requirement is met by
    all.

    Pre-releases are judged like releases: what is installed is installed. Raises ValueError for what is no requirement.
    """
    asked = version, requirement
    found = _answers.get(asked)
    if found is None:
        key = version_key(version)
        found = key is not None and all(_meets(version, key, o, bound) for o, bound in clauses(requirement))
        if len(_answers) < _MOST_ANSWERS:
            _answers[asked] = found
    return found


def clauses(requirement: str) -> Iterable[tuple[str, str]]:
    """Yield the operators and versions of a requirement. Raises ValueError for what is no requirement."""
    for part in requirement.split(","):
        part = part.strip()
        if not part:
            continue
        operator = next((o for o in ("===", "==", "~=", "!=", "<=", ">=", "<", ">") if part.startswith(o)), None)
        bound = part[len(operator) :].strip() if operator else ""
        if operator is None or version_key(bound.removesuffix(".*")) is None:
            raise ValueError(f"{part!r} is no requirement on a version")
        yield operator, bound


def _meets(version: str, key: Key, operator: str, bound: str) -> bool:
    if bound.endswith(".*"):
        inside = in_line(version, bound[:-2])
        return inside if operator == "==" else not inside
    limit = version_key(bound)
    if limit is None:
        return False
    if operator in ("==", "==="):
        return key == limit
    if operator == "!=":
        return key != limit
    if operator == ">=":
        return key >= limit
    if operator == "<=":
        return key <= limit
    if operator == ">":
        return key > limit and not (key[0] == limit[0] and key[3] > limit[3] and limit[3] < 0)
    if operator == "<":  # "<2.0" leaves out the candidates of 2.0
        return key < limit and not (key[0] == limit[0] and key[1] < _FINAL and limit[1] == _FINAL)
    return key >= limit and in_line(version, bound.rpartition(".")[0])  # ~=
