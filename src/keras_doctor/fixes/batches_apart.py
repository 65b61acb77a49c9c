"""A convolution that is called on several dimensions of batches is distributed over them.

tf.keras takes dimensions before the image for more of the batch, whatever their number; Keras 3 and the releases before
TensorFlow 2.3 take one. A TimeDistributed applies the layer along one more.
Source: `Conv.call` of keras/src/layers/convolutional/base_conv.py (2.15), `squeeze_batch_dims` of
keras/src/utils/conv_utils.py.
"""

from __future__ import annotations

from keras_doctor.fixes.entries import standing
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.parts import Owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("batches-apart", ("graph:impossible",))
_DIMENSIONS = {"Conv1D": 3, "Conv2D": 4, "Conv3D": 5}
MOST = 8


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put a wrapper around each such layer for every dimension that is too many."""
    if not draft.era_read.startswith("tf.keras"):
        return
    for entry, shape in standing(draft, draft.era_read):
        config = entry["config"]
        if entry.get("class_name") not in _DIMENSIONS:
            continue
        ranks = {len(given) for call in shape.calls for given in call.input_shapes[:1] if given is not None}
        count = ranks.pop() - _DIMENSIONS[entry["class_name"]] if len(ranks) == 1 else 0
        if not 0 < count <= MOST:
            continue
        try:
            owned = Owned(draft, entry)
        except LookupError:
            continue
        name = str(config.get("name"))
        owned.keep({("/".join(["layer"] * count), key): tensor for (_, key), tensor in owned.tensors.items()})
        _wrap(entry, name, count, target)
        yield Change(FIX.slug, f"distribute {name} over what comes before its images", step.where)


def _wrap(entry: dict[str, Any], name: str, count: int, target: Target) -> None:
    config = entry["config"]
    around = {key: config[key] for key in ("batch_input_shape", "trainable", "dtype") if key in config}
    plain = {key: value for key, value in config.items() if key != "batch_input_shape"}
    inner: dict[str, Any] = {"class_name": entry["class_name"], "config": {**plain, "name": f"{name}_each"}}
    name_module(inner, "layers", target.api)
    for number in range(count):
        last = number == count - 1
        own = {**around, "name": name} if last else {"name": f"{name}_each_{number + 1}"}
        outer = {"class_name": "TimeDistributed", "config": {**own, "layer": inner}}
        name_module(outer, "layers", target.api)
        inner = outer
    entry.update(inner)
