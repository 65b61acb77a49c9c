"""A layer loads and cannot be called on a CPU with this release.

**What happens.** `The Conv2D op currently only supports the NHWC tensor format on the CPU`, `Default MaxPoolingOp
only supports NHWC on device type CPU`, `Value for attr 'T' of half is not in the list of allowed values`: the model
is there, `predict` raises.

**Why.** TensorFlow has some kernels for GPUs only. Up to 2.8 tf.keras hands channels-first layers to them as they are;
from 2.10 to 2.15 a half-precision LayerNormalization is replaced by one of oneDNN that takes no half.

**How to mend.** Predict on a GPU, load with a release that has the kernel (Keras 2 and 3 turn the axes around), or for
LayerNormalization set `TF_ENABLE_ONEDNN_OPTS=0`.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD315",
    "not-on-this-device",
    "backend-op-unsupported",
    "error",
    ("call:unsupported",),
    effect="loads-not-runnable",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer and what stops it."""
    layer: Uncallable = step.subject
    named = shown(layer.name or layer.class_name, 60)
    yield RULE.finding(
        step,
        f"{release_of(layer.api)} cannot call the layer {named} on a CPU: {layer.why}",
        evidence=(f"the config says: {layer.keyword} = {shown(layer.value)}",),
        remedies=(
            Remedy("Predict on a GPU, or load with a release that has the kernel: Keras 2, tf.keras 2.10, Keras 3."),
        )
        if layer.keyword != "dtype"
        else (Remedy("Switch oneDNN off before TensorFlow is imported:", "export TF_ENABLE_ONEDNN_OPTS=0"),),
    )


_INPUT = ("InputLayer", {"batch_input_shape": [None, 4, 8, 8], "dtype": "float32", "name": "a"})
_POOL = ("MaxPooling2D", {"pool_size": [2, 2], "data_format": "channels_first", "name": "b"})

EXAMPLES = (
    Ill(
        lambda: sequential(_INPUT, _POOL, form="hdf5-model", module="", env="python==3.8 tensorflow==2.8.0"),
        "cannot call the layer b on a CPU",
    ),
    Ill(
        lambda: sequential(
            ("LayerNormalization", {"axis": [1], "dtype": "mixed_float16", "name": "b"}),
            form="hdf5-model",
            module="",
            env="python==3.11 tensorflow==2.15.0",
        ),
        "does not take float16",
    ),
    Well(lambda: sequential(_INPUT, _POOL, form="hdf5-model", module="", env="python==3.11 tensorflow==2.15.0")),
)
