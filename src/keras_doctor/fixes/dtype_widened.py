"""A dtype policy that a release lacks is another one, with room for the same numbers.

Standalone Keras 2 and TensorFlow 1 know no policies: a layer in half precision, or in float64, has the dtype of the
rest there, float32; TensorFlow 2.0 knows none that mixes two. A layer wholly in bfloat16, whose weights TensorFlow up
to 2.4 cannot fill, keeps them in float32 and computes in bfloat16 as before (mixed_bfloat16).
Sources: `Layer.add_weight` of keras/engine/base_layer.py (2.2.4), tensorflow/python/keras/engine/base_layer.py (1.15,
2.0); `batch_set_value` of tensorflow/python/keras/backend.py (2.4).
"""

from __future__ import annotations

from keras_doctor.document.expressions import cast
from keras_doctor.fixes.dialects import objects
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.dtypes import compute_dtype, policy_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_hdf5 import Misfit

FIX = Fix("dtype-widened", ("draft", "arrays:conversion"))
_FLOATS = ("float16", "bfloat16", "float64")
_HALF = "it rounds less than half precision does: outputs agree to about 1e-2 of their scale"
_DOUBLE = "it rounds to float32 what was float64: outputs agree to about 1e-6 of their scale"


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Give layers a dtype that the target has."""
    if "draft" not in step.tags:
        misfit: Misfit = step.subject
        if "bfloat16" in misfit.says:
            yield from _mixed(draft, step)
        return
    policies = target.semantics.get("dtype_policies")
    if policies == "mixed":
        return
    wide: dict[str, int] = {}
    for entry, kind in objects(draft.config):
        config = entry.get("config")
        if kind != "layers" or not isinstance(config, dict) or "dtype" not in config:
            continue
        name, computed = policy_name(config["dtype"]), compute_dtype(config["dtype"])
        if computed in _FLOATS and (policies == "none" or name != computed or computed == "bfloat16"):
            config["dtype"] = "float32"
            wide[computed] = wide.get(computed, 0) + 1
    if not wide:
        return
    for owner, _, _ in layers_with_parts(draft.config):
        draft.give(owner, {key: _whole(tensor) for key, tensor in draft.tensors(owner).items()})
    for computed, count in wide.items():
        note = _DOUBLE if computed == "float64" else _HALF
        yield Change(FIX.slug, f"let {count} layers of {computed} compute in float32", kind=APPROXIMATE, note=note)


def _whole(tensor: Any) -> Any:
    return cast(tensor, "float32") if tensor.dtype in _FLOATS else tensor


def _mixed(draft: Draft, step: Step) -> Iterator[Change]:
    """Let layers keep their weights in float32."""
    count = 0
    for entry, kind in objects(draft.config):
        config = entry.get("config")
        if kind == "layers" and isinstance(config, dict) and policy_name(config.get("dtype")) == "bfloat16":
            config["dtype"] = {"class_name": "Policy", "config": {"name": "mixed_bfloat16"}}
            count += 1
    if count:
        yield Change(FIX.slug, f"let {count} layers of bfloat16 keep their weights in float32", step.where)
