"""This device or backend cannot run an operation of the model.

**What happens.** `No OpKernel was registered to support Op 'CudnnRNN'`, `The Conv2D op currently only supports the NHWC
tensor format on the CPU`.

**Why.** CuDNNLSTM and CuDNNGRU exist on GPUs alone; convolutions with channels_first do not run on CPUs in TensorFlow.

**How to mend.** Run it on a GPU; convert cuDNN layers to LSTM and GRU (reset_after=True), or the model to
channels_last.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD912", "device-cannot", "backend-op-unsupported", "error", ())

EXAMPLES = (
    Said(
        "InvalidArgumentError: No OpKernel was registered to support Op 'CudnnRNN' used by "
        "{{node lstm/CudnnRNN}}with these attrs"
    ),
)
