"""Kernels of convolutions that Theano trained are turned around.

Theano slides a kernel over the image back to front, every other backend front to back. Keras 2 turned kernels when it
read them with another backend than they were saved with; tf.keras has not since 2.4, nor does Keras 3.
Sources: keras/utils/conv_utils.py `convert_kernel` (2.2); tensorflow/python/keras/saving/hdf5_format.py (2.3).
"""

from __future__ import annotations

from keras_doctor.document.expressions import flip
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.loaders.theano_kernels import backend_of_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("theano-kernels", ("draft",))

# Classes that convolve, and which of their arrays are kernels.
_KERNELS = {
    "Conv1D": ("kernel",), "Conv2D": ("kernel",), "Conv3D": ("kernel",), "Conv1DTranspose": ("kernel",),
    "Conv2DTranspose": ("kernel",), "Conv3DTranspose": ("kernel",), "SeparableConv1D": ("depthwise_kernel",),
    "SeparableConv2D": ("depthwise_kernel",), "DepthwiseConv2D": ("depthwise_kernel", "kernel"),
    "ConvLSTM2D": ("kernel", "recurrent_kernel"),
}  # fmt: skip


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Turn kernels where one of both backends is Theano."""
    writer = trained_by(draft)
    reader = target.environment.backend or "tensorflow"
    if not writer or (writer == "theano") == (reader == "theano"):
        return
    for owner, parts, entry in layers_with_parts(draft.config):
        names = _KERNELS.get(str(entry.get("class_name")), ())
        tensors = draft.tensors(owner)
        turned = False
        for (part, name), tensor in list(tensors.items()):
            mine = any(part == one or part.startswith(f"{one}/") or not one for one in parts)
            if mine and name in names:
                tensors[part, name] = flip(tensor, tuple(range(len(tensor.shape) - 2)))
                turned = True
        if turned:
            yield Change(FIX.slug, f"turn the kernel of {entry['config'].get('name')} around, which {writer} trained")


def trained_by(draft: Draft) -> str:
    """Return the backend that a file's weights were trained with, "" where nothing tells."""
    source = draft.source
    return str(source.facts.get("weights_backend") or source.provenance.backend or backend_of_names(source) or "")
