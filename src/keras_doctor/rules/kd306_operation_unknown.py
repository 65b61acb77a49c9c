"""The graph holds an operation that this release has no class for.

**What happens.** `Unknown layer: 'TFOpLambda'`, `Unknown layer: SlicingOpLambda`, `Could not deserialize class 'Add'
because its parent module keras.src.ops.numpy cannot be imported`, `Only input tensors may be passed as positional
arguments`.

**Why.** Arithmetic on Keras tensors (`x * 2`, `tf.reduce_mean(x)`, `x[:, 1]`) becomes a node of the model: a
TensorFlowOpLayer up to TensorFlow 2.3, a TFOpLambda or SlicingOpLambda up to 2.15, an Operation in Keras 3. No release
knows those of the others. And HDF5 files of Keras 3 do not state modules: `x * 2` is then taken for the layer
Multiply, which takes a list of tensors and no number.

**How to mend.** Load the file with its own line of releases, or repair it: most operations have an equal.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import functional, placed, sequential, tensors
from keras_doctor.rules.spoken import release_of, shown
from keras_doctor.rules.strangers import is_operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.loaders.alike import Alike
    from keras_doctor.loaders.objects import Resolution
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD306", "operation-unknown", "op-layer-unknown", "error", ("object:unresolved", "operation:alike"), effect="fails"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an operation that the release does not know, with the function that it calls."""
    if "operation:alike" in step.tags:
        alike: Alike = step.subject
        name = shown(alike.class_name, 60)
        yield RULE.finding(
            step,
            f"{release_of(alike.api)} takes the operation {shown(alike.name, 40)} for a layer {name}, which does not "
            "take what it is called with",
            remedies=ways_out(context),
        )
        return
    found: Resolution = step.subject
    reference = found.reference
    if not found.problem or not is_operation(reference):
        return
    config = reference.config if isinstance(reference.config, dict) else {}
    called = config.get("function")
    yield RULE.finding(
        step,
        f"{release_of(found.api)} has no operation layer {shown(reference.name, 60)}",
        evidence=(f"it calls: {shown(called)}",) if isinstance(called, str) else (),
        remedies=ways_out(context),
    )


def _times_two(module: str, form: str = "hdf5-model") -> tuple[ModelDocument, Environment]:
    """Return a model that multiplies its input by two."""
    times = placed("b", "Multiply", {}, {"args": [*tensors("x")["args"], 2.0], "kwargs": {}})
    times = {**times, "config": {"name": "b"}}
    times = {**times, "module": module} if module else {key: times[key] for key in times if key != "module"}
    given = placed("x", "InputLayer", {"batch_shape": [None, 4]})
    return functional(given, times, ends=([["x", 0, 0]], [["b", 0, 0]]), form=form)


EXAMPLES = (
    Ill(
        lambda: sequential(("TFOpLambda", {"function": "math.multiply"}), form="hdf5-model", module=""),
        "no operation layer TFOpLambda",
    ),
    Ill(lambda: _times_two(""), "takes the operation b for a layer Multiply"),
    Well(lambda: _times_two("keras.src.ops.numpy", "keras-v3")),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
