"""Layers that a release makes or calls without some options, as facts of `releases/behaviours.tsv` say."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.graphs import Inferred
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load


def _first(config: dict[str, Any]) -> bool:
    return config.get("data_format") == "channels_first"


def _causal_first(config: dict[str, Any]) -> bool:
    return _first(config) and config.get("padding") == "causal"


def _unequal(config: dict[str, Any]) -> bool:
    rate = config.get("dilation_rate")
    return isinstance(rate, list) and any(one != rate[0] for one in rate)


# Class, behaviour of the release, options that it refuses, and why in words.
_REFUSED: tuple[tuple[str, str, Callable[[dict[str, Any]], bool], str], ...] = (
    ("Conv1D", "pads-causal-channels-last", _causal_first, "it pads causally where channels come last only"),
    ("Conv2DTranspose", "wants-equal-dilations", _unequal, "its dilation_rate has different numbers"),
    ("LocallyConnected1D", "connects-channels-last", _first, "its channels come last, whatever data_format says"),
)


def steps(load: Load) -> Iterator[Step]:
    """Yield the layers of a model with options that the release refuses: stage "graph"."""
    for class_name, behaviour, applies, why in _REFUSED:
        for node in load.document.layers:
            if node.class_name == class_name and applies(node.config) and load.does(behaviour):
                told = Inferred(load.api, node.name, class_name, why)
                yield Step("graph", ("graph:impossible",), Locus(path=node.path), told)
