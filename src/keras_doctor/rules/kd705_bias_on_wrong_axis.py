"""The bias of a channels-first convolution is added along the wrong axis.

**What happens.** Nothing is said: where the last dimension of the output is as long as there are filters, each column
gets the bias of a channel.

**Why.** Since 3.7 Keras adds a bias with TensorFlow's `bias_add` and decides by its length along which axis: the last
one, when that fits. The bias of a channels-first layer belongs to the second. Releases before, and the other backends,
add it where it belongs.

**How to mend.** Predict with JAX, PyTorch, or Keras up to 3.6; or give the model another size of input, if that is all
the same to it.
"""

from __future__ import annotations

from keras_doctor.document.provenance import Provenance
from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown
from keras_doctor.rules.writers import writer_did

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD705", "bias-on-wrong-axis", "semantics-changed", "error", ("call:square",), effect="loads-differently")
_BEHAVIOUR = "adds-bias-along-last-axis"


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a convolution whose bias is added otherwise than where the model was saved."""
    layer: Uncallable = step.subject
    provenance, environment = context.document.provenance, context.environment
    here = has(_BEHAVIOUR, layer.api.library, layer.api.version) and environment.backend in ("", "tensorflow")
    there = writer_did(_BEHAVIOUR, provenance)
    if there and provenance.backend not in (None, "tensorflow"):
        there = False
    elif there and provenance.backend is None:
        there = None  # an archive does not state its backend
    if here == there or (not here and there is None):
        return
    name = shown(layer.name or layer.class_name, 60)
    yield RULE.finding(
        step,
        f"{release_of(layer.api)} adds the bias of the layer {name} along another axis than the release that saved it"
        + ("" if there is not None else " may have done"),
        effect=RULE.effect if there is not None else "unknown",
        remedies=(Remedy("Predict with the JAX or PyTorch backend.", "export KERAS_BACKEND=jax"),),
    )


_LAYERS = (
    ("InputLayer", {"batch_shape": [None, 2, 7, 5], "dtype": "float32", "name": "a"}),
    ("Conv2D", {"filters": 3, "kernel_size": [3, 3], "data_format": "channels_first", "name": "b"}),
)
_OLDER = Provenance("3.3.3", "3.3.3", "3.3.3", "keras", "keras-3", backend="tensorflow")
_NEWER = Provenance("3.15.1", "3.15.1", "3.15.1", "keras", "keras-3", backend="tensorflow")

EXAMPLES = (
    Ill(lambda: sequential(*_LAYERS, form="hdf5-model", module="", provenance=_OLDER), "bias of the layer b"),
    Well(lambda: sequential(*_LAYERS, form="hdf5-model", module="", provenance=_NEWER)),
    Well(
        lambda: sequential(
            _LAYERS[0],
            (_LAYERS[1][0], {**_LAYERS[1][1], "filters": 4}),
            form="hdf5-model",
            module="",
            provenance=_OLDER,
        )
    ),
)
