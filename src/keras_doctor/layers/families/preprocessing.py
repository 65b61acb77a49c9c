"""Preprocessing of text, categories and numbers."""

from __future__ import annotations

from keras_doctor.layers.shapes import CannotInferError, Shape, read_number
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call

# What the releases called the ways to put out counts of the last dimension.
_COUNTED = ("multi_hot", "count", "tf_idf", "binary", "tf-idf")


def encoded(mode: str, shape: Shape, depth: int | None) -> Shape:
    """Return the shape of categories as numbers, one hot each, or counted over the last dimension."""
    if mode == "int":
        return shape
    if mode == "one_hot":
        return (*(shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape), depth)
    if mode in _COUNTED:
        return (*shape[:-1], depth)
    raise CannotInferError(f"its output mode {mode[:40]!r} is none that Keras knows")


@stock("Hashing", "HashedCrossing")
def hashing(call: Call) -> Any:
    """Puts categories into a given number of bins by their hash."""
    return encoded(call.text("output_mode", "int"), call.input, call.size("num_bins"))


@stock("CategoryCrossing")
def category_crossing(call: Call) -> Any:
    """Combines categories to new ones, as many as there happen to be."""
    shape = call.input
    return (*shape[:-1], None)


@stock("CategoryEncoding")
def category_encoding(call: Call) -> Any:
    """Counts numbers, or puts out one hot for each."""
    depth = read_number(call.config.get("num_tokens")) or call.size("max_tokens")
    mode = call.text("output_mode", "multi_hot")
    if mode in ("tf-idf", "tf_idf"):
        call.own("idf", (depth,), trainable=False)
    return encoded(mode, call.input or (1,), depth)


@stock("Discretization")
def discretization(call: Call) -> Any:
    """Puts numbers into bins."""
    bounds = call.config.get("bin_boundaries", call.config.get("bins"))
    if bounds is None and call.era.traced:  # tf.keras learns the bounds into a variable as long as it needs
        call.own("summary", (2, None), dtype="float32", trainable=False, open_ended=True)
    depth = len(bounds) + 1 if isinstance(bounds, list) else read_number(call.config.get("num_bins"))
    shape, mode = call.input, call.text("output_mode", "int")
    if mode in _COUNTED and not call.era.traced and len(shape) > 1:
        return (shape[0], *shape[2:], depth)
    return encoded(mode, shape, depth)


def _depth(call: Call) -> int:
    """Return how many categories a lookup puts out."""
    most = read_number(call.config.get("max_tokens"))
    padded = call.config.get("pad_to_max_tokens")
    if most is not None and padded:
        return most
    counted = read_number(call.config.get("vocabulary_size"))
    if counted is not None:
        return counted
    vocabulary = call.config.get("vocabulary")
    if isinstance(vocabulary, list):
        unknown = call.size("num_oov_indices", 1)
        stated = all(str(word) == str(call.config.get("oov_token", "[UNK]")) for word in vocabulary[:unknown])
        return len(vocabulary) + (0 if stated else unknown)
    raise CannotInferError("its vocabulary does not stand in its config")


@stock("StringLookup", "IntegerLookup", "IndexLookup")
def lookup(call: Call) -> Any:
    """Gives each category its number in a vocabulary."""
    mode = call.text("output_mode", "int")
    if mode in ("tf_idf", "tf-idf") and call.era.traced:
        call.own("idf_weights", (None,), trainable=False, open_ended=True)
    return call.input if mode == "int" else encoded(mode, call.input, _depth(call))


@stock("TextVectorization")
def text_vectorization(call: Call) -> Any:
    """Splits texts into words and gives each its number, or counts them."""
    shape = call.input
    mode = call.text("output_mode", "int")
    split = call.config.get("split", "whitespace") is not None
    if mode == "tf_idf" and call.era.traced:
        call.own("idf_weights", (None,), trainable=False, part="_lookup_layer", open_ended=True)
    if mode == "int":
        if not split and call.era.traced:
            return shape
        return (shape[0] if shape else None, read_number(call.config.get("output_sequence_length")))
    return (shape[0] if shape else None, _depth(call))
