"""Normalizations."""

from __future__ import annotations

from keras_doctor.layers.shapes import Shape
from keras_doctor.layers.stock import stock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.call import Call


def _scale_and_offset(call: Call, shape: Shape | list[int | None]) -> None:
    if call.flag("scale", True):
        call.own("gamma", shape)
    if call.flag("center", True):
        call.own("beta", shape)


# What batch renormalization keeps; tf.keras 1.13 and 1.14 call the class BatchNormalizationV1.
_RENORM = {
    "": ("moving_stddev", "renorm_mean", "renorm_stddev"),
    "V1": ("renorm_mean", "renorm_mean_weight", "renorm_stddev", "renorm_stddev_weight"),
}


@stock("BatchNormalization", "BatchNormalizationV1")
def batch_normalization(call: Call) -> Any:
    """Keeps mean and variance of each channel, learned from batches."""
    shape = call.input
    sizes: list[int | None]
    split = (
        call.config.get("virtual_batch_size") is not None
    )  # the batch in two dimensions (tf.keras): the axes of a built layer count both
    axes = call.axes("axis", len(shape) + split, -1)
    if split:
        sizes = [size if axis in axes else 1 for axis, size in enumerate((1, *shape))]
    elif len(axes) > 1:
        sizes = [size if axis in axes else 1 for axis, size in enumerate(shape)]
    else:
        sizes = [shape[call.axis("axis", len(shape), -1)]]
    _scale_and_offset(call, sizes)
    call.own("moving_mean", sizes, trainable=False)
    call.own("moving_variance", sizes, trainable=False)
    if call.flag("renorm"):
        for name in _RENORM["V1" if call.class_name.endswith("V1") else ""]:
            call.own(name, () if name.endswith("weight") else sizes, trainable=False)
    return shape


@stock("LayerNormalization")
def layer_normalization(call: Call) -> Any:
    """Normalizes each sample over some axes."""
    shape = call.input
    sizes = [shape[axis] for axis in call.axes("axis", len(shape), -1)]
    if call.flag("rms_scaling"):
        call.own("gamma", sizes)
    else:
        _scale_and_offset(call, sizes)
    return shape


@stock("RMSNormalization")
def rms_normalization(call: Call) -> Any:
    """Divides by the root mean square."""
    shape = call.input
    call.own("scale", [shape[axis] for axis in call.axes("axis", len(shape), -1)])
    return shape


@stock("GroupNormalization")
def group_normalization(call: Call) -> Any:
    """Normalizes each sample over groups of channels."""
    shape = call.input
    _scale_and_offset(call, (shape[call.axis("axis", len(shape), -1)],))
    return shape


@stock("UnitNormalization")
def unit_normalization(call: Call) -> Any:
    """Makes each sample a unit long."""
    return call.input


@stock("Normalization")
def normalization(call: Call) -> Any:
    """Keeps mean and variance of each feature, learned by `adapt`; owns nothing when they are given."""
    shape = call.input
    if call.config.get("mean") is None:
        # An axis that is null means one mean for all; a config that has no `axis` means the last.
        whole = "axis" in call.config and call.config["axis"] is None
        kept = sorted(() if whole else call.axes("axis", len(shape), -1))
        sizes = [shape[axis] for axis in kept]
        call.own("mean", sizes, trainable=False)
        call.own("variance", sizes, trainable=False)
        call.own("count", (), dtype="int64", trainable=False)
    return shape
