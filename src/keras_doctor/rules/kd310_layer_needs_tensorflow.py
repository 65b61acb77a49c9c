"""A layer of the model needs TensorFlow, which is not there.

**What happens.** `Layer TextVectorization requires TensorFlow. Install it via pip install tensorflow.`

**Why.** Keras 3 computes with JAX or PyTorch as well, but text is turned into numbers by TensorFlow's operations:
layers that look up, split or hash strings raise when they are made without it.

**How to mend.** Install TensorFlow beside the backend (the CPU build will do); KERAS_BACKEND can stay as it is.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.installing import install
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import NEWEST, sequential
from keras_doctor.rules.spoken import named, release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

# keras/src/layers/preprocessing/*.py of 3.0 to 3.15: `if not tf.available: raise ImportError` in the constructor.
_NEED_IT = ("TextVectorization", "StringLookup", "IntegerLookup", "Hashing", "HashedCrossing")

RULE = Rule(
    "KD310",
    "layer-needs-tensorflow",
    "backend-missing",
    "error",
    tuple(f"class:{name}" for name in _NEED_IT),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a layer that cannot be made without TensorFlow."""
    made: Built = step.subject
    environment = context.environment
    if made.api.line != "keras-3" or environment.backend in ("", "tensorflow") or environment.tensorflow:
        return
    yield RULE.finding(
        step,
        f"{named(made.reference)} of {release_of(made.api)} needs TensorFlow beside {environment.backend}",
        remedies=(Remedy("Install TensorFlow beside it:", install(environment, "tensorflow")),),
    )


_JAX = "python==3.11 keras==3.15.1 jax==0.9.0 backend=jax"

EXAMPLES = (
    Ill(lambda: sequential(("TextVectorization", {"name": "text"}), env=_JAX), "needs TensorFlow"),
    Well(lambda: sequential(("TextVectorization", {"name": "text"}), env=NEWEST)),
    Well(lambda: sequential(("Dense", {"units": 3}), env=_JAX)),
)
