"""The variables of a layer in float8 stand in another order than the one in which they are read.

**What happens.** `Shape mismatch in layer #0 (named dense) for weight dense/inputs_scale. Weight expects shape ().
Received saved weight with shape (16, 8)`.

**Why.** HDF5 files are read by order. A layer that was turned to float8 by `quantize` has its kernel first and the
scales after it; one that is built from the config, with its float8 policy, makes the scales first. The release that
saved the file cannot read it either.

**How to mend.** Save the model as a `.keras` archive, where variables have names, or repair the file: the arrays are
right, their order is not.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD319", "float8-out-of-order", "weights-mismatch", "error", ("weights:float8",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer."""
    api, name = step.subject
    yield RULE.finding(
        step,
        f"{release_of(api)} reads the scales of the layer {shown(name, 60)} before its kernel: the file has them after",
        remedies=(Remedy("Save the model as a .keras archive where it is alive: `model.save('model.keras')`."),),
    )


def _model(policy: str) -> tuple[ModelDocument, Environment]:
    held = {"module": "keras", "class_name": policy, "config": {"name": "float8_from_float32"}, "registered_name": None}
    return in_hdf5(
        {"dense": ((4, 3), (3,), (), (), (), (1024,), (1024,), (1024,))},
        ("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "a"}),
        ("Dense", {"units": 3, "name": "dense", "dtype": held}),
        env="python==3.11 keras==3.15.1 tensorflow==2.21.0",
        version="3.15.1",
    )


EXAMPLES = (
    Ill(lambda: _model("QuantizedFloat8DTypePolicy"), "before its kernel"),
    Well(lambda: _model("DTypePolicy")),
)
