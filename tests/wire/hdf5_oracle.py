"""What h5py reads of a file, beside what keras-doctor reads of it."""

from __future__ import annotations

import io
import math

import h5py
import numpy as np

from keras_doctor.wire.hdf5 import Dataset, File, Group
from keras_doctor.wire.source import BytesSource, Source

REFERENCE = object()  # h5py follows references, we name them


def written(fill, **options) -> bytes:
    """Return the file that `fill` writes with h5py."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", **options) as file:
        fill(file)
    return buffer.getvalue()


def differences(data: bytes, source: Source | None = None) -> list[str]:
    """Return all that differs between h5py's reading and ours: tree, links, attributes, shapes, types, bytes; and
    damage.
    """
    ours = File(source or BytesSource(data))
    with h5py.File(io.BytesIO(data), "r") as theirs:
        found = list(_group(ours.root, theirs["/"], set()))
    return found + [f"damage: {damage}" for damage in ours.damage]


def _group(ours, theirs, seen):
    yield from _attributes(ours, theirs)
    if list(ours) != list(theirs):
        yield f"{ours.path}: names {list(ours)[:9]} instead of {list(theirs)[:9]}"
    for name in theirs:
        link, ours_link = theirs.get(name, getlink=True), ours.links.get(name)
        if ours_link is None:
            yield f"{ours.path}: no link {name}"
        elif isinstance(link, h5py.SoftLink):
            if (ours_link.kind, ours_link.target) != ("soft", link.path):
                yield f"{ours.path}: {ours_link}"
        elif isinstance(link, h5py.ExternalLink):
            if (ours_link.kind, ours_link.target) != ("external", f"{link.filename}:{link.path}"):
                yield f"{ours.path}: {ours_link}"
        else:
            yield from _object(ours.get(name), theirs[name], seen)


def _object(ours, theirs, seen):
    if isinstance(theirs, h5py.Datatype):
        if ours is not None:
            yield f"{theirs.name}: {ours} instead of a committed datatype"
    elif isinstance(theirs, h5py.Group):
        address = h5py.h5o.get_info(theirs.id).addr
        if not isinstance(ours, Group):
            yield f"{theirs.name}: {ours} instead of a group"
        elif address not in seen:
            seen.add(address)
            yield from _group(ours, theirs, seen)
    elif not isinstance(ours, Dataset):
        yield f"{theirs.name}: {ours} instead of a dataset"
    else:
        yield from _attributes(ours, theirs)
        yield from _dataset(ours, theirs)


def _attributes(ours, theirs):
    if sorted(ours.attributes) != sorted(theirs.attrs):
        yield f"{ours.path}: attributes {sorted(ours.attributes)[:9]} instead of {sorted(theirs.attrs)[:9]}"
    for name in theirs.attrs:
        attribute, value = ours.attributes.get(name), theirs.attrs[name]
        if attribute is None:
            continue
        if not same(attribute.value, plain(value)):
            yield f"{ours.path}@{name}: {attribute.value!r:.200} instead of {plain(value)!r:.200}"
        if attribute.shape != theirs.attrs.get_id(name).shape and not isinstance(value, h5py.Empty):
            yield f"{ours.path}@{name}: shape {attribute.shape}"


def _dataset(ours, theirs):
    shape = None if ours.null else ours.shape
    if shape != theirs.shape:
        yield f"{ours.path}: shape {shape} instead of {theirs.shape}"
        return
    name = theirs.dtype.name
    if theirs.dtype.kind in "SOV":
        name = "string" if h5py.check_string_dtype(theirs.dtype) else ours.datatype.name
    if theirs.dtype.itemsize < 16 and ours.datatype.name != name:  # the platform's long double has no portable name
        yield f"{ours.path}: type {ours.datatype} instead of {theirs.dtype}"
    if shape is None:
        return
    values, data = theirs[()], ours.read()
    if data != b"".join(ours.chunks()) or len(data) != ours.nbytes:
        yield f"{ours.path}: read and chunks differ"
    offset = theirs.id.get_offset() if theirs.id.get_storage_size() else None
    if offset is not None and ours.nbytes and ours.extent != (offset, ours.nbytes):
        yield f"{ours.path}: extent {ours.extent} instead of {offset}"
    if ours.layout != "compact" and ours.stored_bytes != theirs.id.get_storage_size():
        yield f"{ours.path}: {ours.stored_bytes} bytes stored instead of {theirs.id.get_storage_size()}"
    if theirs.dtype.hasobject:
        if not same(ours.value(), plain(values)):
            yield f"{ours.path}: {ours.value()!r:.200} instead of {plain(values)!r:.200}"
    else:
        array = np.asarray(values)
        padding = array.dtype.names and array.dtype.itemsize != sum(array.dtype[n].itemsize for n in array.dtype.names)
        if not padding and array.astype(array.dtype.newbyteorder("<")).tobytes() != data:
            yield f"{ours.path}: other bytes ({ours.layout}, {ours.filters})"


def plain(value):
    """Return what h5py read in the words of `Attribute.value`."""
    if isinstance(value, (h5py.Reference, h5py.RegionReference)):
        return REFERENCE
    if isinstance(value, h5py.Empty):
        return None
    if isinstance(value, np.ndarray) and value.ndim:
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value[()])
    if isinstance(value, np.void):
        return [plain(value[name]) for name in value.dtype.names] if value.dtype.names else bytes(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, (complex, np.complexfloating)):
        return [float(value.real), float(value.imag)]
    if isinstance(value, np.generic):
        return value.item() if value.dtype.kind in "biufSU" and value.dtype.itemsize < 16 else value.tobytes()
    return value


def same(ours, theirs) -> bool:
    """Tell whether two values are equal in type too; NaN equals NaN."""
    if theirs is REFERENCE:
        return isinstance(ours, bytes)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, float) and isinstance(theirs, float) and math.isnan(ours):
        return math.isnan(theirs)
    return type(ours) is type(theirs) and ours == theirs
