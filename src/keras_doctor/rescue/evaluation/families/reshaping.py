"""Layers that move, repeat, cut off or add places."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.registry import computes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call


@computes("Flatten")
def flatten(call: Call) -> Any:
    """All dimensions but the batch in one; the channels last, where the layer is told that they stand first."""
    x = call.x
    if call.text("data_format") == "channels_first" and x.ndim > 2:
        x = np.moveaxis(x, 1, -1)
    return x.reshape(len(x), -1)
