"""Backends, devices and files that a model needs and does not find."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.foreign import named_in
from keras_doctor.symptoms.remedies import REBUILD
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_NO_KERNEL = Reading(
    "backend-op-unsupported",
    "the model uses an operation that this device or backend cannot run: cuDNN layers want a GPU, "
    "channels_first (NCHW) convolutions do not run on the CPU",
    (
        Remedy(
            "Run it where there is a GPU with cuDNN and CUDA; or convert CuDNNLSTM and CuDNNGRU to "
            "LSTM and GRU (reset_after=True), whose weights fit after a conversion.",
            "keras-doctor check PATH",
        ),
        Remedy(
            "For channels_first on a CPU: rebuild the model with channels_last and transposed kernels.",
            "keras-doctor check PATH",
        ),
    ),
    code="KD912",
)


def _no_kernel(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    """Tell of an operation without a kernel: of this device, or of what the model is converted for."""
    tool = named_in(scene)
    if tool is not None and tool.cause == "converter-incompatible" and "convert" in scene.low:
        return tool.reading("medium"), replace(_NO_KERNEL, confidence="medium", when="it was raised while it ran")
    return (_NO_KERNEL,)


SYMPTOMS = (
    Symptom(
        (
            "requires tensorflow. install it via",
            "requires tensorflow to be installed",
            "only currently supported",
            "only supported with the tensorflow backend",
            "is only available with the tensorflow backend",
            "with the tensorflow backend",
            "with the jax backend",
            "with the torch backend",
            "backend is not installed",
            "unable to import backend",
            "requires the tensorflow backend",
            "please install tensorflow",
            "only supported with the jax",
            "only supported with the torch",
        ),
        (
            Reading(
                "backend-missing",
                "this layer (or loader) works with TensorFlow only, and Keras runs on another backend here, or "
                "TensorFlow is not installed",
                (
                    Remedy(
                        "Install TensorFlow; preprocessing layers then work under every backend.",
                        "pip install tensorflow",
                    ),
                    Remedy("Or choose it as the backend before Keras is imported.", "export KERAS_BACKEND=tensorflow"),
                ),
                code="KD210",
            ),
        ),
        pattern=r"requires TensorFlow\b(?! 2)|\bonly [\w ]{0,30}(?:with|in) the (?:TensorFlow|TF|JAX|Torch) backend"
        r"|backend is not installed|unable to import backend|requires the TensorFlow backend",
        strength=7,
    ),
    Symptom(
        ("openvino backend", "numpy backend", "with the jax backend", "by the jax backend", "torch backend"),
        (
            Reading(
                "backend-op-unsupported",
                "the backend that Keras runs on does not have this operation",
                (
                    Remedy(
                        "Choose another backend before Keras is imported.",
                        "export KERAS_BACKEND=tensorflow  # or jax, torch",
                    ),
                    Remedy("Or upgrade Keras: backends are completed from release to release.", "pip install -U keras"),
                ),
                code="KD912",
            ),
        ),
        pattern=r"not (?:yet )?(?:supported|implemented|available) (?:with|by|in|for|on)(?: the)? "
        r"(?:openvino|numpy|jax|torch)",
        strength=8,
    ),
    Symptom(
        (
            "no opkernel was registered to support op",
            "no registered '",
            "cudnnrnn",
            "only supports nhwc",
            "nchw",
            "only supported on the gpu",
            "channels first",
            "data_format nchw",
            "cpu implementation",
        ),
        _no_kernel,
        pattern=r"no OpKernel was registered to support Op|no registered '\w+' OpKernel|CudnnRNN|only supports NHWC"
        r"|NCHW|only supported on the GPU",
        strength=6,
    ),
    Symptom(
        (
            "vocabulary file",
            "loading vocabulary files outside",
            "loading of a vocabulary file outside",
            "vocabulary_file",
            "vocab file",
            "asset",
        ),
        (
            Reading(
                "assets-missing",
                "a vocabulary or another asset is not at the path that the file names (often one of the "
                "machine where the model was saved), or lies outside the archive, which newer releases refuse",
                (
                    Remedy(
                        "Put the file at the path, or set the vocabulary anew; save with a release that stores "
                        "the vocabulary itself.",
                        "layer.set_vocabulary(words)",
                    ),
                    REBUILD,
                ),
                "medium",
                code="KD911",
            ),
        ),
        pattern=r"vocabulary file [^\n]{0,200}(?:does not exist|not found)|loading (?:vocabulary files"
        r"|of a vocabulary file) outside|(?:asset"
        r"|vocab\w*)[^\n]{0,120}(?:not found|does not exist|no such file)",
        strength=7,
    ),
)
