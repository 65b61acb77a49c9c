"""Functions that lay numbers out anew."""

from __future__ import annotations

from keras_doctor.fixes.functions.operands import axis_in, table, tensor, wants, whole
from keras_doctor.fixes.sizes import Size, Vector, calculated, has_open, is_sizes, product, quotient
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.composing import Composer
    from keras_doctor.fixes.functions.operands import Operands

MOST = 64  # parts that a tensor is split into


def _shape(graph: Composer, operands: Operands) -> Vector:
    return Vector(graph.sizes(tensor(operands)))


def _shape_of_numbers(graph: Composer, operands: Operands) -> list[Any]:
    return list(graph.sizes(tensor(operands)))


def _count(graph: Composer, operands: Operands) -> Any:
    return product(list(graph.sizes(tensor(operands))))


def _rank(graph: Composer, operands: Operands) -> int:
    return len(graph.shape(tensor(operands)))


def _flipped(axis: int) -> Any:
    return lambda graph, operands: graph.op("numpy.Flip", tensor(operands), axis=axis)


def _flattened(graph: Composer, operands: Operands) -> Ref:
    return graph.layer("Flatten", tensor(operands))


def _repeated(graph: Composer, operands: Operands) -> Ref:
    return graph.layer("RepeatVector", tensor(operands), n=operands.get("n"))


def _reshaped(graph: Composer, operands: Operands) -> Ref:
    """Reshape. One size may follow from the others; that of the batch, which is the tensor's own, a layer keeps."""
    x, shape = tensor(operands), operands.get("shape")
    sizes = [int(one) if isinstance(one, float) and one.is_integer() else one for one in _listed(shape)]
    wants(is_sizes(sizes) or sizes == [])
    left = [place for place, size in enumerate(sizes) if isinstance(size, Size) or size == -1]
    if len(left) > 1 and -1 in sizes:
        place = sizes.index(-1)
        rest = product(sizes[:place] + sizes[place + 1 :])
        sizes[place] = quotient(product(list(graph.sizes(x))), rest)
        left = [place for place, size in enumerate(sizes) if isinstance(size, Size)]
    target = [-1 if place in left else size for place, size in enumerate(sizes)]
    if len(left) <= 1:
        return graph.op("numpy.Reshape", x, newshape=target)
    wants(len(left) == 2 and left[0] == 0 and sizes[0] == graph.sizes(x)[0])
    return graph.layer("Reshape", x, target_shape=target[1:])


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _squeezed(graph: Composer, operands: Operands) -> Ref:
    """Where a release does not know that an axis has one place, that place is taken."""
    x, axes = tensor(operands), operands.get("axis")
    shape = graph.shape(x)
    places = [place for place, size in enumerate(shape) if size == 1]
    if axes is not None and axes != []:
        places = [axis_in(graph, x, axis) for axis in _listed(axes)]
    wants(0 not in places or shape[0] == 1)
    return graph.part(x, [0 if place in places else Slice() for place in range(len(shape))]) if places else x


def _padded(graph: Composer, operands: Operands) -> Ref:
    widths, mode = operands.get("widths"), operands.get("mode", "CONSTANT")
    rows = widths if isinstance(widths, list) else []
    wants(
        isinstance(mode, str)
        and bool(rows)
        and all(isinstance(row, list) and len(row) == 2 and all(isinstance(one, int) for one in row) for row in rows)
    )
    number = operands.get("constant_values") or 0
    whole_numbers = graph.dtype(tensor(operands)).startswith(("int", "uint"))
    filled = [int(number) if whole_numbers else float(number)] if mode.lower() == "constant" else []
    return graph.op("numpy.Pad", tensor(operands), *filled, pad_width=rows, mode=mode.lower())


def _padded_steps(graph: Composer, operands: Operands) -> Ref:
    return graph.layer("ZeroPadding1D", tensor(operands), padding=operands.get("padding", [1, 1]))


def _split(graph: Composer, operands: Operands) -> list[Ref]:
    x = tensor(operands)
    axis = axis_in(graph, x, operands.get("axis", 0))
    wants(axis > 0)
    length, count = graph.shape(x)[axis], operands.get("count")
    sizes = [(length or 0) // count] * count if isinstance(count, int) and count else _listed(count)
    wants(all(whole(size) for size in sizes) and sizes.count(-1) <= 1)
    if -1 in sizes:
        wants(length is not None)
        sizes[sizes.index(-1)] = (length or 0) - sum(sizes) - 1
    wants(all(size > 0 for size in sizes) and sum(sizes) == length and len(sizes) <= MOST)
    ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]
    return [graph.part(x, [Slice()] * axis + [Slice(end - size, end)]) for end, size in zip(ends, sizes, strict=True)]


def _unstacked(graph: Composer, operands: Operands) -> list[Ref]:
    x = tensor(operands)
    axis = axis_in(graph, x, operands.get("axis", 0))
    length = graph.shape(x)[axis]
    wants(axis > 0 and isinstance(length, int) and length <= MOST)
    return [graph.part(x, [Slice()] * axis + [number]) for number in range(length or 0)]


def _window(graph: Composer, operands: Operands) -> Ref:
    """`tf.slice`: begins and sizes; -1 is all that is left."""
    begins, sizes = _listed(operands.get("begin")), _listed(operands.get("size"))
    wants(len(begins) == len(sizes) and all(whole(one) for one in (*begins, *sizes)) and min(begins) >= 0)
    ends = [None if size < 0 else begin + size for begin, size in zip(begins, sizes, strict=True)]
    return graph.part(tensor(operands), [Slice(begin or None, end) for begin, end in zip(begins, ends, strict=True)])


def _stepped(graph: Composer, operands: Operands) -> Ref:
    """`tf.strided_slice` without masks."""
    wants(not any(operands.get(key) for key in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "var")))
    wants(not operands.get("shrink_axis_mask"))
    ends = [_listed(operands.get(key)) for key in ("begin", "end")]
    steps = _listed(operands["strides"]) if operands.get("strides") is not None else [1] * len(ends[0])
    wants(len(ends[0]) == len(ends[1]) == len(steps) and all(whole(one) for part in (*ends, steps) for one in part))
    return graph.part(tensor(operands), [Slice(*parts) for parts in zip(*ends, steps, strict=True)])


def _tiled(graph: Composer, operands: Operands) -> Ref:
    x, counts = tensor(operands), operands.get("counts")
    if not has_open(counts):
        return graph.op("numpy.Tile", x, repeats=counts)
    sizes = _listed(counts)
    shape = graph.shape(x)
    wants(len(sizes) == len(shape))
    plain = [1 if isinstance(size, Size) else size for size in sizes]
    found = graph.op("numpy.Tile", x, repeats=plain) if any(one != 1 for one in plain) else x
    for axis, size in enumerate(sizes):
        if isinstance(size, Size):
            wants(shape[axis] == 1)
            found = _spread(graph, found, size, len(shape) - axis - 1)
    return found


def _spread(graph: Composer, x: Ref, size: Any, behind: int) -> Ref:
    """Let an axis of one place, `behind` axes before the last, have as many places as a size says."""
    dtype = graph.dtype(x)
    wants(dtype.startswith(("float", "int")))
    if isinstance(size, int):
        wants(0 < size <= MOST)
        number = _nested(1.0 if dtype.startswith("float") else 1, behind)
        return graph.op("numpy.Multiply", x, [number] * size)
    line = graph.line(size, dtype)
    line = graph.op("numpy.Reshape", line, newshape=[-1, *[1] * behind]) if behind else line
    return graph.op("numpy.Multiply", x, line)


def _nested(number: Any, depth: int) -> Any:
    for _ in range(depth):
        number = [number]
    return number


def _broadcast(graph: Composer, operands: Operands) -> Ref:
    x, target = tensor(operands), operands.get("shape")
    if not has_open(target):
        return graph.op("numpy.BroadcastTo", x, shape=target)
    sizes = _listed(target)
    wants(is_sizes(sizes) and len(sizes) >= len(graph.shape(x)))
    own = [1] * (len(sizes) - len(graph.shape(x))) + list(graph.sizes(x))
    found = x
    for axis, (size, mine) in enumerate(zip(sizes, own, strict=True)):
        if size != mine:
            found = _spread(graph, found, size, len(sizes) - axis - 1)
    return found


def _filled(value: Any) -> Any:
    def enter(graph: Composer, operands: Operands) -> Any:
        dtype = str(operands.get("dtype", "float32")).rpartition(".")[2]
        number = operands.get("value", value)
        wants(type(number) in (int, float) and dtype in ("float32", "int32"))
        if "value" in operands and type(number) is int and "dtype" not in operands:
            dtype = "int32"
        sizes = _listed(operands.get("shape"))
        if all(type(one) is int and 0 < one <= MOST for one in sizes) and sizes:
            made: Any = float(number) if dtype == "float32" else int(number)
            for one in reversed(sizes):
                made = [made] * one
            return made
        wants(is_sizes(sizes) and isinstance(sizes[0], Size))
        found = graph.line(sizes[0], dtype)
        if number == 0:
            found = graph.op("numpy.ZerosLike", found)
        elif number != 1:
            found = graph.op("numpy.Multiply", found, number)
        if len(sizes) > 1:
            found = graph.op("numpy.Reshape", found, newshape=[-1, *[1] * (len(sizes) - 1)])
        for axis, size in enumerate(sizes[1:], 1):
            if size != 1:
                found = _spread(graph, found, size, len(sizes) - axis - 1)
        return found

    return enter


def _ranged(graph: Composer, operands: Operands) -> Any:
    """As many numbers, from zero, as an open size says."""
    first, limit = operands.get("start"), operands.get("limit")
    first, limit = (0, first) if limit is None else (first or 0, limit)
    dtype = str(operands.get("dtype", "int32")).rpartition(".")[2]
    if type(first) is int and type(limit) is int:
        wants(0 < limit - first <= 4096)
        return Vector(float(one) if dtype.startswith("float") else one for one in range(first, limit))
    wants(operands.get("delta", 1) == 1 and type(first) is int and dtype in ("int32", "float32"))
    first = int(first or 0)
    line = graph.line(calculated("-", limit, first), dtype)
    found = graph.op("numpy.Cumsum", line, axis=0)
    return found if first == 1 else graph.op("numpy.Add", found, first - 1)


def _filled_like(name: str) -> Any:
    def enter(graph: Composer, operands: Operands) -> Ref:
        found = graph.op(name, tensor(operands))
        dtype = operands.get("dtype")
        return found if dtype is None else graph.op("core.Cast", found, dtype=dtype)

    return enter


def _gathered(graph: Composer, operands: Operands) -> Ref:
    """Rows of a table; with `batch_dims` 1, those of each sample's own."""
    x, indices, axis = operands.get("x"), operands.get("indices"), operands.get("axis")
    batches = operands.get("batch_dims") or 0
    if not batches:
        return graph.op("numpy.Take", x, indices, axis=axis or 0)
    own, rows = tensor(operands), tensor(operands, "indices")
    wants(batches == 1 and axis in (1, None) and len(graph.shape(rows)) == 2)
    for _ in range(len(graph.shape(own)) - 2):
        rows = graph.op("numpy.ExpandDims", rows, axis=-1)
    return graph.op("numpy.TakeAlongAxis", own, rows, axis=1)


def _looked_up(graph: Composer, operands: Operands) -> Ref:
    wants(operands.get("max_norm") is None and operands.get("partition_strategy", "mod") in ("mod", "div"))
    return graph.op("numpy.Take", operands.get("x"), operands.get("ids"), axis=0)


def _kept(graph: Composer, operands: Operands) -> Ref:
    """`tf.boolean_mask` with a mask that is known, along one axis."""
    mask, axis = operands.get("mask"), operands.get("axis") or 0
    wants(isinstance(mask, list) and all(type(one) is bool for one in mask) and any(mask) and whole(axis))
    places = [place for place, kept in enumerate(mask or []) if kept]
    return graph.op("numpy.Take", tensor(operands), places, axis=axis)


def _one_hot(graph: Composer, operands: Operands) -> Ref:
    on, off = operands.get("on", 1), operands.get("off", 0)
    count = operands.get("count")
    axis = operands.get("axis", -1)
    dtype = str(operands.get("dtype", "float32")).rpartition(".")[2]
    wants(whole(count) and whole(axis) and type(on) in (int, float) and type(off) in (int, float))
    found = graph.op("nn.OneHot", tensor(operands), num_classes=count, axis=-1, dtype=dtype)
    rank = len(graph.shape(tensor(operands))) + 1
    wants(-1 <= int(axis) < rank)
    if axis not in (-1, rank - 1):
        places = [*range(rank - 1)]
        found = graph.op("numpy.Transpose", found, axes=[*places[:axis], rank - 1, *places[axis:]])
    if (on, off) == (1, 0):
        return found
    wants(dtype == "float32")
    return graph.op("numpy.Where", graph.op("numpy.Greater", found, 0.0), float(on), float(off))


def _masked(graph: Composer, operands: Operands) -> Ref:
    """`tf.sequence_mask`, of as many steps as it is told."""
    most, x = operands.get("most"), tensor(operands)
    wants(is_sizes(most) and not isinstance(most, list))
    steps = _ranged(graph, {"start": 0, "limit": most, "dtype": graph.dtype(x)})
    found = graph.op("numpy.Greater", graph.op("numpy.ExpandDims", x, axis=-1), steps)
    dtype = str(operands.get("dtype", "bool")).rpartition(".")[2]
    return found if dtype == "bool" else graph.op("core.Cast", found, dtype=dtype)


def _ordered(name: str) -> Any:
    def enter(graph: Composer, operands: Operands) -> Ref:
        x, axis = tensor(operands), operands.get("axis", -1)
        way = operands.get("direction", "ASCENDING")
        if way == "ASCENDING":
            return graph.op(name, x, axis=axis)
        wants(way == "DESCENDING" and graph.dtype(x).startswith(("float", "int")))
        turned = graph.op(name, graph.op("numpy.Negative", x), axis=axis)
        return graph.op("numpy.Negative", turned) if name == "numpy.Sort" else turned

    return enter


def _transposed(graph: Composer, operands: Operands) -> Ref:
    """The last two axes against each other."""
    x = tensor(operands)
    rank = len(graph.shape(x))
    wants(rank >= 2)
    return graph.op("numpy.Transpose", x, axes=[*range(rank - 2), rank - 1, rank - 2])


def _indexed(graph: Composer, operands: Operands) -> Any:
    """An index with open sizes in it: what is counted from the end stays so."""
    x, keys = tensor(operands), operands.get("key")
    found: list[Any] = []
    taken: list[tuple[int, Any]] = []
    keys = keys if isinstance(keys, list) else [keys]
    wants(Ellipsis not in keys or not (has_open(keys) or any(isinstance(key, Ref) for key in keys)))
    axis = 0
    for key in keys:
        own = graph.sizes(x)[axis] if key is not None and key is not Ellipsis and axis < len(graph.shape(x)) else None
        if isinstance(key, Slice):
            wants(not any(isinstance(one, Ref) for one in (key.start, key.stop, key.step)))
            key = Slice(_end(key.start, own), _end(key.stop, own, last=True), key.step)
        elif isinstance(key, (Size, Ref)):
            place = key if isinstance(key, Ref) else _end(key, own, refuse=False)
            wants(not isinstance(place, Ref) or graph.shape(place) == ())
            if isinstance(place, (Size, Ref)):
                taken.append((sum(one is None or isinstance(one, Slice) for one in found), place))
                place = Slice()
            key = place
        found.append(key)
        axis += key is not None
    wants(len(taken) <= 1)
    part = graph.part(x, found)
    for place, size in taken:
        part = graph.op("numpy.Take", part, graph.amount(size, "int32"), axis=place)
    return part


def _end(value: Any, own: Any, last: bool = False, refuse: bool = True) -> Any:
    """Return an end of a slice as a number."""
    if not isinstance(value, Size):
        return value
    try:
        left = calculated("-", value, own)
    except CannotInferError:
        left = None
    if isinstance(left, int) and left <= 0:
        return left or None if last else left if left else None
    wants(not refuse)
    return value


FUNCTIONS = table(
    (_shape, "x|input out_type", "shape compat.v1.shape keras.backend.shape"),
    (_shape_of_numbers, "x", "keras.backend.int_shape"),
    (_count, "x|input out_type", "size compat.v1.size"),
    (_rank, "x|input", "rank compat.v1.rank keras.backend.ndim"),
    (_flipped(-2), "x|image", "image.flip_left_right"),
    (_flipped(-3), "x|image", "image.flip_up_down"),
    (_flattened, "x", "keras.backend.batch_flatten"),
    (_repeated, "x n", "keras.backend.repeat"),
    (_reshaped, "x|tensor shape", "reshape compat.v1.reshape keras.backend.reshape"),
    (_squeezed, "x|input axis|squeeze_dims", "squeeze compat.v1.squeeze keras.backend.squeeze"),
    (_padded, "x|tensor widths|paddings mode constant_values", "pad compat.v1.pad"),
    (_padded_steps, "x padding", "keras.backend.temporal_padding"),
    (_split, "x|value count|num_or_size_splits axis num", "split compat.v1.split"),
    (_unstacked, "x|value num axis", "unstack compat.v1.unstack"),
    (_window, "x|input|input_ begin size", "slice"),
    (
        _stepped,
        ("x|input|input_ begin end strides begin_mask end_mask ellipsis_mask new_axis_mask shrink_axis_mask var"),
        "strided_slice",
    ),
    (_tiled, "x|input counts|multiples|n", "tile keras.backend.tile"),
    (_broadcast, "x|input shape", "broadcast_to"),
    (_filled(0), "shape dtype", "zeros"),
    (_filled(1), "shape dtype", "ones"),
    (_filled(None), "shape|dims value dtype", "fill"),
    (_ranged, "start limit delta dtype", "range keras.backend.arange"),
    (_filled_like("numpy.ZerosLike"), "x|input|tensor dtype optimize", "zeros_like compat.v1.zeros_like"),
    (_filled_like("numpy.OnesLike"), "x|input|tensor dtype optimize", "ones_like compat.v1.ones_like"),
    (
        _gathered,
        "x|params|reference indices validate_indices axis batch_dims",
        "gather compat.v1.gather keras.backend.gather",
    ),
    (
        _looked_up,
        "x|params ids partition_strategy validate_indices max_norm",
        "nn.embedding_lookup compat.v1.nn.embedding_lookup",
    ),
    (
        _one_hot,
        "x|indices count|depth|num_classes on|on_value off|off_value axis dtype",
        "one_hot keras.backend.one_hot",
    ),
    (_kept, "x|tensor mask axis", "boolean_mask compat.v1.boolean_mask"),
    (_masked, "x|lengths most|maxlen dtype", "sequence_mask"),
    (_ordered("numpy.Sort"), "x|values axis direction", "sort"),
    (_ordered("numpy.Argsort"), "x|values axis direction stable", "argsort"),
    (_transposed, "x|a|matrix", "linalg.matrix_transpose linalg.adjoint"),
    (_indexed, "x key", "__operators__.getitem"),
)
