#!/usr/bin/env python3
"""Record what a real Keras makes of training configs in HDF5 files, for tests/loaders/test_training.py.

Run it in each installation, by its interpreter (Python 3.6 or newer), then put the answers together:

    record_training.py keras|tf.keras|tf_keras OUT.json
    record_training.py --pack OUT.json … tests/data/training.json.xz

It makes two small models, of one output and of two ("a" and "b"), saves each, puts one training config of
training_cases.json after the other into the file, and loads it plainly. OUT.json: the versions, and for each case ""
where the load went well, else the type and text of the exception.
"""

import json
import lzma
import os
import sys
import tempfile
import warnings

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training_cases.json")


def cases():
    """Return by name the number of outputs and the training config."""
    with open(CASES) as file:
        return json.load(file)


def record(module):
    """Return what the Keras of this installation does with every case."""
    warnings.filterwarnings("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    versions = {"module": module, "python": sys.version.split()[0]}
    if module == "tf.keras":
        import tensorflow as tf

        keras = tf.keras
    else:
        keras = __import__(module)
    import h5py

    for name in ("keras", "tensorflow", "h5py", "tf_keras"):
        if name in sys.modules:
            versions[name] = getattr(sys.modules[name], "__version__", None)
    try:
        versions["backend"] = keras.backend.backend()
    except AttributeError:
        versions["backend"] = None
    folder = tempfile.mkdtemp()
    paths = {outputs: made(keras, outputs, folder) for outputs in (1, 2)}
    says = {}
    for name, (outputs, config) in cases().items():
        with h5py.File(paths[outputs], "r+") as file:
            file.attrs["training_config"] = json.dumps(config).encode("utf8")
        try:
            keras.models.load_model(paths[outputs])
            says[name] = ""
        except Exception as error:
            says[name] = type(error).__name__ + ": " + str(error)[:300]
        if hasattr(keras.backend, "clear_session"):  # not with Theano
            keras.backend.clear_session()
    return {"versions": versions, "says": says}


def made(keras, outputs, folder):
    """Save a model of one or two outputs and return its path."""
    layers = keras.layers
    given = layers.Input(shape=(4,), name="given")
    heads = [layers.Dense(3, activation="softmax", name=name)(given) for name in "ab"[:outputs]]
    model_class = keras.models.Model
    try:
        model = model_class(inputs=given, outputs=heads)
    except TypeError:
        model = model_class(input=given, output=heads)
    model.compile("sgd", "mse")
    path = os.path.join(folder, "model" + str(outputs) + ".h5")
    model.save(path)
    import h5py

    with h5py.File(path, "r+") as file:
        if "optimizer_weights" in file:
            del file["optimizer_weights"]
    return path


def main(*arguments):
    if arguments[0] == "--pack":
        loads = []
        for path in arguments[1:-1]:
            with open(path) as file:
                loads.append(json.load(file))
        held = {"cases": cases(), "loads": loads}
        with lzma.open(arguments[-1], "wt") as out:
            json.dump(held, out, indent=0, sort_keys=True)
    else:
        with open(arguments[1], "w") as out:
            json.dump(record(arguments[0]), out, indent=1, sort_keys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
