"""With TensorFlow the layer cut the decimals off before it sorted values into bins, here it does not.

**What happens.** The model loads and predicts something else, without a word.

**Why.** Discretization of Keras 3 up to 3.8 has the dtype int64. When TensorFlow's backend predicts in a graph, values
are cast to that dtype first: 0.7 becomes 0. Other backends leave them as they are, so that values fall into other bins.

**How to mend.** Load the model with the TensorFlow backend. A model that was trained with another backend is all right
here.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import NEWEST, sequential
from keras_doctor.rules.spoken import named

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD709",
    "discretization-truncates",
    "semantics-changed",
    "warning",
    ("class:Discretization",),
    effect="loads-differently",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a Discretization of whole numbers under another backend than TensorFlow."""
    made: Built = step.subject
    dtype = made.config.get("dtype")
    backend = context.environment.backend
    if made.api.line != "keras-3" or backend in ("", "tensorflow") or not isinstance(dtype, str):
        return
    if not dtype.startswith(("int", "uint")) or context.document.provenance.backend not in (None, "", "tensorflow"):
        return
    yield RULE.finding(
        step,
        f"{named(made.reference)} has the dtype {dtype}: TensorFlow cuts decimals off before it, {backend} does not",
        remedies=ways_out(context),
    )


_LAYER = ("Discretization", {"name": "bins", "bin_boundaries": [0.0, 0.5], "dtype": "int64"})
_JAX = "python==3.11 keras==3.15.1 jax==0.9.0 backend=jax"

EXAMPLES = (
    Ill(lambda: sequential(_LAYER, env=_JAX), "has the dtype int64"),
    Well(lambda: sequential(_LAYER, env=NEWEST)),
)
