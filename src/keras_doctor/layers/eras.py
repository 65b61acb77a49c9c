"""How the eras differ in what layers own, as data."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


@record
class Era:
    """What an era does in its own way.

    `names`: its names for variables that later ones call otherwise. `gates_apart`: LSTM and GRU own one array for each
    gate. `outputs_lead`: the kernels of channels_first convolutions stand as (out, in, rows, columns). `reset_after`:
    of a GRU that does not say. `traced`: output shapes are what TensorFlow finds by running the layer's operations,
    instead of what the layer's own `compute_output_shape` says. `declared_lengths`: an Embedding puts out the lengths
    that its `input_length` promises. `depthwise_kernel`: what a DepthwiseConv calls its kernel. `attention_part`: under
    which attribute an attention layer keeps its projections. `own_dtype`: a layer's `dtype` is that of its variables.
    """

    names: Mapping[str, str]
    gates_apart: bool = False
    outputs_lead: bool = False
    reset_after: bool = False
    traced: bool = False
    declared_lengths: bool = False
    depthwise_kernel: str = "depthwise_kernel"
    attention_part: str = "_{}_dense"
    own_dtype: bool = True


# Keras 1.2.2: keras/layers/*.py, `add_weight(name='{}_W')` and the like.
_KERAS_1_NAMES = {
    "kernel": "W", "bias": "b", "embeddings": "W", "recurrent_kernel": "U", "moving_mean": "running_mean",
    "moving_variance": "running_std",
    "alpha": "alphas",
}  # fmt: skip

ERAS = {
    "keras-1": Era(_KERAS_1_NAMES, gates_apart=True, outputs_lead=True, declared_lengths=True, own_dtype=False),
    "keras-2": Era({}, declared_lengths=True, own_dtype=False),
    "tf.keras": Era({}, traced=True),
    "tf.keras-v3": Era({}, reset_after=True, traced=True),
    "keras-3": Era({}, reset_after=True, depthwise_kernel="kernel", attention_part="{}_dense"),
}


def era_of(name: str) -> Era:
    """Return the facts of an era; an unknown name has Keras 3's."""
    return ERAS.get(name) or ERAS["keras-3"]
