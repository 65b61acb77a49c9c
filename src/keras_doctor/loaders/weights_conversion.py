"""What loaders before Keras 3 do to the arrays of a layer before they fill it: from Keras 1's way of storing to Keras
2's, from CuDNN's to plain, from Theano's convolutions to TensorFlow's.

Shapes alone are followed, for they decide whether a layer can be filled. Source: `preprocess_weights_for_loading` and
`_convert_rnn_weights` of keras/engine/topology.py (2.0, 2.1), keras/engine/saving.py (2.2, 2.3) and
keras/saving/hdf5_format.py (tf.keras); `load_weights_from_hdf5_group` of keras/engine/topology.py (1.x).
"""

from __future__ import annotations

from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.owners import Owner, Owners

    Arrays = list[tuple[int, ...]]

TURNED = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")  # classes whose kernels are turned
_TURN = (3, 2, 0, 1)
# Which arrays of Keras 1 make the kernel, the recurrent kernel and the bias of Keras 2: one for each gate.
_GATES = {
    ("GRU", 9): ((0, 3, 6), (1, 4, 7), (2, 5, 8)),
    ("LSTM", 12): ((0, 6, 3, 9), (1, 7, 4, 10), (2, 8, 5, 11)),
    ("ConvLSTM2D", 12): ((0, 6, 3, 9), (1, 7, 4, 10), (2, 8, 5, 11)),
}
_FIRST_LAST = {"Conv2D": (2, 3, 1, 0), "Conv2DTranspose": (2, 3, 0, 1), "Conv3D": (2, 3, 4, 1, 0)}
_MODELS = ("Model", "Sequential")


class ConversionError(Exception):
    """A conversion that raises. The text is what the loader says."""


class Conversion:
    """The conversions of one load. `keras_1`: the loader takes the arrays for those of Keras 1."""

    def __init__(self, load: Load, owners: Owners, keras_1: bool) -> None:
        self.owners = owners
        self.keras_1 = keras_1 and load.does("converts-keras-1-weights")
        self.converts = load.does("converts-keras-1-weights")
        self.old_conv1d = load.does("turns-old-conv1d")
        self.nested = load.does("converts-inside-models")
        self.models = (*_MODELS, "Functional") if load.does("converts-inside-functional") else _MODELS
        self.cudnn = load.does("converts-cudnn-weights")
        self.cudnn_lstm = load.does("converts-cudnn-lstm")
        self.reset_after = _reset_after(load)
        self.by_side = load.api.line == "keras-2"

    def converted(self, owner: Owner, arrays: Arrays) -> Arrays:
        """Return the shapes of a layer's arrays as they are given to it. Raises ConversionError."""
        try:
            if self.old_conv1d and owner.class_name == "Convolution1D":
                return _old_conv1d(owner, arrays)
            return self._converted(owner, arrays) if self.converts else arrays
        except IndexError:
            raise ConversionError("list index out of range") from None

    def _converted(self, owner: Owner, arrays: Arrays, depth: int = 0) -> Arrays:
        if depth > DEFAULT_LIMITS.depth:
            return arrays
        name = owner.class_name
        if self.nested or self.keras_1:
            arrays = self._inside(owner, arrays, depth)
        if self.keras_1:
            arrays = _from_keras_1(owner, arrays)
        if name in TURNED and owner.known and not fits(owner.variables[0].shape, arrays[0]):
            arrays = [_turned(arrays[0], _TURN), *arrays[1:]]
            if name == "ConvLSTM2D":
                arrays[1] = _turned(arrays[1], _TURN)
        if self.cudnn or self.cudnn_lstm:
            arrays = self._recurrent(owner, arrays)
        return arrays

    def _inside(self, owner: Owner, arrays: Arrays, depth: int) -> Arrays:
        """Convert what belongs to the layers inside a wrapper or model."""
        if owner.class_name == "Bidirectional":
            half = len(arrays) // 2
            forward = self.owners.held(owner, "layer")
            backward = self.owners.held(owner, "backward_layer", "layer")
            if forward is None or backward is None:
                return arrays
            first = self._converted(forward, arrays[:half], depth + 1)
            return first + self._converted(backward, arrays[half:], depth + 1)
        if owner.class_name == "TimeDistributed":
            held = self.owners.held(owner, "layer")
            if held is None:
                return arrays
            arrays = self._converted(held, arrays, depth + 1)
            # Where wrappers are opened for every version, those of Keras 1 are opened twice.
            return self._converted(held, arrays, depth + 1) if self.nested and self.keras_1 else arrays
        if owner.class_name in self.models:
            return self._by_side(owner, arrays, depth) if self.by_side else self._by_layer(owner, arrays, depth)
        return arrays

    def _by_side(self, owner: Owner, arrays: Arrays, depth: int) -> Arrays:
        """Keras 2: each layer's trainable arrays, then each layer's others, converted apart."""
        found: Arrays = []
        layers = self.owners.inside(owner)
        for counts in ([layer.trainable for layer in layers], [_frozen(layer) for layer in layers]):
            for layer, count in zip(layers, counts, strict=True):
                if count:
                    found += self._converted(layer, arrays[:count], depth + 1)
                    arrays = arrays[count:]
        return found

    def _by_layer(self, owner: Owner, arrays: Arrays, depth: int) -> Arrays:
        """tf.keras: each layer's trainable arrays and others together."""
        trainable, others = arrays[: owner.trainable], arrays[owner.trainable :]
        first: Arrays = []
        second: Arrays = []
        for layer in self.owners.inside(owner):
            if layer.variables:
                count, frozen = layer.trainable, _frozen(layer)
                made = self._converted(layer, trainable[:count] + others[:frozen], depth + 1)
                first += made[:count]
                second += made[count:]
                trainable, others = trainable[count:], others[frozen:]
        return first + second

    def _recurrent(self, owner: Owner, arrays: Arrays) -> Arrays:
        name = owner.class_name
        if len(arrays) != 3 or name not in ("LSTM", "CuDNNLSTM", "GRU", "CuDNNGRU"):
            return arrays
        kernel, recurrent, bias = arrays
        units = recurrent[0]
        if name in ("LSTM", "CuDNNLSTM"):
            if not self.cudnn and name != "LSTM":
                return arrays
            sources = {(units * 8,): "CuDNNLSTM", (units * 4,): "LSTM"}
            source = sources.get((bias[0],)) if len(bias) == 1 else None
            if source is None:
                if self.cudnn:
                    raise ConversionError(f"Invalid bias shape: {bias}")
                return arrays
            return arrays if source == name else [kernel, recurrent, (units * (4 if name == "LSTM" else 8),)]
        if not self.cudnn:
            return arrays
        source = {
            (units * 6,): "CuDNNGRU",
            (2, units * 3): "GRU(reset_after=True)",
            (units * 3,): "GRU(reset_after=False)",
        }.get(bias)
        if source is None:
            raise ConversionError(f"Invalid bias shape: {bias}")
        after = owner.config.get("reset_after", self.reset_after)
        target = "CuDNNGRU" if name == "CuDNNGRU" else f"GRU(reset_after={bool(after)})"
        if source == target:
            return arrays
        if "GRU(reset_after=False)" in (source, target):
            raise ConversionError(f"{source} is not compatible with {target}")
        return [kernel, recurrent, (2, units * 3) if source == "CuDNNGRU" else (units * 6,)]


def _reset_after(load: Load) -> bool:
    """Return what a GRU does whose config does not say."""
    found = load.api.find("GRU", "layers")
    return found is not None and load.api.accepts(found).default("reset_after") == "True"


def _frozen(owner: Owner) -> int:
    return len(owner.variables) - owner.trainable


def _from_keras_1(owner: Owner, arrays: Arrays) -> Arrays:
    """Return the arrays of one layer of Keras 1 in the form of Keras 2."""
    name, config = owner.class_name, owner.config
    first = _channels_first(config)
    if name == "Conv1D":
        length, filters = _number(config.get("kernel_size", config.get("filter_length"))), _filters(config)
        kernel = _row_kernel(arrays[0], length, filters)
        if len(kernel) < 2 or kernel[1] < 1:
            raise ConversionError("index 0 is out of bounds for axis 1")
        return [(kernel[0], *kernel[2:]), *arrays[1:]]
    if name == "Conv2DTranspose" and not first:
        return [_turned(arrays[0], (0, 1, 3, 2)), *arrays[1:]]
    if name in _FIRST_LAST and first:
        return [_turned(arrays[0], _FIRST_LAST[name]), *arrays[1:]]
    gates = _GATES.get((name, len(arrays)))
    if gates is None:
        return arrays
    made = [_joined([arrays[place] for place in places]) for places in gates]
    if name == "ConvLSTM2D" and first:
        made[:2] = [_turned(made[0], (2, 3, 1, 0)), _turned(made[1], (2, 3, 1, 0))]
    return made


def _old_conv1d(owner: Owner, arrays: Arrays) -> Arrays:
    length, filters = _number(owner.config.get("filter_length")), _filters(owner.config)
    return [_row_kernel(arrays[0], length, filters), *arrays[1:]]


def _row_kernel(shape: tuple[int, ...], length: int, filters: int) -> tuple[int, ...]:
    """Return the kernel of a convolution over one dimension as Keras 1.1 stored it: (length, 1, channels, filters)."""
    if len(shape) < 4:
        raise ConversionError("tuple index out of range")
    if shape[:2] == (length, 1) and shape[3] == filters:
        return shape
    if shape[0] != filters or shape[2:] != (length, 1):
        raise ConversionError("AssertionError")
    return _turned(shape, (2, 3, 1, 0))


def _turned(shape: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) != len(order):
        raise ConversionError("axes don't match array")
    return tuple(shape[axis] for axis in order)


def _joined(shapes: Arrays) -> tuple[int, ...]:
    """Return the shape of arrays side by side along their last axis."""
    if not all(shapes) or len({shape[:-1] for shape in shapes}) != 1:
        raise ConversionError("all the input array dimensions except for the concatenation axis must match exactly")
    return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))


def fits(expected: Shape, shape: tuple[int, ...]) -> bool:
    """Tell whether an array can be given to a variable: an open size takes any."""
    return len(expected) == len(shape) and all(a in (None, b) for a, b in zip(expected, shape, strict=True))


def _channels_first(config: dict[str, object]) -> bool:
    return config.get("data_format", config.get("dim_ordering")) in ("channels_first", "th")


def _number(value: object) -> int:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, int) else -1


def _filters(config: dict[str, object]) -> int:
    return _number(config.get("filters", config.get("nb_filter")))
