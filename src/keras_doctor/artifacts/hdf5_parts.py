"""What HDF5 artifacts of every era share: datasets as tensors, lists of names in attributes, JSON in attributes."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.document.tensors import TensorRef
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.hdf5 import Dataset, Group
from keras_doctor.wire.jsontext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from keras_doctor.wire.hdf5 import Attribute
    from keras_doctor.wire.limits import Limits

# What h5py makes of a bfloat16 array: opaque bytes, with the true type beside it (keras/src/saving/saving_lib.py since
# 3.0.5).
_OPAQUE = ("opaque", 2)


def tensor(dataset: Dataset, name: str, prefix: str = "", shift: int | None = 0) -> TensorRef:
    """Return the tensor that a dataset holds.

    `prefix` is the part of the artifact that the HDF5 file is ("model.weights.h5:"), `shift` its first byte in the
    artifact's file; None when its bytes do not lie there as they are (compressed).
    """
    datatype = dataset.datatype
    dtype = datatype.name or datatype.kind
    if (datatype.kind, datatype.size) == _OPAQUE:
        stated = dataset.attributes.get("dtype")
        if stated is not None and stated.value == "bfloat16":
            dtype = "bfloat16"
    extent = None if shift is None else dataset.extent
    locus = Locus(
        part=f"{prefix}{dataset.path}",
        offset=None if extent is None else extent[0] + (shift or 0),
        length=None if extent is None else extent[1],
    )
    return TensorRef(name, locus.part.lstrip("/"), dataset.shape, dtype, dataset.nbytes, locus, dataset.chunks)


def names(group: Group, key: str) -> list[str] | None:
    """Return the list of names in the attribute `key`, also where Keras split it (`layer_names0`, `layer_names1` …);
    None when absent, or when the text of a name is lost.

    Source: keras/engine/saving.py load_attributes_from_hdf5_group, since 2.1.5.
    """
    attribute = group.attributes.get(key)
    if attribute is not None:
        if isinstance(attribute.value, list) and None in attribute.value:
            return None
        return _texts(attribute)
    found: list[str] = []
    index = 0
    while (piece := group.attributes.get(f"{key}{index}")) is not None:
        found += _texts(piece)
        index += 1
    return found if index else None


def _texts(attribute: Attribute) -> list[str]:
    value = attribute.value
    return [str(item) for item in value] if isinstance(value, list) else [] if value is None else [str(value)]


def text(group: Group, key: str) -> str | None:
    """Return a text attribute, None when it is absent or no text."""
    attribute = group.attributes.get(key)
    value = attribute.value if attribute is not None else None
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value if isinstance(value, str) else None


def json_attribute(group: Group, key: str, damage: list[Damage], limits: Limits) -> Any:
    """Return the JSON in a text attribute; None when it is absent, or broken (which is recorded in `damage`)."""
    stored = text(group, key)
    if stored is None:
        return None
    part = f"{group.path.rstrip('/')}/@{key}"
    try:
        return loads(stored, limits)
    except FormatError as error:
        damage.append(Damage("text", f"{key}: {error.what}", part, offset=None, length=len(stored)))
        return None


def storage(attribute: Attribute | None) -> str:
    """Return how a text attribute is stored: "fixed-ascii", "vlen-utf-8" …, "" when absent. Old loaders care."""
    if attribute is None:
        return ""
    return f"{'vlen' if attribute.variable_length else 'fixed'}-{attribute.character_set or 'none'}"


def datasets_by_name(group: Group, wanted: list[str], damage: list[Damage]) -> list[TensorRef]:
    """Return the datasets below `group` that a list of names points to, in that order.

    What is not there is recorded, and names that are listed twice: one dataset cannot be both tensors, and the save
    that tried to write the second one stopped there (Keras 3.0 to 3.2 gave such names).
    """
    found: dict[str, TensorRef] = {}
    for name in wanted:
        part = f"{group.path.rstrip('/')}/{name}"
        item = group.get(name)
        if item is None:
            item = renamed(group, name, wanted)
        if name in found:
            damage.append(Damage("missing", f"{name} is listed more than once, and only one tensor is stored", part))
        elif isinstance(item, Dataset):
            found[name] = tensor(item, name)
        else:
            damage.append(Damage("missing", f"the dataset {name} is listed but not there", part))
    return list(found.values())


def renamed(group: Group, path: str, wanted: Sequence[str]) -> Group | Dataset | None:
    """Return the object below `group` that `path` led to before the file lost its name, None where that is not certain.

    `wanted`: all paths that the file lists below `group`. Members whose names are lost are "?" with an address, in the
    order of the names that they had: where as many names are missing, each is the one at its place among them.
    """
    at: Group | Dataset | None = group
    before = ""
    for step in path.split("/"):
        if not isinstance(at, Group):
            return None
        child = at.child(step)
        if child is None and step not in at.links:
            nameless = [name for name in at.links if name.startswith(NAMELESS)]
            if not nameless:
                return None
            steps = {one[len(before) :].partition("/")[0] for one in wanted if one.startswith(before)}
            missing = sorted((one for one in steps if one not in at.links), key=_stored)
            if len(missing) == len(nameless) and step in missing:
                child = at.child(nameless[missing.index(step)])
        at = child
        before = f"{before}{step}/"
    return at


def _stored(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


NAMELESS = "?"  # what the reader puts before the address of an object whose name is lost
