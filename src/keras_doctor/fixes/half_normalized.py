"""A LayerNormalization in half precision that a CPU does not compute is one in float32 whose output is halved.

With a policy of float16 or mixed_float16 the layer calculates in float32 all the same and rounds what it puts out; that
is written down as two layers, an own one for the rounding. TensorFlow 2.10 to 2.15 put a layer normalization of oneDNN
in the place of the one that rounds, which takes no half. The last bit of a half may fall the other way.
Sources: `LayerNormalization.call` of keras/src/layers/normalization/layer_normalization.py (2.15, 3.15);
`_MklLayerNorm` of tensorflow/core/common_runtime/mkl_layout_pass.cc (2.15).
"""

from __future__ import annotations

from keras_doctor.document.expressions import cast
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.nesting import count_calls
from keras_doctor.layers.graph import infer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.calling import Uncallable
    from keras_doctor.loaders.tracing import Step

FIX = Fix("half-normalized", ("call:unsupported",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put a Sequential of the two layers in the place of the one."""
    told: Uncallable = step.subject
    path = step.where.path.removesuffix(".config.dtype")
    entry = draft.at(path)
    if told.class_name != "LayerNormalization" or told.keyword != "dtype" or not path.endswith("]"):
        return
    shape = next((one for one in infer(draft.config, target.era) if one.path == path), None)
    if shape is None or len(shape.input_shapes) != 1 or shape.input_shapes[0] is None:
        return
    config, given = entry["config"], list(shape.input_shapes[0])
    name = str(config.get("name") or entry.get("name") or "layer_normalization")
    inner = {"class_name": "LayerNormalization", "config": {**config, "name": f"{name}_full", "dtype": "float32"}}
    draft.move(entry, inner)
    draft.give(inner, {key: cast(tensor, "float32") for key, tensor in draft.tensors(inner).items()})
    declared = {"name": f"{name}_in", "batch_input_shape": given, "dtype": "float16"}
    rounding = {"name": f"{name}_half", "trainable": True, "dtype": config["dtype"], "activation": "linear"}
    layers = [
        {"class_name": "InputLayer", "config": declared},
        inner,
        {"class_name": "Activation", "config": rounding},
    ]
    entry.update(class_name="Sequential", config={"name": name, "layers": layers})
    count_calls(draft.config, entry, target.api)
    for one in (*layers, entry):
        name_module(one, "layers", target.api)
    note = "a half has three digits: outputs agree to about 1e-2 of their scale"
    yield Change(FIX.slug, f"let {name} normalize in float32 and round what it puts out", step.where, APPROXIMATE, note)
