"""Theano pads both sides of an image alike, TensorFlow the end first: padding `same` is written down as zeros.

A convolution with `same` becomes a padding and a convolution without, a transposed one a convolution without and a
cropping; a pooling likewise, over the lowest number there is (maximum) or divided by the share of places that are in
the image (average). Where strides leave the amount to a size that is open, nothing is done.
Sources: `_preprocess_padding`, `conv2d` and `pool2d` of keras/backend/theano_backend.py (2.2.4).
"""

from __future__ import annotations

from keras_doctor.fixes.entries import Entries, model_entry, standing
from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.fixes.graphs import rewrite
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.nesting import count_calls
from keras_doctor.fixes.operations import can_write
from keras_doctor.fixes.theano_kernels import trained_by
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.tracing import Step

FIX = Fix("theano-padding", ("draft",), rank=5)  # once Keras 1 is in the words of Keras 2
# Class → keyword of the window.
_WINDOWS = {
    **{f"Conv{rank}D": "kernel_size" for rank in (1, 2, 3)},
    **{f"{kind}Pooling{rank}D": "pool_size" for kind in ("Max", "Average") for rank in (1, 2, 3)},
    "ConvLSTM2D": "kernel_size",
}
_TRANSPOSED = ("Conv2DTranspose",)
_LOWEST = -3.4028234663852886e38  # of float32


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write down what Theano pads, where TensorFlow would pad otherwise."""
    if trained_by(draft) != "theano" or target.environment.backend == "theano":
        return
    for entry, shape in standing(draft, target.era):
        config = entry["config"]
        if not shape.path.endswith("]") or config.get("padding") != "same":
            continue
        name, given = str(config.get("name")), shape.input_shapes[0] if len(shape.input_shapes) == 1 else None
        pads = _crops(config) if entry["class_name"] in _TRANSPOSED else _pads(entry["class_name"], config, given)
        if pads and given is not None and _replaced(draft, entry, pads, given, target):
            yield Change(FIX.slug, f"pad the images of {name} as Theano does: {pads}")
        elif pads is None:
            note = "Theano pads both sides of an image alike, others the end first: outputs near the border differ"
            yield Change(FIX.slug, f"{name} pads an image", kind=APPROXIMATE, note=note)


def _pads(class_name: str, config: dict[str, Any], given: Shape | None) -> list[list[int]] | None:
    """Return what Theano adds before and after each side, [] where TensorFlow does the same, None where it is not
    known.
    """
    if class_name not in _WINDOWS or given is None:
        return None
    given = (given[0], *given[2:]) if class_name == "ConvLSTM2D" else given
    sides = given[2:] if config.get("data_format") == "channels_first" else given[1:-1]
    windows = numbers(config.get(_WINDOWS[class_name]), len(sides))
    strides = numbers(config.get("strides"), len(sides)) or (windows if "Pooling" in class_name else [1] * len(sides))
    dilation = numbers(config.get("dilation_rate", 1), len(sides)) or []
    if windows is None or strides is None or any(one != 1 for one in dilation):
        return None
    found, theirs = [], []
    for side, window, stride in zip(sides, windows, strides, strict=True):
        if side is None and stride != 1:
            return None
        size = side or window  # a stride of 1 pads by the window alone
        last = (-(-size // stride) - 1) * stride
        before = window // 2
        if "Pooling" in class_name:
            before = window - 2 if window > 2 and window % 2 else window - 1
        total = max(last + window - size, 0)
        found.append([before, max(last + window - size - before, 0)])
        theirs.append([total // 2, total - total // 2])
    own_way = class_name == "ConvLSTM2D" and any(window % 2 == 0 for window in windows)
    return [] if found == theirs and not own_way else found


def _crops(config: dict[str, Any]) -> list[list[int]] | None:
    """Return what Theano cuts off each side of an image that grows, [] where TensorFlow does the same, None where it is
    not known. It computes with windows of odd sizes only.
    """
    windows, strides = (numbers(config.get(key, 1), 2) for key in ("kernel_size", "strides"))
    dilation = numbers(config.get("dilation_rate", 1), 2) or []
    if windows is None or strides is None or any(one != 1 for one in dilation) or config.get("output_padding"):
        return None
    found = [[size // 2, size - step - size // 2] for size, step in zip(windows, strides, strict=True)]
    if any(size % 2 == 0 for size in windows) or any(after < 0 for _, after in found):
        return None
    return [] if all(step == 1 for step in strides) else found


def numbers(value: Any, count: int) -> list[int] | None:
    """Return a number for each side, None for what is none."""
    found = [value] * count if isinstance(value, int) else value
    return found if isinstance(found, list) and len(found) == count and all(type(one) is int for one in found) else None


def _replaced(draft: Draft, entry: dict[str, Any], pads: list[list[int]], given: Shape, target: Target) -> bool:
    config, class_name = entry["config"], entry["class_name"]
    name, rank = str(config.get("name")), len(pads)
    start = Ref(f"{name}_in", 0, 0)
    graph = Entries({start: given}, name, target.api)
    settings = {key: value for key, value in config.items() if key not in ("name", "batch_input_shape")}
    settings["padding"] = "valid"
    first = config.get("data_format") == "channels_first"
    widths = [[0, 0], [0, 0], *pads] if first else [[0, 0], *pads, [0, 0]]
    try:
        if class_name in _TRANSPOSED:
            grown = graph.layer(class_name, start, **settings)
            form = {"data_format": config["data_format"]} if config.get("data_format") else {}
            output = graph.layer("Cropping2D", grown, cropping=pads, **form)
        elif class_name == "ConvLSTM2D":
            form = {"data_format": "channels_first" if first else "channels_last"}
            padded = graph.layer("ZeroPadding3D", start, padding=[[0, 0], *pads], **form)
            output = graph.layer(class_name, padded, **settings)
        elif class_name.startswith("Conv"):
            told: dict[str, Any] = {"padding": pads[0] if rank == 1 else pads}
            if first and rank > 1:
                told["data_format"] = "channels_first"
            elif first:
                return False
            output = graph.layer(class_name, graph.layer(f"ZeroPadding{rank}D", start, **told), **settings)
        elif class_name.startswith("Max"):
            padded = graph.op("numpy.Pad", start, _LOWEST, pad_width=widths, mode="constant")
            output = graph.layer(class_name, padded, **settings)
        else:
            ones = graph.op("numpy.OnesLike", start)
            parts = [graph.op("numpy.Pad", one, 0.0, pad_width=widths, mode="constant") for one in (start, ones)]
            output = graph.op("numpy.TrueDivide", *(graph.layer(class_name, one, **settings) for one in parts))
    except CannotInferError:
        return False
    entries = graph.needed([output])
    if not all(can_write(one, target.api) for one in entries):
        return False
    model = model_entry(name, {start: given}, entries, [output])
    rewrite(model, "keras-3", target.api)
    for one in model["config"]["layers"]:
        if one["class_name"] == class_name and class_name.startswith("Conv"):
            draft.move(entry, one)
        name_module(one, "layers", target.api)
    entry.pop("module", None)
    entry.pop("registered_name", None)
    entry.update(model)
    count_calls(draft.config, entry, target.api)
    name_module(entry, "layers", target.api)
    return True
