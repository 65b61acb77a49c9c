"""The weights of the words of a lookup in "tf_idf" mode: `weighed` puts them where the v3 store has them.

Source: `set_vocabulary`, `save_own_variables` and `load_own_variables` of
keras/src/layers/preprocessing/index_lookup.py (2.13 to 3.15).
"""

from __future__ import annotations

import struct

from keras_doctor.document.expressions import constant, renamed
from keras_doctor.layers.stored_order import WEIGHTS, weighed_places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.layers.graph import LayerShape

LARGEST = 1 << 26  # bytes of weights that are read


def weighed(draft: Draft, release: str, inferred: tuple[LayerShape, ...]) -> Iterator[tuple[str, list[TensorRef]]]:
    """Yield the groups of the v3 store that hold weights of words, in the layout of a release."""
    for node, groups in weighed_places(draft.config, release, inferred):
        tensor = weights_of(draft, draft.at(node.path))
        if tensor is not None:
            for group in groups:
                yield group, [renamed(tensor, WEIGHTS)]


def weights_of(draft: Draft, entry: Any) -> TensorRef | None:
    """Return the weights of a layer's words from the file, or else from its config."""
    return held_weights(draft, entry) or _stated(entry["config"])


def held_weights(draft: Draft, entry: Any) -> TensorRef | None:
    """Return the weights that the file holds of a layer, those of unknown words first."""
    found = (tensor for (_, name), tensor in draft.tensors(entry).items() if name == WEIGHTS)
    return next(found, None)


def read_weights(tensor: TensorRef) -> list[float]:
    """Return float32 values that are stored; none where there are too many, or they are something else."""
    if tensor.dtype != "float32" or tensor.nbytes > LARGEST:
        return []
    return list(struct.unpack(f"<{tensor.size}f", tensor.read()))


def stated_weights(config: dict[str, Any]) -> list[float] | None:
    """Return the weights as a layer makes them of its config: unknown words have the mean of all, where none is stated,
    and what is missing up to the size that it is padded to has none.
    """
    weights, words = config.get(WEIGHTS), config.get("vocabulary")
    if not isinstance(weights, list) or not isinstance(words, list) or not weights or len(weights) != len(words):
        return None
    unknown = [str(word) for word in unknown_words(config)]
    if [str(word) for word in words[: len(unknown)]] != unknown:
        weights = [sum(weights) / len(weights)] * len(unknown) + weights
    most = config.get("max_tokens") if config.get("pad_to_max_tokens") else None
    return weights + [0.0] * ((most or 0) - len(weights))


def unknown_words(config: dict[str, Any]) -> list[Any]:
    """Return what stands for unknown words in front of a vocabulary."""
    return [config.get("oov_token", "[UNK]")] * config.get("num_oov_indices", 1)


def _stated(config: dict[str, Any]) -> TensorRef | None:
    weights = stated_weights(config)
    if weights is None:
        return None
    return constant(WEIGHTS, (len(weights),), "float32", struct.pack(f"<{len(weights)}f", *weights))
