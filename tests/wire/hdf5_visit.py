"""Looks at everything that a file offers, as the most curious reader would."""

from __future__ import annotations

from keras_doctor.wire.errors import Damage, FormatError, Oddity
from keras_doctor.wire.hdf5 import File, Group
from keras_doctor.wire.source import BytesSource


def visit(file: File, most: int = 4 << 20) -> int:
    """Read all attributes, links and values (of datasets up to `most` bytes); return the number of objects."""
    nodes = [file.root, *file.root.walk()]
    for node in nodes:
        for attribute in node.attributes.values():
            assert isinstance(attribute.name, str)
            assert attribute.nbytes >= 0
            attribute.value, attribute.character_set, attribute.variable_length, repr(attribute)
        if isinstance(node, Group):
            assert all(link.kind in ("hard", "soft", "external", "other") for link in node.links.values())
            assert set(node) == set(node.links)
            continue
        assert node.nbytes >= 0
        node.stored_bytes, node.filters, repr(node)
        if node.nbytes <= most:
            for read in (node.read, node.value):
                try:
                    read()
                except FormatError:
                    continue
    assert all(isinstance(damage, Damage) and damage.what for damage in file.damage)
    assert len(set(file.damage)) == len(file.damage), "nothing is recorded twice"
    assert all(isinstance(oddity, Oddity) and oddity.what for oddity in file.oddities)
    return len(nodes)


def survey(data: bytes, salvage: bool = True, most: int = 4 << 20) -> int:
    """Visit the file that `data` is, and what can be salvaged of it; return the number of objects seen."""
    seen = 0
    for open_file in (File, File.salvage) if salvage else (File,):
        try:
            seen += visit(open_file(BytesSource(data)), most)
        except FormatError:
            continue
    return seen
