"""Embeddings: vectors looked up by number."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.quantized import embedding_table
from keras_doctor.rescue.evaluation.registry import computes
from keras_doctor.rescue.evaluation.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("Embedding")
def embedding(call: Call) -> Any:
    """Gives each number its vector."""
    numbers = call.x.astype(np.int64)
    mask = numbers != 0 if call.flag("mask_zero") else None
    return value(embedding_table(call)[numbers], mask)


@computes("ReversibleEmbedding")
def reversible_embedding(call: Call) -> Any:
    """An embedding that also goes back from vectors to scores (`reverse=True`)."""
    table = embedding_table(call)
    if call.kwargs.get("reverse") is not True:
        numbers = call.x.astype(np.int64)
        return value(table[numbers], numbers != 0 if call.flag("mask_zero") else None)
    back = table.T if call.flag("tie_weights", True) else call.variable("reverse_embeddings")
    scores = call.x @ back
    cap = call.config.get("logit_soft_cap")
    return scores if cap is None else np.tanh(scores / cap) * cap
