"""Weights in bfloat16 come out of an HDF5 file as bytes without a type.

**What happens.** `No cast function available`, `Invalid dtype: void16`, `Error interpreting argument to stage as a JAX
value`.

**Why.** HDF5 has no bfloat16. Keras 3 writes such an array as two opaque bytes a number and does not turn them back
when it reads the file; with its own archives it does.

**How to mend.** Save the model as a `.keras` archive where it is still alive, or repair the file: the bytes are all
there.
"""

from __future__ import annotations

from keras_doctor.document.tensors import TensorRef
from keras_doctor.findings import Finding, Remedy
from keras_doctor.records import replace
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD317", "bytes-without-type", "loader-bug", "error", ("weights:opaque",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the first such tensor."""
    api, name = step.subject
    yield RULE.finding(
        step,
        f"{release_of(api)} makes no number of the bytes of {shown(name, 80)}: HDF5 has no bfloat16",
        remedies=(Remedy("Save the model as a .keras archive where it is alive: `model.save('model.keras')`."),),
    )


_LAYERS = (
    ("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "a"}),
    ("Dense", {"units": 3, "name": "dense"}),
)


def _model(dtype: str) -> tuple[ModelDocument, Environment]:
    document, environment = in_hdf5(
        {"dense": ((4, 3), (3,))}, *_LAYERS, env="python==3.11 keras==3.15.1 tensorflow==2.21.0", version="3.15.1"
    )
    (group,) = document.weights
    tensors = tuple(
        TensorRef(one.name, one.path, one.shape, dtype, one.nbytes, one.locus, lambda: iter(()))
        for one in group.tensors
    )
    return document.changed(weights=(replace(group, tensors=tensors),)), environment


EXAMPLES = (
    Ill(lambda: _model("opaque"), "makes no number of the bytes"),
    Well(lambda: _model("float32")),
)
