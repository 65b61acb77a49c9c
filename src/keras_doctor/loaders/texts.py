"""TextVectorization: releases that forget how long its rows are, and what comes behind that must know.

Sources: `TextVectorization.call` of keras/src/layers/preprocessing/text_vectorization.py (3.0 to 3.8: `tf.pad` by a
dynamic shape; 3.9 sets the static one), `Flatten.call` of keras/src/layers/reshaping/flatten.py (3.0 to 3.10: two
sizes of -1), keras/layers/preprocessing/text_vectorization.py of 2.6 and 2.7: `self._output_mode is not INT`, which a
mode that was read from a file never is, so that rows of several lengths come out; seen with real releases.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import LayerNode
    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

# Layers behind which the rows of a text are as long as before, or as unknown.
_KEEPING = frozenset(
    ("Embedding", "Dropout", "SpatialDropout1D", "Activation", "ReLU", "Dense", "LayerNormalization", "Masking",
     "BatchNormalization", "Conv1D", "MaxPooling1D", "AveragePooling1D", "TimeDistributed", "GaussianNoise", "Identity")
)  # fmt: skip
_LOOPS = frozenset(("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional"))
_TAKING_RAGGED = frozenset(("Embedding", "Dropout", "Activation", "ReLU", "GaussianNoise"))


@record
class Forgotten:
    """A TextVectorization whose rows have no known length, and the layer `behind` it that has to know that.

    `ragged`: the rows come out with a length each, and the model cannot be put together.
    """

    api: Api
    name: str
    behind: str
    ragged: bool = False


def steps(load: Load) -> Iterator[Step]:
    """Yield the layers behind a TextVectorization that cannot do with what this release makes of it."""
    ragged = load.does("reads-text-mode-as-none") and load.reader == "hdf5"
    unsized = load.does("forgets-length-of-texts") and load.environment.backend in ("", "tensorflow")
    if not ragged and not unsized:
        return
    for node in load.document.layers:
        if node.class_name != "TextVectorization" or node.config.get("output_mode", "int") != "int":
            continue
        found = _flattened(load, node, _TAKING_RAGGED if ragged else _KEEPING)
        where = Locus(path=node.path)
        if found is not None:
            told = Forgotten(load.api, node.name, found.name, ragged)
            yield Step("graph" if ragged else "call", ("texts:unsized",), where, told)
        elif ragged:
            reason = f"what is behind {node.name[:60]} gets rows of several lengths, and whether it takes them"
            yield Step("graph", (), where, unexamined=f"{reason} is not known")


def _flattened(load: Load, start: LayerNode, through: frozenset[str]) -> LayerNode | None:
    """Return the first Flatten that the rows reach."""
    near = [node for node in load.document.layers if node.parent == start.parent]
    reached = {start.name}
    if not any(node.inbound for node in near):  # a Sequential: one after the other
        for node in near[near.index(start) + 1 :]:
            if node.class_name == "Flatten":
                return node
            if not _passes(node, through):
                return None
        return None
    for _ in near:  # the layers of a graph may stand in any order
        before = len(reached)
        for node in near:
            if node.name in reached or not reached.intersection(node.inbound):
                continue
            if node.class_name == "Flatten":
                return node
            if _passes(node, through):
                reached.add(node.name)
        if len(reached) == before:
            return None
    return None


def _passes(node: LayerNode, through: frozenset[str]) -> bool:
    if node.class_name not in _LOOPS:
        return node.class_name in through
    layer = node.config.get("layer")
    config = layer.get("config") if isinstance(layer, dict) else node.config
    return through is _KEEPING and isinstance(config, dict) and config.get("return_sequences") is True
