"""Fixtures that the whole suite shares."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest

DATA = Path(__file__).parent / "data"


def unpacked(archive: Path) -> Path:
    """Unpack an archive of model files once for all test processes; return its folder."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"keras-doctor-tests-{os.getuid()}-{digest}"
    if not folder.exists():
        fresh = Path(tempfile.mkdtemp(prefix="keras-doctor-tests-"))
        with tarfile.open(archive) as tar:
            tar.extractall(fresh, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(fresh)
        try:
            fresh.rename(folder)  # atomic: another process may have been quicker
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of the packed corpus: SAVER/ARCH/files, written by real releases (corpus-manifest.tsv says by
    which).
    """
    return unpacked(DATA / "corpus.tar.xz")


@pytest.fixture(scope="session")
def tensorflow_files() -> Path:
    """Return the folder of small files of the TensorFlow formats, with what their libraries read (MANIFEST.md)."""
    return unpacked(DATA / "tensorflow.tar.xz")


@pytest.fixture(scope="session")
def evaluations() -> Path:
    """Return the folder of small models of single layers with what real releases compute (evaluations-manifest.tsv)."""
    return unpacked(DATA / "evaluations.tar.xz")


@pytest.fixture(scope="session")
def keras_1_models() -> Path:
    """Return the folder of models of Keras 1 with what it computes: RELEASE_BACKEND/CASE (tools/record_keras_1.py)."""
    return unpacked(DATA / "keras-1-models.tar.xz")


@pytest.fixture(scope="session")
def variants() -> Path:
    """Return the folder of more of these, with unusual options (variants-manifest.tsv)."""
    return unpacked(DATA / "variants.tar.xz")


@pytest.fixture(scope="session")
def archives() -> Path:
    """Return the folder of `.keras` archives of single layers: RELEASE-BACKEND/CASE.keras (tools/layer_cases.py)."""
    return unpacked(DATA / "archives.tar.xz")


@pytest.fixture(scope="session")
def keras_3_traps() -> Path:
    """Return the folder of HDF5 files that releases of Keras 3 read otherwise than they were written, with what became
    of each (tools/record_hdf5_traps.py).
    """
    return unpacked(DATA / "keras-3-traps.tar.xz")


@pytest.fixture(scope="session")
def graph_traps() -> Path:
    """Return the folder of models that some releases of Keras 3 put together otherwise than they were, with what became
    of each (tools/record_graph_traps.py).
    """
    return unpacked(DATA / "graph-traps.tar.xz")


@pytest.fixture(scope="session")
def tfjs_models() -> Path:
    """Return the folder of models converted to TensorFlow.js, with what they compute (tools/record_tfjs.py)."""
    return unpacked(DATA / "tfjs-models.tar.xz")


@pytest.fixture(scope="session")
def javascript_models() -> Path:
    """Return the folder of models that TensorFlow.js made, by release, with what they compute
    (tools/record_javascript.py).
    """
    return unpacked(DATA / "javascript-models.tar.xz")


@pytest.fixture(scope="session")
def own_layers() -> Path:
    """Return the folder of models with layers of a user's own, by release (tools/record_own_layers.py)."""
    return unpacked(DATA / "own-layers.tar.xz")


@pytest.fixture(scope="session")
def sharded() -> Path:
    """Return the folder of a model whose weights are in shards (tools/record_shards.py)."""
    return unpacked(DATA / "sharded.tar.xz")
