"""A layer has a name that TensorFlow does not take for a scope.

**What happens.** `'détection' is not a valid scope name. A scope name has to match the following pattern:
^[A-Za-z0-9_.\\/>-]*$`. Keras 3 loads the model and raises when it predicts; tf.keras and Keras 2 raise while the
model is put together.

**Why.** With TensorFlow, Keras opens a scope of each layer's name. Spaces and letters beyond ASCII are not taken; JAX
and PyTorch do not mind, so such a model can be saved there.

**How to mend.** Load it with the backend that saved it, or rename the layer: names matter to nothing but by-name
loading.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD314", "name-no-scope", "name-invalid", "error", ("name:scope",), effect="loads-not-runnable")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a layer's name that is no scope."""
    layer: Uncallable = step.subject
    yield RULE.finding(
        step,
        f"TensorFlow takes no scope by the name of a layer {shown(layer.class_name, 40)}, {shown(layer.name, 60)!r}",
        effect="fails" if step.stage == "graph" else RULE.effect,
        remedies=(Remedy("Load it with the JAX or PyTorch backend, or rename the layer."),),
    )


_INPUT = ("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "a"})

EXAMPLES = (
    Ill(lambda: sequential(_INPUT, ("Dense", {"units": 3, "name": "with space"})), "'with space'"),
    Well(
        lambda: sequential(
            _INPUT,
            ("Dense", {"units": 3, "name": "with space"}),
            env="python==3.11 keras==3.15.1 jax==0.10.2 backend=jax",
        )
    ),
    Well(lambda: sequential(_INPUT, ("Dense", {"units": 3, "name": "dots.and-dash_1"}))),
)
