"""What a release saved itself, it can build again: models of single layers as 30 releases wrote their configs
(tools/record_layer_shapes.py), judged for the release that wrote them.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

import keras_doctor as kd
from keras_doctor.document.model import ModelDocument

RECORDED = Path(__file__).parents[1] / "data" / "layers" / "recorded.jsonl.xz"
EVERY = 12  # of some 5,500 models
PYTHONS = {"keras-1": "3.6", "keras-2": "3.6", "tf.keras": "3.7"}
# What real releases do refuse of their own: custom classes and the code of a Lambda, of another Python than ours is
# told; Dot, RandomShear and models over time; and graphs, in Keras 3.0.5 and 1.2.2.
REFUSED = ("KD401", "KD402", "KD403", "KD404", "KD405", "KD312")
OWN_GRAPHS = ("keras 3.0.5", "keras 1.2.2")
# Layers that tf.keras exports and leaves out of the table that it reads HDF5 files with (layers/serialization.py).
FORGOTTEN = ("SpectralNormalization", "RandomFourierFeatures", "Normalization", "TextVectorization")


def cases():
    lines = lzma.decompress(RECORDED.read_bytes()).decode().splitlines()[1:]
    for line in lines[::EVERY]:
        model = json.loads(line)
        yield model["releases"][0], model


def judged(release, model):
    library, version, *backend = release.split()
    modern = library == "keras" and version.startswith("3")
    package = {"keras": "keras", "tf_keras": "tf-keras", "tensorflow": "tensorflow"}[library]
    words = [f"{package}=={version}", "python==" + PYTHONS.get(model["era"], "3.11"), "h5py==2.10.0"]
    words += ["loader=tf.keras"] if library == "tensorflow" else []
    words += [f"backend={backend[0]}"] if backend and backend[0] in ("jax", "torch") else []
    form = ("m.keras", "keras-v3", "zip") if modern else ("m.h5", "hdf5-model", "hdf5")
    document = ModelDocument(*form, size=1000, config=model["config"])
    return kd.diagnose(document, kd.Environment.parse(" ".join(words)), compile=False, safe_mode=False)


@pytest.mark.parametrize("library", ["keras 1", "keras 2", "keras 3", "tensorflow", "tf_keras"])
def test_a_release_builds_what_it_saved(library):
    wrong, seen = [], 0
    for release, model in cases():
        if not release.startswith(library):
            continue
        seen += 1
        for finding in judged(release, model).findings:
            early = finding.stage in ("resolve", "construct", "graph") and finding.effect == "fails"
            graph = finding.code in ("KD307", "KD308") and release.startswith(OWN_GRAPHS)
            forgotten = finding.code == "KD301" and finding.message.endswith(FORGOTTEN) and library == "tensorflow"
            if early and not graph and not forgotten and finding.code not in REFUSED:
                wrong.append((release, model["name"], finding.code, finding.message))
    assert seen > 10
    assert not wrong
