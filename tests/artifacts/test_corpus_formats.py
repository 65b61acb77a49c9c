"""Every file of the corpus is called what it is, and damaged ones are known to be damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_doctor.artifacts import read

MANIFEST = (Path(__file__).parents[1] / "data/corpus-manifest.tsv").read_text().splitlines()[1:]
SAVERS = sorted({line.split("/")[0] for line in MANIFEST} - {"pathology"})
CASES = sorted(line.split("\t")[0].split("/")[1] for line in MANIFEST if line.startswith("pathology/"))

# What the writer says that it wrote → what it is.
FORMATS = {
    "h5": {"hdf5-model"},
    "h5_named_keras": {"hdf5-model"},
    "keras_v3": {"keras-v3", "hdf5-model"},  # tf.keras 2.12 writes HDF5 under this name
    "keras_v3_dir": {"keras-v3-directory"},
    "json": {"json-architecture"},
    "yaml": {"yaml-architecture"},
    "weights_h5_legacy": {"hdf5-weights"},
    "weights_h5_v3": {"v3-weights"},
    "weights_sharded": {"v3-weights-sharded"},
    "tf_checkpoint": {"tf-checkpoint"},
    "savedmodel": {"savedmodel"},
    "savedmodel_export": {"savedmodel-export"},
}

# What was done to a good file → what it is now, where that is another thing.
DISGUISES = {
    "a_directory": "folder",
    "cut_to_8": "unknown",
    "empty": "empty",
    "gzipped": "gzip-wrapped",
    "html_page": "html",
    "json_error": "json-error",
    "lfs_pointer": "git-lfs-pointer",
    "missing": "missing",
    "no_model_config": "hdf5-weights",
    "npz_file": "npz",
    "onnx_file": "onnx",
    "pickle_file": "pickle",
    "sm_zipped": "zip-wrapped",
    "tflite_file": "tflite",
    "torch_zip": "pytorch",
    "zipped_again": "zip-wrapped",
    "unzipped": "keras-v3-directory",
    "unzipped_plain": "keras-v3-directory",
}
# Damage that no reader of the file alone can see: values that are other values, sound in form.
INVISIBLE = {"a_wrong_shape", "nan_weights"}
# "Intact" is said of the tensors: in these something else is gone.
TENSORS_ONLY = {"config_cut_h5", "sm_no_metadata", "sm_no_pb", "sm_pb_cut", "without_config"}
NOT_MODELS = {
    "html_page",
    "json_error",
    "lfs_pointer",
    "missing",
    "npz_file",
    "onnx_file",
    "pickle_file",
    "empty",
    "tflite_file",
    "torch_zip",
}


@pytest.mark.parametrize("saver", SAVERS)
def test_formats_are_named_right(corpus, saver):
    wrong = []
    for folder in sorted((corpus / saver).iterdir()):
        for entry in json.loads((folder / "meta.json").read_text()).get("files", []):
            path = folder / entry["file"]
            there = path.exists() or list(folder.glob(entry["file"] + ".index"))
            if not entry["ok"] or not there:
                continue
            document = read(str(path))
            if document.format not in FORMATS[entry["format"]] or document.damage:
                wrong.append((folder.name, entry["file"], entry["format"], document.format, document.damage))
    assert not wrong


@pytest.mark.parametrize("case", CASES)
def test_damage_and_disguise_are_seen(corpus, case):
    folder = corpus / "pathology" / case
    meta = json.loads((folder / "meta.json").read_text())
    kind = case.rsplit("-", 1)[0]
    document = read(str(folder / meta["files"][0]["file"]))
    if kind in DISGUISES:
        assert document.format == DISGUISES[kind]
    elif kind not in ("replacement_chars", "flip_64"):  # what these leave can be less than a model
        assert document.format in FORMATS[meta["files"][0]["format"]]
    if meta["intact"] and kind not in TENSORS_ONLY:
        assert not document.damage
    elif kind not in INVISIBLE | NOT_MODELS and not (kind == "flip_1" and document.container == "hdf5"):
        assert document.damage
    # What cannot be seen is said not to be vouched for.
    if document.container == "hdf5" and document.format != "unknown":
        assert document.unverified_bytes
