"""Keras 3's quantized and LoRA forms of a layer's main array, from its dtype policy and `lora_rank`.

Source: the `_int8_build`, `_int4_build`, `_float8_build` and `enable_lora` of `keras/src/layers/core` in 3.12 and 3.15.
"""

from __future__ import annotations

from keras_doctor.layers.dtypes import policy_name
from keras_doctor.layers.shapes import CannotInferError, Shape, product, read_number
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.layers.call import Call

_AMAX_HISTORY = 1024  # values that a float8 layer remembers by default
_FLOAT8 = ("inputs", "kernel", "outputs_grad")


def mode_of(call: Call) -> tuple[str, int | None]:
    """Return the quantization mode ("", "int8", "int4", "float8") and its block size: 0 when each channel has one
    scale, None when the mode knows nothing of blocks.
    """
    name = policy_name(call.config.get("dtype"))
    if "_from_" not in name:
        return "", None
    mode, _, block = name.partition("_from_")[0].partition("/")
    if mode not in ("int8", "int4", "float8"):
        raise CannotInferError(f"its quantization {mode[:20]!r} is decided by calibration, not by its config")
    return mode, int(block) if block.isdigit() and len(block) < 10 else 0 if block else None


def main_array(call: Call, name: str, shape: Shape, scale: Shape, reduced: tuple[int, ...]) -> None:
    """Enter the array that a layer multiplies with, plain or quantized.

    `scale`: the shape of its scales in int8. `reduced`: the axes that the multiplication sums over.
    """
    mode, block = mode_of(call)
    if mode == "int8":
        call.own(name, shape, dtype="int8", trainable=False)
        call.own(f"{name}_scale", scale, trainable=False)
    elif mode == "int4":
        _int4(call, name, shape, scale, reduced, block)
    else:
        call.own(name, shape)


def _int4(call: Call, name: str, shape: Shape, scale: Shape, reduced: tuple[int, ...], block: int | None) -> None:
    """Enter an array of which two values share a byte: along the outputs, in groups of `block` inputs that have a scale
    each.
    """
    rows = product(shape[axis] for axis in reduced)
    columns = product(size for axis, size in enumerate(shape) if axis not in reduced)
    if rows is None or columns is None:
        raise CannotInferError(f"the size of its {name} depends on a dimension that is not known")
    if block is None:  # before blocks came, two inputs shared a byte
        axis = reduced[0] if reduced else 0
        packed = [-(-(size or 0) // 2) if place == axis else size for place, size in enumerate(shape)]
        call.own(name, packed, dtype="int8", trainable=False)
        call.own(f"{name}_scale", scale, trainable=False)
        return
    if name == "embeddings":  # the vectors are cut into groups, not the entries
        stored: Shape = (columns, -(-rows // 2))
        scales: Shape = (columns, -(-rows // block)) if block else (columns,)
    elif name == "reverse_embeddings":
        stored, scales = (-(-rows // 2), columns), (-(-rows // block), columns) if block else (columns,)
    else:
        stored, scales = (rows, -(-columns // 2)), (-(-rows // block), columns) if block else (columns,)
    call.own(name, stored, dtype="int8", trainable=False)
    call.own(f"{name}_scale", scales, trainable=False)
    if not block:
        return
    own_index = name != "reverse_embeddings"
    call.own(f"{name}_zero", scales, dtype="int8" if own_index else None, trainable=False)
    if own_index:
        call.own("g_idx", (rows,), dtype="float32", trainable=False)


def additions(call: Call, name: str, shape: Shape) -> None:
    """Enter what a layer owns on top of its main array and bias: the two factors of LoRA, the histories of float8."""
    rank = read_number(call.config.get("lora_rank"))
    if rank:
        call.variables[:] = [
            replace(variable, trainable=False) if variable.name == name else variable for variable in call.variables
        ]
        call.own(f"lora_{name}_a", (*shape[:-1], rank))
        call.own(f"lora_{name}_b", (rank, shape[-1]))
    if mode_of(call)[0] == "float8":
        policy = call.config.get("dtype")
        config = policy.get("config") if isinstance(policy, dict) else None
        length = read_number(config.get("amax_history_length")) if isinstance(config, dict) else None
        for part in _FLOAT8:
            call.own(f"{part}_scale", (), dtype="float32")
            call.own(f"{part}_amax_history", (_AMAX_HISTORY if length is None else length,), dtype="float32")
