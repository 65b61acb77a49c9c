"""Preprocessing of text, categories and numbers."""

from __future__ import annotations

from bisect import bisect_left
from itertools import combinations

import numpy as np

from keras_doctor.layers.dtypes import policy_name
from keras_doctor.layers.shapes import read_number
from keras_doctor.rescue.evaluation.hashes import CROSS_KEY, combined, fingerprint64, keyed
from keras_doctor.rescue.evaluation.limits import allow
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.texts import ngrams, padded_rows, split_text, standardized
from keras_doctor.rescue.evaluation.values import CannotEvaluateError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

# What the releases called the ways to put out counts of the last dimension.
_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


_UNSALTED = [CROSS_KEY, CROSS_KEY]  # what TensorFlow 2.3 and 2.4 write where no salt was given


def encoded(mode: str, numbers: Array, depth: int, weights: Array | None = None) -> Array:
    """Return categories as numbers, one hot each, or counted over the last dimension. Numbers outside 0 to `depth`
    count nothing.
    """
    if mode == "int":
        return numbers
    if mode == "one_hot" and numbers.ndim > 1 and numbers.shape[-1] == 1:
        numbers = numbers[..., 0]
    allow((numbers.size, depth))
    each = np.ones(numbers.shape, np.float32) if weights is None else weights.astype(np.float32)
    hot = (numbers[..., None] == np.arange(depth)).astype(np.float32) * each[..., None]
    if mode == "one_hot":
        return hot
    total = hot.sum(axis=-2)
    return (total > 0).astype(np.float32) if mode == "multi_hot" else total


def _mode(call: Call, default: str) -> str:
    mode = call.text("output_mode", default)
    return _MODES.get(mode, mode)


def _each(array: Array, function: Callable[[Any], int]) -> Array:
    """Return whole numbers, one for each element."""
    found = [function(one) for one in array.ravel().tolist()]
    return np.array(found, np.int64).reshape(array.shape)


def _text(one: Any) -> bytes:
    """Return a category as TensorFlow turns it into text: whole numbers, and the whole part of others."""
    return one.encode() if isinstance(one, str) else str(int(one)).encode()


def _bucket(call: Call, bins: int) -> Callable[[Any], int]:
    """Return the hash that a layer uses: keyed when it has a salt."""
    salt = call.config.get("salt")
    if isinstance(salt, dict):
        salt = salt.get("items")
    if salt is None or salt == _UNSALTED:
        return lambda one: fingerprint64(_text(one)) % bins
    key = (int(salt[0]), int(salt[1])) if isinstance(salt, (list, tuple)) else (int(salt), int(salt))
    return lambda one: keyed(_text(one), key) % bins


@computes("Hashing")
def hashing(call: Call) -> Any:
    """Puts categories into bins by their hash; bin 0 is kept for the value that counts as missing."""
    x, bins = call.x, call.size("num_bins")
    missing = call.config.get("mask_value")
    if missing is None or bins <= 1:
        numbers = _each(x, _bucket(call, bins))
    else:
        numbers = np.where(x == missing, 0, _each(x, _bucket(call, bins - 1)) + 1)
    return encoded(_mode(call, "int"), numbers, bins)


@computes("HashedCrossing")
def hashed_crossing(call: Call) -> Any:
    """Puts combinations of categories into bins by their hash."""
    arrays, bins = call.arrays, call.size("num_bins")
    rows = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    found = []
    for row in rows:
        total = CROSS_KEY
        for one in row:
            total = combined(total, fingerprint64(one.encode()) if isinstance(one, str) else int(one))
        found.append(total % bins)
    return encoded(_mode(call, "int"), np.array(found, np.int64).reshape(arrays[0].shape), bins)


@computes("CategoryCrossing")
def category_crossing(call: Call) -> Any:
    """Combines categories to new ones (tf.keras 2.3 to 2.5)."""
    arrays = call.arrays
    stated = call.config.get("depth")
    depths = [len(arrays)] if stated is None else stated if isinstance(stated, list) else range(1, stated + 1)
    separator = call.value("separator", None) or "_X_"
    columns = []
    for depth in depths:
        for chosen in combinations(arrays, depth):
            rows = [[[_text(one).decode() for one in row] for row in array.tolist()] for array in chosen]
            crossed = [list(_crossed([row[n] for row in rows], separator)) for n in range(len(arrays[0]))]
            columns.append(np.array(crossed, object))
    return np.concatenate(columns, axis=1)


def _crossed(columns: list[list[str]], separator: str) -> list[str]:
    found = [""]
    for place, column in enumerate(columns):
        found = [f"{left}{separator if place else ''}{right}" for left in found for right in column]
    return found


@computes("CategoryEncoding")
def category_encoding(call: Call) -> Any:
    """Counts numbers, or puts out one hot for each."""
    depth = read_number(call.config.get("num_tokens")) or call.size("max_tokens")
    mode = _mode(call, "multi_hot")
    weights = call.given("count_weights", 1)
    found = encoded(mode, call.x.astype(np.int64), depth, None if weights is None else weights.array)
    return found * call.variable("idf") if mode == "tf_idf" else found


@computes("Discretization")
def discretization(call: Call) -> Any:
    """Puts numbers into bins."""
    bounds = call.config.get("bin_boundaries", call.config.get("bins"))
    if call.semantics["bins"] == "boosted":
        # A binary search in a variable, which need not be sorted; its last number is infinite.
        stored = call.maybe("bins")
        bins = [*(bounds or ()), np.inf] if stored is None else stored.tolist()
        found = [bisect_left(bins, number) for number in call.x.astype(np.float32).ravel().tolist()]
        return np.minimum(np.array(found, np.int32), len(bins) - 1).reshape(call.x.shape)
    if not isinstance(bounds, list):
        bounds = _learned(call)
    x, dtype = call.x.astype(np.float32), policy_name(call.config.get("dtype"))
    if call.is_keras3 and dtype.startswith("int"):  # what comes in is brought to the dtype of what goes out
        x = np.trunc(x)
    edges = np.array([float(bound) for bound in bounds], np.float32)
    numbers = np.digitize(x, edges).astype(np.int64)
    return encoded(_mode(call, "int"), numbers, len(bounds) + 1)


def _learned(call: Call) -> list[float]:
    """Return the bounds of bins that were learned (`get_bin_boundaries` of `keras/layers/preprocessing/
    discretization.py` in TensorFlow 2.6 to 2.15): from values and how often each counts.
    """
    summary, count = call.maybe("summary"), call.number("num_bins", 0)
    if summary is None or count < 1 or summary.ndim != 2 or len(summary) != 2 or not summary.size:
        raise CannotEvaluateError("its bins were learned, and its config does not say them")
    values, weights = summary.astype(np.float64)
    if len(values) >= count:
        shares = weights.cumsum() / weights.sum()
        allow((count,))
        values = np.interp(1 / count + np.arange(0.0, 1.0, 1 / count), shares, values)
    return [float(bound) for bound in values[:-1]]


class _Lookup:
    """The vocabulary of a lookup and the numbers before it: for the mask, for unknown words."""

    def __init__(self, call: Call, mask_token: Any, mode: str) -> None:
        self.call = call
        self.mask_token = mask_token
        self.mode = mode
        masked = mask_token is not None and mode == "int"
        self.unknown = call.number("num_oov_indices", 1)
        self.first_unknown = 1 if masked else 0
        self.first = self.first_unknown + self.unknown
        words = call.runner.words_at(call.site.path) if call.config.get("vocabulary") is None else None
        words = words or call.config.get("vocabulary")
        if isinstance(words, dict):
            words = words.get("items")
        if not isinstance(words, list):
            raise CannotEvaluateError("its vocabulary does not stand in the file")
        special = [mask_token] * self.first_unknown + [call.config.get("oov_token", "[UNK]")] * self.unknown
        while special and words:  # some releases keep them, or only the first of them, with the others
            if str(words[0]) == str(special[0]):
                words = words[1:]
            special = special[1:]
        self.words = words
        self.numbers = {str(word): self.first + number for number, word in enumerate(words)}

    @property
    def depth(self) -> int:
        """How many categories there are."""
        most = read_number(self.call.config.get("max_tokens"))
        padded = self.call.flag("pad_to_max_tokens")
        return most if most is not None and padded else self.first + len(self.words)

    def number(self, word: Any) -> int:
        """Return the number of a word; one of those for unknown words by its hash."""
        text = word if isinstance(word, str) else str(int(word))
        if self.mask_token is not None and text == str(self.mask_token):
            return 0 if self.first_unknown else self.numbers.get(text, -1)
        if text in self.numbers:
            return self.numbers[text]
        if self.unknown <= 1:
            return self.first_unknown if self.unknown else -1
        if not isinstance(word, str) and self.call.text("oov_method", "floormod") != "farmhash":
            return self.first_unknown + int(word) % self.unknown
        return self.first_unknown + _bucket(self.call, self.unknown)(word)

    def word(self, number: int) -> Any:
        """Return the word of a number."""
        place = int(number) - self.first
        if self.first_unknown and int(number) == 0:
            return self.mask_token
        return self.words[place] if 0 <= place < len(self.words) else self.call.config.get("oov_token", "[UNK]")


@computes("StringLookup", "IntegerLookup", "IndexLookup")
def lookup(call: Call) -> Any:
    """Gives each category its number in a vocabulary, or the other way around."""
    mode = _mode(call, "int")
    table = _Lookup(call, call.config.get("mask_token", call.config.get("mask_value")), mode)
    x = call.x
    if call.flag("invert"):
        words = [table.word(one) for one in x.ravel().tolist()]
        return np.array(words, object if any(isinstance(word, str) for word in words) else np.int64).reshape(x.shape)
    numbers = _each(x if x.dtype.kind == "O" else x.astype(np.int64), table.number)
    found = encoded("count" if mode == "tf_idf" else mode, numbers, table.depth)
    return found * _weights(call, table) if mode == "tf_idf" else found


def _weights(call: Call, table: _Lookup) -> Array:
    """Return the weight of each category, from the file or the config: there unknown words have the mean of all."""
    held = call.maybe("idf_weights")
    if held is None:
        stated = call.config.get("idf_weights")
        if not isinstance(stated, list):
            raise CannotEvaluateError("its weights do not stand in the file")
        held = np.array(stated, np.float32)
        if len(held) == len(table.words):
            held = np.concatenate([np.full(table.first, held.mean(), np.float32), held])
    return np.pad(held, (0, table.depth - len(held)))


@computes("TextVectorization")
def text_vectorization(call: Call) -> Any:
    """Splits texts into words and gives each its number, or counts them."""
    mode = _mode(call, "int")
    texts = call.x.ravel().tolist()
    standard, split = call.value("standardize", "lower_and_strip_punctuation"), call.value("split", "whitespace")
    rows = [ngrams(split_text(standardized(text, standard), split), call.config.get("ngrams")) for text in texts]
    table = _Lookup(call, "", mode)
    length = read_number(call.config.get("output_sequence_length"))
    if mode == "int":
        if call.flag("ragged"):
            raise CannotEvaluateError("it puts out rows of different lengths")
        numbers = [[table.number(word) for word in row] for row in rows]
        return padded_rows(numbers, length)
    allow((len(rows), table.depth))
    hot = np.zeros((len(rows), table.depth), np.float32)
    for place, row in enumerate(rows):
        for word in row:
            number = table.number(word)
            if 0 <= number < table.depth:
                hot[place, number] += 1
    if mode == "multi_hot":
        return (hot > 0).astype(np.float32)
    return hot * _weights(call, table) if mode == "tf_idf" else hot
