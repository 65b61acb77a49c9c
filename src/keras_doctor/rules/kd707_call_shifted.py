"""A layer takes what another call of a nested model puts out.

**What happens.** Nothing is said: where a model is used twice inside another, what belongs to its first call gets the
output of the second.

**Why.** Keras 2 and tf.keras count the call that a nested model is made of, so the first one in a graph is number 1.
Keras 3 counts from 0 and looks for number 1: with one call it never finds it, with two it finds the wrong one.

**How to mend.** Save it again with tf.keras as a `.keras` archive and let a repair rewrite the graph, or repair the
file itself: one is taken off each number.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD707", "call-shifted", "semantics-changed", "error", ("graph:shifted",), effect="loads-differently")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer and the model."""
    api, name, model = step.subject
    told = f"the layer {shown(name, 40)} takes another call of the model {shown(model, 40)}"
    yield RULE.finding(
        step,
        f"in {release_of(api)} {told} than it was saved with",
        remedies=ways_out(context),
    )


def _model(first: int) -> tuple[ModelDocument, Environment]:
    def placed(class_name: str, name: str, keywords: dict[str, Any], *calls: Any) -> dict[str, Any]:
        return {"class_name": class_name, "name": name, "config": {"name": name, **keywords}, "inbound_nodes": [*calls]}

    shape = {"batch_input_shape": [None, 4], "dtype": "float32"}
    inner = {
        "layers": [
            placed("InputLayer", "i", shape),
            placed("Dense", "d", {"units": 4}, [["i", 0, 0, {}]]),
        ],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["d", 0, 0]],
    }
    layers = [
        placed("InputLayer", "a", shape),
        placed("InputLayer", "b", shape),
        placed("Functional", "m", inner, [["a", 0, 0, {}]], [["b", 0, 0, {}]]),
        placed("Dense", "e", {"units": 2}, [["m", first, 0, {}]]),
    ]
    outputs = [["e", 0, 0], ["m", first + 1, 0]]
    config = {"name": "o", "layers": layers, "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": outputs}
    return sample("hdf5-model", config={"class_name": "Functional", "config": config})


EXAMPLES = (
    Ill(lambda: _model(1), "the layer e takes another call of the model m"),
    Well(lambda: _model(0)),
)
