"""Masks: which layers hand on the mask that comes in. What the others do with it, their own computation says.

A layer that hands none on drops the mask (tf.keras, Keras 3) or refuses it (Keras 1 and 2, so that no such model was
saved).
"""

from __future__ import annotations

from keras_doctor.layers.masking import hands_on

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.rescue.evaluation.call import Call
    from keras_doctor.rescue.evaluation.values import Array


def mask_after(call: Call) -> Array | None:
    """Return the mask of what goes out, for a computation that does not say it itself."""
    return call.mask if hands_on(call.class_name, call.semantics) else None
