"""What an HDF5 file is to hold: groups, datasets whose bytes come later, attributes."""

from __future__ import annotations

from keras_doctor.document.expressions import item_size
from keras_doctor.document.tensors import ITEM_SIZE
from keras_doctor.writers.evaluation import pieces
from keras_doctor.writers.hdf5_types import TYPES, Attribute, opaque, unicode_text
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keras_doctor.document.tensors import TensorRef

_OPAQUE = "opaque"  # what h5py made of a type that it does not know
_DEPTH = 64  # of groups in each other


class Dataset:
    """A dataset to be: its shape, encoded type and size are known, `chunks` gives its bytes when they are wanted."""

    __slots__ = ("attributes", "chunks", "datatype", "nbytes", "path", "shape")

    def __init__(
        self, path: str, shape: tuple[int, ...], datatype: bytes, nbytes: int, chunks: Callable[[], Iterator[bytes]]
    ) -> None:
        self.path = path
        self.shape = shape
        self.datatype = datatype
        self.nbytes = nbytes
        self.chunks = chunks
        self.attributes: dict[str, Attribute] = {}


class Group:
    """A group to be: attributes, and members by name."""

    __slots__ = ("attributes", "members", "path")

    def __init__(self, path: str = "") -> None:
        self.path = path
        self.attributes: dict[str, Attribute] = {}
        self.members: dict[str, Group | Dataset] = {}

    def group(self, path: str) -> Group:
        """Return the group at `path` below this one, made where it is not there. Raises `Refused`."""
        at = self
        for name in path.split("/"):
            if name in ("", "."):
                continue
            if "\0" in name or at.path.count("/") >= _DEPTH:
                raise Refused(f"{path[:200]!r} cannot be the name of a group")
            member = at.members.get(name)
            if member is None:
                member = at.members[name] = Group(f"{at.path}/{name}")
            if not isinstance(member, Group):
                raise Refused(f"{member.path} would be a tensor and a group at once")
            at = member
        return at

    def find(self, path: str) -> Group | None:
        """Return the group at `path` below this one, None when there is none."""
        at: Group | Dataset | None = self
        for name in path.split("/"):
            if name:
                at = at.members.get(name) if isinstance(at, Group) else None
        return at if isinstance(at, Group) else None

    def tensor(self, path: str, tensor: TensorRef) -> None:
        """Put a tensor at `path` below this group. Raises `Refused` when something is there, or it has no values."""
        folder, _, name = path.rpartition("/")
        holder = self.group(folder)
        where = f"{holder.path}/{name}"
        if name in ("", ".") or "\0" in name:
            raise Refused(f"{path[:200]!r} cannot be the name of a tensor")
        if name in holder.members:
            raise Refused(f"{where} is the name of two tensors")
        made = Dataset(where, tensor.shape, _datatype(tensor), tensor.nbytes, lambda: pieces(tensor))
        if tensor.dtype == "bfloat16":  # NumPy has no such type; Keras notes it beside the bytes
            made.attributes["dtype"] = unicode_text("bfloat16")
        holder.members[name] = made


def _datatype(tensor: TensorRef) -> bytes:
    known = TYPES.get(tensor.dtype)
    if known is not None:
        return known
    if tensor.dtype == "string":
        raise Refused(f"{tensor.path} holds texts: no layer of Keras stores such a tensor in HDF5")
    if tensor.dtype not in ITEM_SIZE and tensor.dtype != _OPAQUE:
        raise Refused(f"{tensor.path} holds values of a type that is not written ({tensor.dtype})")
    return opaque(item_size(tensor))
