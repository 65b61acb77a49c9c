"""An Embedding says that it is of integers, and this release makes its vectors of them.

**What happens.** `Tensor conversion requested dtype int32 for Tensor with dtype float32`, `Expected int32, got -0.05 of
type 'float' instead`, `Cannot convert -0.05 to EagerTensor of dtype int32`, `dtype argument to uniform must be a float
dtype, got int32`.

**Why.** Keras 1 and Keras 2 before 2.0.6 wrote the type of an Embedding's input into its config: `"dtype": "int32"` (in
Keras 1 `"input_dtype"`). Every release since takes it for the type of the vectors.

**How to mend.** Write `"float32"` in its place, which is what a repair does; the numbers stay what they are.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import named, release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD321", "embedding-of-integers", "config-value", "error", ("class:Embedding",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an Embedding with a type of integers."""
    made: Built = step.subject
    stated = made.config.get("dtype") or made.config.get("input_dtype")
    if not isinstance(stated, str) or not stated.startswith(("int", "uint")) or "_from_" in stated:
        return  # "int8_from_float32" is a policy: its vectors are floats
    if has("takes-integers-for-embeddings", made.api.library, made.api.version):
        return
    yield RULE.finding(
        step,
        f"{named(made.reference)} is of the type {shown(stated, 20)}, "
        f"of which {release_of(made.api)} then makes its vectors",
        remedies=ways_out(context),
    )


_INTEGERS = ("Embedding", {"input_dim": 9, "output_dim": 2, "dtype": "int32", "batch_input_shape": [None, 5]})
_FLOATS = ("Embedding", {"input_dim": 9, "output_dim": 2, "dtype": "float32", "batch_input_shape": [None, 5]})

EXAMPLES = (
    Ill(
        lambda: sequential(_INTEGERS, form="hdf5-model", module="", env="tensorflow==2.15.1"),
        "the layer Embedding is of the type int32",
    ),
    Well(lambda: sequential(_FLOATS, form="hdf5-model", module="", env="tensorflow==2.15.1")),
    Well(
        lambda: sequential((_INTEGERS[0], {**_INTEGERS[1], "dtype": "int8_from_float32"}), form="hdf5-model", module="")
    ),
    Well(lambda: sequential(_INTEGERS, form="hdf5-model", module="", env="keras==2.0.5 tensorflow==1.4.1")),
)
