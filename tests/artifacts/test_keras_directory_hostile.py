"""Folders with other things than files where a model's files belong."""

from __future__ import annotations

import os

import pytest

from keras_doctor import read
from keras_doctor.reports import raw_tree
from keras_doctor.reports.terminal import Terminal

KINDS = {
    "folder": os.mkdir,
    "link to itself": lambda path: os.symlink(path, path),
    "link to nothing": lambda path: os.symlink("nothing", path),
    "link to a folder": lambda path: os.symlink(".", path),
    "pipe": getattr(os, "mkfifo", os.mkdir),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["metadata.json", "config.json", "model.weights.h5"])
def test_what_is_no_file_is_a_missing_part(tmp_path, capsys, name, kind):
    for other in ("metadata.json", "config.json", "model.weights.h5"):
        if other != name:
            (tmp_path / other).write_bytes(b"{}")
    KINDS[kind](tmp_path / name)
    document = read(str(tmp_path))
    assert document.format == "keras-v3-directory"
    assert name == "metadata.json" or any(damage.part.startswith(name) for damage in document.damage)
    raw_tree.show(str(tmp_path), Terminal())
    assert name in capsys.readouterr().out
