"""Text taken apart as TextVectorization does it: in bytes, where only ASCII has capitals and white space."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.values import Array

_STRIPPED = bytes.maketrans(b"", b"")
_PUNCTUATION = b"!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"


def standardized(text: str, standard: Any) -> str:
    """Return a text in lower case and without punctuation, as far as `standard` says so. Raises CannotEvaluateError for
    a function of the user's own.
    """
    if standard not in (None, "lower", "strip_punctuation", "lower_and_strip_punctuation"):
        raise CannotEvaluateError("it standardizes by a function of the user's own")
    data = text.encode()
    if standard in ("lower", "lower_and_strip_punctuation"):
        data = data.lower()
    if standard in ("strip_punctuation", "lower_and_strip_punctuation"):
        data = data.translate(_STRIPPED, _PUNCTUATION)
    return data.decode()


def split_text(text: str, split: Any) -> list[str]:
    """Return the words or characters of a text. Raises CannotEvaluateError for a function of the user's own."""
    if split is None:
        return [text]
    if split == "whitespace":
        return [word.decode() for word in text.encode().split()]
    if split == "character":
        return list(text)
    raise CannotEvaluateError("it splits by a function of the user's own")


def ngrams(words: list[str], stated: Any) -> list[str]:
    """Return the words in groups: of each width up to a number, or of the widths listed; all of one width together."""
    if isinstance(stated, dict):
        stated = stated.get("items")
    if stated is None:
        return words
    widths = range(1, stated + 1) if isinstance(stated, int) else stated
    return [" ".join(words[n : n + width]) for width in widths for n in range(len(words) - width + 1)]


def padded_rows(rows: list[list[int]], length: int | None) -> Array:
    """Return rows of one length, filled with zeros; cut when `length` says how long they are."""
    length = max((len(row) for row in rows), default=0) if length is None else length
    allow((len(rows), length))
    found = np.zeros((len(rows), length), np.int64)
    for place, row in enumerate(rows):
        found[place, : len(row[:length])] = row[:length]
    return found
