"""References to stored tensors: name, shape, dtype, place; the bytes are read when asked for."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Bytes of one element; "string" has no fixed size. Names are NumPy's and ml_dtypes' own.
ITEM_SIZE = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "int64": 8, "uint64": 8,
    "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16,
    "float8_e4m3fn": 1, "float8_e5m2": 1, "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1, "float8_e4m3": 1,
    "float8_e3m4": 1, "float8_e4m3b11fnuz": 1, "float8_e8m0fnu": 1, "int4": 1, "uint4": 1,
}  # fmt: skip


class TensorRef:
    """One stored tensor.

    `name`: as the file names it ("dense_1/kernel:0", "0"); `path`: its place inside the artifact, unique there
    ("model_weights/dense_1/dense_1/kernel:0"); `shape`: dimensions; `dtype`: NumPy's name ("float32", "bfloat16",
    "string"); `nbytes`: size of the values in memory, bytes; `locus`: where it is stored, with byte range of the file
    when its bytes lie there in one piece, uncompressed.
    """

    __slots__ = ("_reader", "dtype", "locus", "name", "nbytes", "path", "shape")

    def __init__(
        self,
        name: str,
        path: str,
        shape: tuple[int, ...],
        dtype: str,
        nbytes: int,
        locus: Locus,
        reader: Callable[[], Iterator[bytes]],
    ) -> None:
        self.name = name
        self.path = path
        self.shape = shape
        self.dtype = dtype
        self.nbytes = nbytes
        self.locus = locus
        self._reader = reader

    def __repr__(self) -> str:
        return f"TensorRef({self.path!r}, {self.dtype}{list(self.shape)})"

    def chunks(self) -> Iterator[bytes]:
        """Yield the values as little-endian bytes in C order, in pieces; strings one by one.

        Raises `wire.errors.FormatError` when they are damaged.
        """
        return self._reader()

    def read(self) -> bytes:
        """Return all the values as little-endian bytes in C order.

        Raises `wire.errors.FormatError` when they are damaged.
        """
        return b"".join(self._reader())

    @property
    def size(self) -> int:
        """The number of elements."""
        count = 1
        for length in self.shape:
            count *= length
        return count


@record
class WeightGroup:
    """The tensors that a file stores together for one owner, in stored order.

    `owner`: the layer's name in legacy HDF5, the inner path ("layers/dense") in a v3 store, the object path in a
    checkpoint. `path`: the group's place inside the artifact.
    """

    owner: str
    path: str
    tensors: tuple[TensorRef, ...]
