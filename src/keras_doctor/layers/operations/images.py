"""Windows over images and signals: convolutions, poolings, resizing, patches."""

from __future__ import annotations

from keras_doctor.layers.operations.operands import Operands, numbers_of, shape_of
from keras_doctor.layers.shapes import CannotInferError, Shape, plus, product
from keras_doctor.layers.windows import slid, spread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def _first(op: Operands) -> bool:
    """Whether the channels stand before the sides: "channels_first", "NCHW"."""
    form = op.text("data_format")
    return form == "channels_first" or form.startswith("nc")


def _parts(op: Operands) -> tuple[Shape, Shape, int | None]:
    """Return the batch, the sides and the channels of the image."""
    shape = op.shape()
    if len(shape) < 3:
        raise CannotInferError("it takes images and gets less than 3 dimensions")
    return (shape[:1], shape[2:], shape[1]) if _first(op) else (shape[:1], shape[1:-1], shape[-1])


def _joined(op: Operands, batch: Shape, sides: Shape, channels: int | None) -> Shape:
    return (*batch, channels, *sides) if _first(op) else (*batch, *sides, channels)


def _steps(op: Operands, name: str, rank: int, default: list[int]) -> list[int]:
    """Return a step for each side from one number, one a side, or one for each dimension of the image."""
    numbers = numbers_of(op.named.get(name)) if op.has(name) else None
    found = [number for number in numbers or default if number is not None]
    if len(found) == rank + 2:
        found = found[2:] if _first(op) else found[1:-1]
    if len(found) == 1:
        found = found * rank
    if len(found) != rank or min(found, default=0) < 0:
        raise CannotInferError(f"its {name!r} does not fit its input")
    return found


def _padding(op: Operands) -> str:
    return op.text("padding", "valid")


def _slid(op: Operands, sides: Shape, reach: list[int], default: list[int]) -> Shape:
    strides = _steps(op, "strides", len(sides), default)
    dilation = _steps(op, "dilations", len(sides), [1])
    return tuple(slid(n, w, s, _padding(op), d) for n, w, s, d in zip(sides, reach, strides, dilation, strict=False))


def pool(op: Operands) -> Any:
    """One value out of each window."""
    batch, sides, channels = _parts(op)
    reach = _steps(op, "size", len(sides), [2])
    return _joined(op, batch, _slid(op, sides, reach, reach if not op.has("strides") else [1]), channels)


def adaptive_pool(op: Operands) -> Any:
    """Pooled to a given size."""
    batch, sides, channels = _parts(op)
    return _joined(op, batch, tuple(_steps(op, "size", len(sides), [])), channels)


def convolution(op: Operands) -> Any:
    """Kernels over the image."""
    return _convolved(op, lambda kernel, channels: kernel[-1])


def depthwise(op: Operands) -> Any:
    """Kernels over each channel by itself."""
    return _convolved(op, lambda kernel, channels: product((channels, kernel[-1])))


def separable(op: Operands) -> Any:
    """Kernels over each channel by itself, then a mix of the channels."""
    return _convolved(op, lambda kernel, channels: op.shape("z")[-1])


def _convolved(op: Operands, outputs: Callable[[Shape, int | None], int | None]) -> Shape:
    batch, sides, channels = _parts(op)
    kernel = op.shape("y")
    reach = [size for size in kernel[: len(sides)] if size is not None]
    if len(kernel) != len(sides) + 2 or len(reach) != len(sides):
        raise CannotInferError("its kernel does not fit its input")
    return _joined(op, batch, _slid(op, sides, reach, [1]), outputs(kernel, channels))


def transposed_convolution(op: Operands) -> Any:
    """Kernels backwards: the image grows by the strides; TensorFlow is told the shape."""
    if op.has("output_shape"):
        return tuple(op.numbers("output_shape"))
    batch, sides, _ = _parts(op)
    kernel = op.shape("y")
    reach = [size for size in kernel[: len(sides)] if size is not None]
    if len(reach) != len(sides):
        raise CannotInferError("its kernel does not fit its input")
    strides = _steps(op, "strides", len(sides), [1])
    dilation = _steps(op, "dilations", len(sides), [1])
    extra: list[int | None] = [*_steps(op, "extra", len(sides), [])] if op.has("extra") else [None] * len(sides)
    grown = (
        spread(n, w, s, _padding(op), e, d)
        for n, w, s, e, d in zip(sides, reach, strides, extra, dilation, strict=False)
    )
    return _joined(op, batch, tuple(grown), kernel[-2])


def _image(op: Operands) -> tuple[Shape, Shape, Shape]:
    """Return what stands before height and width, these two, and what stands after: an image may come without batch."""
    shape = op.shape()
    if len(shape) < 3:
        raise CannotInferError("it takes images and gets less than 3 dimensions")
    if _first(op):
        return shape[:-2], shape[-2:], ()
    return shape[:-3], shape[-3:-1], shape[-1:]


def resize(op: Operands) -> Any:
    """Another height and width."""
    lead, _, tail = _image(op)
    return (*lead, *_steps(op, "size", 2, []), *tail)


def resize_by(op: Operands) -> Any:
    """Height and width a number of times as large (`keras.backend.resize_images`)."""
    lead, sides, tail = _image(op)
    times = (op.number("height_factor"), op.number("width_factor"))
    return (*lead, *(product(pair) for pair in zip(sides, times, strict=False)), *tail)


def pad_image(op: Operands) -> Any:
    """Places around an image, or as many as bring it to a target size."""
    lead, (height, width), tail = _image(op)
    return (
        *lead,
        _framed(op, height, "height", "top", "bottom", 1),
        _framed(op, width, "width", "left", "right", 1),
        *tail,
    )


def crop_image(op: Operands) -> Any:
    """The middle of an image, or as much as is left of a target size."""
    lead, (height, width), tail = _image(op)
    return (
        *lead,
        _framed(op, height, "height", "top", "bottom", -1),
        _framed(op, width, "width", "left", "right", -1),
        *tail,
    )


def _framed(op: Operands, side: int | None, target: str, before: str, after: str, sign: int) -> int | None:
    if op.has(target):
        return op.number(target)
    return plus(side, sign * op.number(before, 0), sign * op.number(after, 0))


def to_size(op: Operands) -> Any:
    """TensorFlow's `crop_to_bounding_box` and the like: the size that is asked for."""
    lead, _, tail = _image(op)
    return (*lead, op.number("height"), op.number("width"), *tail)


def gray(op: Operands) -> Any:
    """One channel instead of three."""
    lead, sides, tail = _image(op)
    return (*lead[:-1], 1, *sides) if _first(op) else (*lead, *sides, 1) if tail else op.shape()


def patches(op: Operands) -> Any:
    """Every window of an image in a row."""
    batch, sides, channels = _parts(op)
    reach = _steps(op, "size", len(sides), [])
    strides = reach if not op.has("strides") else [1]
    return _joined(op, batch, _slid(op, sides, reach, strides), product((channels, *reach)))


def to_depth(op: Operands) -> Any:
    """Blocks of places become channels."""
    batch, sides, channels = _parts(op)
    block = op.number("block")
    if block < 1:
        raise CannotInferError("its block has no size")
    return _joined(
        op, batch, tuple(None if n is None else n // block for n in sides), product((channels, block, block))
    )


def from_depth(op: Operands) -> Any:
    """Channels become blocks of places."""
    batch, sides, channels = _parts(op)
    block = op.number("block")
    if block < 1 or (channels is not None and channels % (block * block)):
        raise CannotInferError("its block does not divide its channels")
    depth = None if channels is None else channels // (block * block)
    return _joined(op, batch, tuple(product((n, block)) for n in sides), depth)


def map_coordinates(op: Operands) -> Any:
    """Values at places that lie between the elements: one for each place."""
    return shape_of(op.named.get("y"))[1:]


def edges(op: Operands) -> Any:
    """Two gradients for each place."""
    return (*op.shape(), 2)
