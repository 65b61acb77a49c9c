"""Files that would do something when they are loaded, each in one way, and files that look like them and are harmless.

Inert: a path that nobody has, a command that lists nothing, code that adds one. Made here, so that none need be kept.
"""

from __future__ import annotations

import io
import json
import marshal
import warnings
import zipfile
from base64 import b64encode
from pathlib import Path

from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument
from keras_doctor.document.provenance import Provenance
from keras_doctor.document.tensors import TensorRef, WeightGroup
from keras_doctor.writers import write

CODE = b64encode(marshal.dumps((lambda x: x + 1).__code__)).decode("ascii")
METADATA = {"keras_version": "3.10.0", "date_saved": "2025-01-01@00:00:00"}


def layer(name, config, module="keras.layers", registered=None):
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": "function"}


def model(*layers, **more):
    held = [layer("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "in"}), *layers]
    return {**layer("Sequential", {"name": "m", "layers": held}, "keras"), **more}


def code(python_lambda=CODE):
    return {"class_name": "__lambda__", "config": {"code": python_lambda, "defaults": None, "closure": None}}


def archive(path: Path, config, members=()):
    """A `.keras` archive; `members`: (name, bytes, compression) of what else is in it."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("metadata.json", json.dumps(METADATA))
        file.writestr("config.json", json.dumps(config))
        for name, data, compression in members:
            file.writestr(zipfile.ZipInfo(name), data, compression)
    return path


def hdf5(path: Path, config):
    document = ModelDocument(
        "made.h5",
        "hdf5-model",
        "hdf5",
        config=config,
        provenance=Provenance("2.10.0", "2.10.0", "2.10.0", era="tf.keras"),
    )
    write(document, path)
    return path


def old(*layers):
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [bare(one) for one in layers]}}


def bare(one):
    return {"class_name": one["class_name"], "config": one["config"]}


OLD_LAMBDA = layer("Lambda", {"name": "l", "function": [CODE, None, None], "function_type": "lambda"})
LAMBDA = layer("Lambda", {"name": "l", "function": code()})


def _pickled(path):
    # An npz whose only array is said to hold objects: the pickle behind the header is that of None.
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\x80\x04N."
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("layers/dense.npy", array)
    return archive(path, model(), [("model.weights.npz", made.getvalue(), zipfile.ZIP_STORED)])


def _bomb(path):
    return archive(path, model(), [("model.weights.h5", bytes(64 << 20), zipfile.ZIP_DEFLATED)])


def _twice(path):
    archive(path, model())
    with zipfile.ZipFile(path, "a") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.writestr("config.json", json.dumps(model(LAMBDA)))
    return path


def _sparse(path):
    def nothing():
        return iter(())

    tensor = TensorRef("0", "layers/dense/vars/0", (1 << 40,), "float32", 1 << 42, Locus(), nothing)
    return ModelDocument(
        str(path), "keras-v3", "zip", size=9000, config=model(), weights=(WeightGroup("layers/dense", "", (tensor,)),)
    )


def _yaml(path):
    path.write_text("class_name: Sequential\nconfig: !!python/object/apply:os.getcwd []\n")
    return path


# Name → ending, how it is made, the code of the finding.
HOSTILE = {
    "lambda in HDF5": (".h5", lambda p: hdf5(p, old(OLD_LAMBDA)), "KD805"),
    "lambda in an inner Sequential": (
        ".h5",
        lambda p: hdf5(p, old(layer("Sequential", old(OLD_LAMBDA)["config"]))),
        "KD805",
    ),
    "lambda in a wrapper": (
        ".h5",
        lambda p: hdf5(p, old(layer("TimeDistributed", {"layer": bare(OLD_LAMBDA)}))),
        "KD805",
    ),
    "lambda without an ending": ("", lambda p: hdf5(p, old(OLD_LAMBDA)), "KD805"),
    "lambda in an archive": (".keras", lambda p: archive(p, model(LAMBDA)), "KD805"),
    "lambda nested in an archive": (".keras", lambda p: archive(p, model(model(LAMBDA))), "KD805"),
    "lambda wrapped in an archive": (
        ".keras",
        lambda p: archive(p, model(layer("TimeDistributed", {"layer": LAMBDA}))),
        "KD805",
    ),
    "code in a custom layer": (
        ".keras",
        lambda p: archive(p, model(layer("Mine", {"deep": {"x": [CODE]}}, "mine", "Mine"))),
        "KD805",
    ),
    "module of the system": (".keras", lambda p: archive(p, model(layer("system", {}, "os"))), "KD806"),
    "function of the system": (
        ".keras",
        lambda p: archive(p, model(layer("Lambda", {"function": function("subprocess", "run")}))),
        "KD806",
    ),
    "safe mode switched off": (
        ".keras",
        lambda p: archive(
            p, model(layer("Lambda", {"function": function("keras.config", "enable_unsafe_deserialization")}))
        ),
        "KD807",
    ),
    "download": (
        ".keras",
        lambda p: archive(p, model(layer("Lambda", {"function": function("keras.utils", "get_file")}))),
        "KD807",
    ),
    "loading within": (
        ".keras",
        lambda p: archive(p, model(layer("Lambda", {"function": function("keras.saving", "load_model")}))),
        "KD807",
    ),
    "inner module": (
        ".keras",
        lambda p: archive(p, model(layer("Lambda", {"function": function("keras.src.utils.file_utils", "get_file")}))),
        "KD807",
    ),
    "code in the compile config": (".keras", lambda p: archive(p, model(compile_config={"loss": code()})), "KD805"),
    "vocabulary of a path": (
        ".keras",
        lambda p: archive(p, model(layer("StringLookup", {"vocabulary": "/nobody/has/this"}))),
        "KD808",
    ),
    "SavedModel elsewhere": (
        ".keras",
        lambda p: archive(p, model(layer("TFSMLayer", {"filepath": "/nobody/has/this"}))),
        "KD809",
    ),
    "pickled module": (
        ".keras",
        lambda p: archive(p, model(layer("TorchModuleWrapper", {"module": "UEsDBA=="}))),
        "KD810",
    ),
    "pickled arrays": (".keras", _pickled, "KD811"),
    "four tebibytes": (".keras", _sparse, "KD812"),
    "YAML that makes objects": (".yaml", _yaml, "KD813"),
    "name of another": (
        ".keras",
        lambda p: archive(p, model(layer("Dense", {"units": 1}, registered="Good>Dense"))),
        "KD815",
    ),
    "path out of the folder": (".keras", lambda p: archive(p, model(), [("../../nobody", b"x", 0)]), "KD802"),
    "zip bomb": (".keras", _bomb, "KD801"),
    "two configs": (".keras", _twice, "KD803"),
}

CLEAN = {
    "plain": lambda p: archive(p, model(layer("Dense", {"units": 2, "name": "d"}))),
    "custom layer": lambda p: archive(p, model(layer("Scale", {"factor": 2}, "my_project.layers", "Mine>Scale"))),
    "custom layer of a notebook": lambda p: archive(p, model(layer("Scale", {"factor": 2}, None, "Scale"))),
    "custom function": lambda p: archive(
        p, model(layer("Dense", {"units": 1, "activation": function("builtins", "my_act")}))
    ),
    "function of Keras": lambda p: archive(
        p, model(layer("Lambda", {"function": function("keras.activations", "relu")}))
    ),
    "Keras's own modules": lambda p: archive(p, {**model(), "module": "keras.src.models.sequential"}),
    "vocabulary of paths": lambda p: archive(
        p, model(layer("StringLookup", {"vocabulary": ["/etc/passwd", "file:///x"]}))
    ),
}
