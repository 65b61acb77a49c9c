"""The raw structure of an artifact: members, groups, datasets, attributes, as the container has them."""

from __future__ import annotations

from keras_doctor.artifacts.probe import Probe
from keras_doctor.reports.inspection_text import shape_text
from keras_doctor.reports.terminal import clean, size
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.hdf5 import Dataset, File

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as _os

    from keras_doctor.reports.terminal import Terminal

_VALUE = 60


def show(path: str, terminal: Terminal) -> None:
    """Print what is physically at `path`."""
    probe = Probe(path)
    terminal.print(terminal.style(clean(path), "bold"))
    if probe.kind == "directory":
        _folder(path, terminal, 1)
        return
    if probe.kind != "file":
        terminal.print(f"  {probe.kind}: {clean(probe.reason)}")
        return
    if probe.head.startswith(b"PK"):
        try:
            archive = probe.archive()
        except FormatError as error:
            terminal.print(f"  {clean(error)}")
            return
        for member in archive.entries:
            packed = "" if not member.method else f", stored in {size(member.compressed_size)}"
            terminal.print(f"  {clean(member.name)}  {size(member.size)}{packed}")
            if member.name.endswith(".h5"):
                try:
                    _hdf5(File(archive.open(member)), terminal, 2)
                except FormatError as error:
                    terminal.print(f"    {clean(error)}")
        return
    try:
        _hdf5(probe.hdf5(), terminal, 1)
    except FormatError:
        terminal.print(f"  {size(probe.source.size)}, first bytes {probe.head[:16].hex(' ')}")


def _hdf5(file: File, terminal: Terminal, depth: int) -> None:
    for item in (file.root, *(item for item in file.root.walk() if item is not file.root)):
        level = depth + (0 if item.path == "/" else item.path.count("/"))
        name = clean(item.path.rsplit("/", 1)[-1] or "/")
        text = name
        if isinstance(item, Dataset):
            filters = "".join(f" {entry.name}" for entry in item.filters)
            text = f"{name}  {item.datatype.name or item.datatype.kind} {shape_text(item.shape)} {item.layout}{filters}"
        terminal.print("  " * level + text)
        for key in item.attributes:
            attribute = item.attributes.get(key)
            value = repr(attribute.value) if attribute is not None else ""
            terminal.print("  " * (level + 1) + terminal.style(f"@{clean(key)} = {clean(value, limit=_VALUE)}", "dim"))


def _folder(path: str, terminal: Terminal, depth: int) -> None:
    import os

    try:
        entries: list[_os.DirEntry[str]] = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError as error:
        terminal.print("  " * depth + (error.strerror or "it cannot be read"))
        return
    for entry in entries[:1000]:
        if entry.is_dir(follow_symlinks=False):
            terminal.print("  " * depth + clean(entry.name) + "/")
            if depth < 16:
                _folder(entry.path, terminal, depth + 1)
        else:
            terminal.print("  " * depth + f"{clean(entry.name)}  {size(entry.stat(follow_symlinks=False).st_size)}")
