"""Every tensor of every intact file of the corpus: bytes equal to h5py's, and to TensorFlow's own reading."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from keras_doctor.artifacts import read
from keras_doctor.wire.source import open_path
from keras_doctor.wire.tensor_bundle import TensorBundle

DATA = Path(__file__).parents[1] / "data"
SAVERS = sorted({line.split("/")[0] for line in (DATA / "corpus-manifest.tsv").read_text().splitlines()[1:]})


def tensors(document):
    """Return every tensor of a document, the optimizer's and the metrics' too."""
    return [*document.tensors(), *document.training.slots, *document.training.metric_state]


def damaged(corpus, path):
    saver, case = path.relative_to(corpus).parts[:2]
    return saver == "pathology" and not json.loads((corpus / saver / case / "meta.json").read_text())["intact"]


def same(ours, dataset):
    wanted = dataset[()]
    if dataset.dtype.kind == "V":  # bfloat16, which HDF5 does not know; Keras's own store says so beside it
        assert ours.dtype == dataset.attrs.get("dtype", "opaque")
    else:
        assert ours.dtype == np.dtype(dataset.dtype).name
    assert ours.shape == dataset.shape
    assert ours.read() == np.ascontiguousarray(wanted).tobytes()


@pytest.mark.parametrize("saver", SAVERS)
def test_hdf5_tensors_are_those_that_h5py_reads(corpus, saver):
    compared = 0
    for path in sorted((corpus / saver).rglob("*.h5")):
        if damaged(corpus, path):
            continue
        if not h5py.is_hdf5(path):
            continue
        document = read(str(path))
        with h5py.File(path, "r") as file:
            for tensor in tensors(document):
                same(tensor, file[tensor.path])
                compared += 1
            if not document.damage and "unlisted_groups" not in document.facts:
                datasets = []
                file.visititems(
                    lambda name, item, found=datasets: found.append(name) if isinstance(item, h5py.Dataset) else None
                )
                assert sorted(datasets) == sorted(tensor.path for tensor in tensors(document))
    assert compared or not list((corpus / saver).rglob("*.h5"))


@pytest.mark.parametrize("saver", SAVERS)
def test_tensors_inside_archives_are_those_that_h5py_reads(corpus, saver):
    for path in sorted((corpus / saver).rglob("*.keras")):
        if not path.is_file() or not zipfile.is_zipfile(path):
            continue
        if damaged(corpus, path):
            continue
        document = read(str(path))
        with zipfile.ZipFile(path) as archive:
            if "model.weights.h5" not in archive.namelist():
                continue
            data = archive.read("model.weights.h5")
        raw = path.read_bytes()
        with h5py.File(io.BytesIO(data), "r") as file:
            for tensor in tensors(document):
                same(tensor, file[tensor.path.split(":", 1)[1]])
                if tensor.locus.offset is not None:  # the byte range of the archive itself
                    assert raw[tensor.locus.offset :][: tensor.locus.length] == tensor.read()


def recorded():
    with lzma.open(DATA / "tf-tensors.jsonl.xz", "rt") as file:
        return [json.loads(line) for line in file][1:]


def test_checkpoint_tensors_are_those_that_tensorflow_read(corpus):
    """Truth: tools/record_tf_tensors.py, run by TensorFlow 2.15.1."""
    compared = 0
    for line in recorded():
        prefix = str(corpus / line["file"])[: -len("index")]
        bundle = TensorBundle(
            open_path(prefix + "index"), lambda n, of, p=prefix: open_path(f"{p}data-{n:05}-of-{of:05}")
        )
        assert set(bundle.entries) == set(line["tensors"]), line["file"]
        for key, (dtype, shape, digest) in line["tensors"].items():
            entry = bundle.entries[key]
            assert (entry.dtype, list(entry.shape)) == (dtype, shape), (line["file"], key)
            if dtype == "string":
                data = b"".join(len(item).to_bytes(8, "little") + item for item in bundle.strings(entry))
            else:
                data = bundle.read(entry)
            assert hashlib.sha256(data).hexdigest()[:32] == digest, (line["file"], key)
            compared += 1
    assert compared > 5000
