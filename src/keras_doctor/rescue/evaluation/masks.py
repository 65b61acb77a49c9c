"""Masks: which layers hand on the mask that comes in. What the others do with it, their own computation says."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array

# `supports_masking = True` with the default `compute_mask`, in Keras 1.2.2 to 3.15.1. A layer that is in none of these
# drops the mask (tf.keras, Keras 3) or refuses it (Keras 1 and 2, so that no such model was saved).
_KEEP = (
    "Activation", "ActivityRegularization", "AddLoss", "AddMetric", "AlphaDropout", "BatchNormalization",
    "BatchNormalizationV1", "Dense", "Dropout", "ELU", "GaussianDropout", "GaussianNoise", "LayerNormalization",
    "LeakyReLU", "ParametricSoftplus", "PReLU", "ReLU", "Softmax", "SpatialDropout1D",
    "SpatialDropout2D", "SpatialDropout3D", "SReLU", "ThresholdedReLU", "TimeDistributedDense", "UnitNormalization",
)  # fmt: skip
_KEEP_IN_KERAS_3 = ("GroupNormalization", "Identity", "Normalization", "Rescaling")


def mask_after(call: Call) -> Array | None:
    """Return the mask of what goes out, for a computation that does not say it itself."""
    if call.class_name in _KEEP or (call.is_keras3 and call.class_name in _KEEP_IN_KERAS_3):
        return call.mask
    return None
