"""Archives and compressed files: what is inside is named, within bounds, and the commands that are given unpack it."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import subprocess
import sys
import time
import zipfile
import zlib

import h5py
import pytest
from foreign_samples import tarred, zipped

from keras_doctor.artifacts import read
from keras_doctor.environments import Environment
from keras_doctor.rules import diagnose
from keras_doctor.wire.source import BytesSource

NEWEST = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")


@pytest.fixture(scope="module")
def h5(corpus):
    return (corpus / "py311_tf215/mlp_seq/model.h5").read_bytes()


@pytest.fixture(scope="module")
def keras(corpus):
    return (corpus / "py311_tf221_k3151/mlp_seq/model.keras").read_bytes()


@pytest.fixture(scope="module")
def savedmodel(corpus):
    folder = corpus / "py311_tf215/mlp_seq/savedmodel"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def opened(name, data):
    return read(name, BytesSource(data, name))


@pytest.mark.parametrize(
    ("wrapper", "pack"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("xz", lzma.compress),
        ("xz", lambda data: lzma.compress(data, lzma.FORMAT_ALONE)),
        ("zlib", zlib.compress),
        ("base64", base64.encodebytes),
    ],
)
def test_one_compressed_file(h5, keras, wrapper, pack):
    for data, form in ((h5, "hdf5-model"), (keras, "keras-v3")):
        document = opened("model.h5", pack(data))
        assert document.format == f"{wrapper}-wrapped"
        assert document.facts["inside"] == (("model.h5", form),)
        assert document.damage == ()


def test_gzip_keeps_the_name(h5, tmp_path):
    path = tmp_path / "best.h5.gz"
    with gzip.GzipFile(path, "wb") as file:
        file.write(h5)
    assert read(str(path)).facts["inside"] == (("best.h5", "hdf5-model"),)


def test_cut_compressed_file(h5):
    packed = gzip.compress(h5)
    document = opened("model.h5", packed[: len(packed) // 2])
    assert document.format == "gzip-wrapped"
    assert [damage.kind for damage in document.damage] == ["truncated"]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar(h5, savedmodel, mode):
    members = {"run/model.h5": h5, **{f"run/saved/{name}": data for name, data in savedmodel.items()}}
    document = opened("run.tar", tarred(members, mode))
    assert document.format == "tar-wrapped"
    assert document.facts["inside"] == (("run/saved", "savedmodel"), ("run/model.h5", "hdf5-model"))


def test_zip(h5, keras, savedmodel):
    inside = opened("m.zip", zipped(savedmodel)).facts["inside"]
    assert inside == ((".", "savedmodel"),)
    members = {"a/x.h5": h5, "a/y.keras": keras, "a/notes.txt": b"x", "__MACOSX/a/._x.h5": b"\0\5\x16\7"}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        document = opened("m.zip", zipped(members, method))
        assert document.format == "zip-wrapped"
        assert document.facts["inside"] == (("a/x.h5", "hdf5-model"), ("a/y.keras", "keras-v3"))


def test_a_keras_folder_that_was_zipped_with_its_folder(keras, tmp_path):
    path = tmp_path / "m.keras"
    path.write_bytes(keras)
    with zipfile.ZipFile(path) as archive:
        members = {f"model/{name}": archive.read(name) for name in archive.namelist()}
    assert opened("model.keras", zipped(members)).facts["inside"] == (("model", "keras-v3-directory"),)


def test_a_checkpoint_in_a_zip():
    members = {"ckpt.index": b"x", "ckpt.data-00000-of-00001": b"y", "checkpoint": b"z"}
    assert opened("c.zip", zipped(members)).facts["inside"] == (("ckpt", "tf-checkpoint"),)


def test_archives_in_archives_end(h5):
    inner = zipped({"model.h5": h5})
    for _ in range(5):
        inner = zipped({"model.zip": inner})
    document = opened("model.zip", inner)
    assert document.format in ("zip-wrapped", "zip")


def test_bombs_cost_little(h5):
    bomb = gzip.compress(bytes(64 << 20), 1)
    heads = {f"m{index}.h5": h5[:8] + bytes(7 << 20) for index in range(12)}
    archive = zipped(heads, zipfile.ZIP_DEFLATED)
    started = time.process_time()
    assert opened("model.h5", bomb).facts["inside"] == (("model.h5", "unknown"),)
    opened("m.zip", archive)
    assert time.process_time() - started < 3


def run(command, folder):
    command = command.replace("python -", f"{sys.executable} -")
    subprocess.run(command, shell=True, check=True, cwd=folder, capture_output=True)


@pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize(
    ("name", "pack", "made"),
    [
        ("my model.h5", gzip.compress, "my model-unpacked.h5"),
        ("model.h5.gz", gzip.compress, "model.h5"),
        ("model.bin", zlib.compress, "model-unpacked.bin.h5"),
        ("model.txt", base64.encodebytes, "model.h5"),
        ("-model.h5.tar", lambda data: tarred({"a/model.h5": data}), "-model.h5.tar-unpacked/a/model.h5"),
        ("it's.zip", lambda data: zipped({"model.h5": data}), "it's/model.h5"),
        ("model.h5", lambda data: zipped({"model.h5": data}), "model.h5-unpacked/model.h5"),
        ("m.tar.gz", lambda data: tarred({"model.h5": data}, "w:gz"), "m/model.h5"),
    ],
)
def test_the_commands_unpack(h5, tmp_path, monkeypatch, name, pack, made):
    (tmp_path / name).write_bytes(pack(h5))
    monkeypatch.chdir(tmp_path)
    diagnosis = diagnose(name, NEWEST)
    assert diagnosis.cause == "format-not-supported"
    run(diagnosis.decisive.remedies[0].command, tmp_path)
    assert (tmp_path / made).read_bytes() == h5
    with h5py.File(tmp_path / made) as file:
        assert "model_config" in file.attrs
    if len(diagnosis.decisive.remedies) > 1:
        assert made in diagnosis.decisive.remedies[1].command.replace("'\"'\"'", "'")
