"""Windows over an image lie otherwise than in training, for the backend pads otherwise.

**What happens.** Nothing at the load. The outputs of pooling layers and convolutions that pad are others.

**Why.** For `padding="same"` TensorFlow pads as little as it can, and more at the end than at the start. Theano pads
both ends alike and drops what is too much at the end. The windows lie on the same places only for odd sizes and steps
of 1, and for some sizes of images.

**How to mend.** The config has no word for Theano's way: load the model with the backend that trained it, or put a
ZeroPadding layer before each of these layers and let it pad with `valid`.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.loaders.theano_kernels import Misaligned
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD711", "padding-misaligned", "semantics-changed", "error", ("theano:padding",), effect="loads-differently"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layers and the two backends."""
    found: Misaligned = step.subject
    layers = ", ".join(shown(name, 40) for name in found.layers[:8]) + (", …" if len(found.layers) > 8 else "")
    yield RULE.finding(
        step,
        f"the padding of {layers} begins elsewhere with {shown(found.reader, 20)} than with {shown(found.writer, 20)}",
        remedies=ways_out(context),
    )


def _pooling(size: int, backend: str) -> tuple[ModelDocument, Environment]:
    layer = ("MaxPooling2D", {"name": "pool", "pool_size": [size, size], "padding": "same", "strides": [1, 1]})
    first = ("Conv2D", {"name": "conv", "filters": 1, "kernel_size": [1, 1], "batch_input_shape": [None, 8, 8, 1]})
    return in_hdf5({"conv": ((1, 1, 1, 1), (1,))}, first, layer, env="tensorflow==2.15.1", backend=backend)


EXAMPLES = (
    Ill(lambda: _pooling(2, "theano"), "the padding of pool begins elsewhere with tensorflow than with theano"),
    Well(lambda: _pooling(3, "theano")),
    Well(lambda: _pooling(2, "tensorflow")),
)
