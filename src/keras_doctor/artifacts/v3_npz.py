"""Variables of a `.keras` archive as `model.weights.npz`: one pickled dict of arrays for each object that owns
variables.

Source: NpzIOStore in keras/src/saving/saving_lib.py. Keras reads it up to 3.8 only: since 3.9 NumPy is asked not to
unpickle. Here nothing is unpickled either; the pickle's arrays are read where they stand.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.document.tensors import ITEM_SIZE, TensorRef, WeightGroup
from keras_doctor.wire.archive import Archive
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.npy import read_header
from keras_doctor.wire.pickled_arrays import arrays, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.pickled_arrays import Array
    from keras_doctor.wire.source import Source

_NAMES = {"b": "bool", "i": "int", "u": "uint", "f": "float", "c": "complex"}
_OPTIMIZER = "optimizer"


def read_npz(source: Source, part: str, limits: Limits) -> tuple[tuple[WeightGroup, ...], tuple[TensorRef, ...]]:
    """Return the tensors by owner, and the optimizer's. Raises `FormatError` for what is no such file."""
    archive = Archive(source, limits)
    groups: list[WeightGroup] = []
    slots: list[TensorRef] = []
    for name, member in archive.members.items():
        owner = name.removesuffix(".npy").removesuffix("vars").strip("/")
        stored = archive.open(member)
        found = read(stored, read_header(stored).offset)
        tensors = tuple(_tensor(stored, key, array, f"{part}:/{owner}/vars/{key}") for key, array in arrays(found))
        if owner.split("/", 1)[0] == _OPTIMIZER:
            slots += tensors
        elif tensors:
            groups.append(WeightGroup(owner, f"{part}:/{owner}/vars", tensors))
    return tuple(groups), tuple(slots)


def _tensor(source: Source, key: str, array: Array, path: str) -> TensorRef:
    code = array.dtype.code
    width = int(code[1:]) if code[1:].isdecimal() else 0
    kind = _NAMES.get(code[:1], "")
    dtype = "bool" if kind == "bool" else f"{kind}{width * 8}" if kind and width else code
    count = 1
    for length in array.shape:
        count *= length
    nbytes = count * width
    data = array.data
    if data is None or nbytes != data.length or dtype not in ITEM_SIZE:
        raise FormatError(f"{path}: {code}{list(array.shape)} does not fit the bytes that are stored")
    at, swapped, fortran = data.offset, array.dtype.order == "big" and width > 1, array.fortran and len(array.shape) > 1

    def chunks() -> Iterator[bytes]:
        if swapped or fortran:
            raise FormatError(f"{path}: arrays in Fortran order or of another byte order are not put in order here")
        yield from source.chunks(at, nbytes)

    return TensorRef(key, path, array.shape, dtype, nbytes, Locus(part=path), chunks)
