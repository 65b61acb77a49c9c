"""The model has a layer that runs on an NVIDIA GPU only.

**What happens.** `No OpKernel was registered to support Op 'CudnnRNN'`: with TensorFlow 1 when the model is loaded,
with TensorFlow 2 when it is called. On a computer with a GPU nothing is wrong.

**Why.** CuDNNLSTM and CuDNNGRU call NVIDIA's library, which has no part for CPUs.

**How to mend.** Change the classes to LSTM (with `recurrent_activation="sigmoid"`) and GRU (with `reset_after=True`
too): Keras 2 and tf.keras convert the weights while they load them, and the results stay the same. A repair does so.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.cudnn import OnGpu
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD323", "gpu-layer", "backend-op-unsupported", "error", ("cudnn:device",), effect="loads-not-runnable")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the first layer that needs a GPU."""
    found: OnGpu = step.subject
    when = "is loaded" if found.fatal else "is called"
    yield RULE.finding(
        step,
        f"the layer {shown(found.name, 60)} is a {found.class_name}: without a GPU it fails when the model {when}",
        effect="fails" if found.fatal else None,
    )


_CUDNN = ("CuDNNLSTM", {"name": "lstm", "units": 2, "batch_input_shape": [None, 5, 4]})
_LSTM = ("LSTM", {"name": "lstm", "units": 2, "batch_input_shape": [None, 5, 4]})

EXAMPLES = (
    Ill(lambda: in_hdf5({"lstm": ((4, 8), (2, 8), (16,))}, _CUDNN), "fails when the model is called"),
    Ill(
        lambda: in_hdf5({"lstm": ((4, 8), (2, 8), (16,))}, _CUDNN, env="keras==2.2.4 tensorflow==1.13.1"),
        "fails when the model is loaded",
    ),
    Well(lambda: in_hdf5({"lstm": ((4, 8), (2, 8), (16,))}, _LSTM)),
)
