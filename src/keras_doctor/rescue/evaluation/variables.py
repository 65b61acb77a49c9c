"""The variables of a document by the objects that own them: which stored tensor is which variable of which layer."""

from __future__ import annotations

import numpy as np

from keras_doctor.document.model import walk_layers
from keras_doctor.layers.stored_variables import part_path, stored_variables
from keras_doctor.layers.stored_vocabularies import word_weights
from keras_doctor.rescue.evaluation.values import CannotEvaluateError
from keras_doctor.writers.evaluation import pieces

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.layers.stored_variables import Found
    from keras_doctor.rescue.evaluation.values import Array


class Variables:
    """The variables of a model. Tensors are read when they are first asked for."""

    def __init__(self, found: Iterable[Found]) -> None:
        self._held: dict[str, dict[str, dict[str, TensorRef]]] = {}
        self._read: dict[int, Array] = {}  # by object: what a repair made up or cut apart has no path of its own
        for path, name, tensor in found:
            steps = path.split("/")
            for length in range(len(steps) + 1):
                owner, part = "/".join(steps[:length]), "/".join(steps[length:])
                self._held.setdefault(owner, {}).setdefault(part, {})[name] = tensor

    def at(self, path: str) -> dict[str, dict[str, Array]]:
        """Return the variables of the layer at `path` and of the objects in it, by object ("", "cell") and name."""
        held = self._held.get(path, {})
        return {part: {name: self._array(ref) for name, ref in named.items()} for part, named in held.items()}

    def _array(self, tensor: TensorRef) -> Array:
        if id(tensor) not in self._read:
            self._read[id(tensor)] = read_tensor(tensor)
        return self._read[id(tensor)]


def read_tensor(tensor: TensorRef) -> Array:
    """Return a stored tensor as an array of its own dtype, bfloat16 as float32. Raises CannotEvaluateError for types
    without numbers, FormatError for damage.
    """
    data = b"".join(pieces(tensor))
    opaque = tensor.dtype == "opaque" and tensor.nbytes == 2 * tensor.size  # how h5py stores bfloat16
    if tensor.dtype == "bfloat16" or opaque:
        wide = np.frombuffer(data, "<u2").astype("<u4") << 16
        return wide.view("<f4").reshape(tensor.shape)
    try:
        dtype = np.dtype(tensor.dtype).newbyteorder("<")
    except TypeError as error:
        raise CannotEvaluateError(f"the variable {tensor.path[:200]} is of type {tensor.dtype}") from error
    return np.frombuffer(data, dtype).astype(dtype.newbyteorder("=")).reshape(tensor.shape)


def variables_of(document: ModelDocument, era: str) -> Variables:
    """Return the variables of a document whose config belongs to `era`. What does not fit its layer is left out."""
    return Variables([*_weights_of_words(document, era), *_bins(document), *stored_variables(document, era)])


def _weights_of_words(document: ModelDocument, era: str) -> Iterator[Found]:
    """Yield the weights that lookups of Keras 3 keep beside their vocabulary: the layer does not count them among its
    variables.
    """
    for place, tensor in word_weights(document, era):
        yield place, tensor.name, tensor


def _bins(document: ModelDocument) -> Iterator[Found]:
    """Yield the bins that TensorFlow 2.5 keeps in HDF5: no other release has a variable for them."""
    held = {
        group.owner: tensor
        for group in document.weights
        for tensor in group.tensors
        if tensor.name.rpartition("/")[2] == "bins:0"
    }
    if held:
        for node in walk_layers(document.config):
            if node.class_name == "Discretization" and node.name in held:
                yield part_path(node.path), "bins", held[node.name]
