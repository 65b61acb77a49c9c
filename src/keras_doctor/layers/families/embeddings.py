"""Embeddings: vectors looked up by number."""

from __future__ import annotations

from keras_doctor.layers.quantization import additions, main_array
from keras_doctor.layers.shapes import CannotInferError, Shape, read_number, read_shape
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


@stock("Embedding")
def embedding(call: Call) -> Any:
    """Gives each number its vector."""
    entries, width = _table(call)
    additions(call, "embeddings", (entries, width))
    return (*_lengths(call, call.input), width)


def _table(call: Call) -> tuple[int, int]:
    entries, width = call.size("input_dim"), call.size("output_dim")
    main_array(call, "embeddings", (entries, width), (entries,), (1,))
    return entries, width


def _lengths(call: Call, shape: Shape) -> Shape:
    """Return the input's shape with the lengths that `input_length` promises (Keras 1 and 2; tf.keras and Keras 3 look
    at the input alone).
    """
    stated = call.config.get("input_length")
    if stated is None or not call.era.declared_lengths:
        return shape
    single = read_number(stated)
    lengths = (single,) if single is not None else read_shape(stated) or ()
    if len(lengths) != len(shape) - 1:
        raise CannotInferError("its input_length does not fit its input")
    return (shape[0], *(stated if size is None else size for size, stated in zip(shape[1:], lengths, strict=False)))


@stock("ReversibleEmbedding")
def reversible_embedding(call: Call) -> Any:
    """An embedding that also goes back from vectors to scores (`reverse=True`)."""
    entries, width = _table(call)
    if not call.flag("tie_weights", True):
        main_array(call, "reverse_embeddings", (width, entries), (entries,), (0,))
    additions(call, "embeddings", (entries, width))
    shape = call.input
    return (*shape[:-1], entries) if call.kwargs.get("reverse") is True else (*shape, width)
