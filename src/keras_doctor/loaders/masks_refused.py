"""Layers of standalone Keras before 3 that a mask must not reach: they say so when the graph is put together.

Source: `Layer.compute_mask` of keras/engine/base_layer.py (2.2.4), keras/engine/topology.py (1.2.2): TypeError where
`supports_masking` is not set. tf.keras asks layers without a `compute_mask` of their own for none.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.masking import ELEMENTWISE, RECURRENT, Flow, hands_on
from keras_doctor.layers.models import is_model, name_of
from keras_doctor.layers.stock import is_stock
from keras_doctor.loaders.graphs import Inferred, era_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.releases.semantics import Semantics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.masking import Call, Mask
    from keras_doctor.loaders.load import Load

# Layers with a `compute_mask` of their own.
_TAKING = (*RECURRENT, *ELEMENTWISE, "Concatenate", "Dot", "Merge", "TimeDistributed", "Lambda", "Embedding", "Masking")


def steps(load: Load, config: Any, shapes: Sequence[LayerShape]) -> Iterator[Step]:
    """Yield the layers that a mask comes to and that take none."""
    semantics = Semantics("keras", load.api.version, load.environment.backend or "")
    flow = _Watching(era_of(load), semantics, {shape.path: shape.input_shapes for shape in shapes})
    flow.follow(config)
    for call, why in flow.reached:
        told = Inferred(load.api, name_of(call.entry), call.name, f"a mask comes in, and {why}")
        yield Step("graph", ("graph:impossible",), Locus(path=call.path), told)


class _Watching(Flow):
    """The masks of a model, with the first call of each layer that must not get one."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.reached: list[tuple[Call, str]] = []

    def after(self, call: Call) -> list[Mask]:
        counts = call.name == "GlobalAveragePooling1D" and self.semantics["pooling_mask"] == "counts"
        taken = counts or call.name in _TAKING or hands_on(call.name, self.semantics)
        why = _unfit(call)
        if not taken and is_stock(call.name) and not is_model(call.name, call.config):
            why = "it does not support masking"
        if why and any(call.masks) and all(one.path != call.path for one, _ in self.reached):
            self.reached.append((call, why))
        return super().after(call)


def _unfit(call: Call) -> str:
    """Return why a loop cannot go by a mask: TensorFlow's `rnn` lays it out as wide as the output of a step, with two
    dimensions, for every state (keras/backend/tensorflow_backend.py of 2.2.4).
    """
    if call.name.startswith("ConvLSTM"):
        return "its steps put out images"
    cells = call.config.get("cell")
    held = cells.get("config", {}).get("cells") if isinstance(cells, dict) else None
    sizes = {str(one.get("config", {}).get("units")) for one in held or () if isinstance(one, dict)}
    return "its cells are of several sizes" if len(sizes) > 1 else ""
