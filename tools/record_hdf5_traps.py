"""Record what releases of Keras 3 make of HDF5 files that they read otherwise than they were written:
tests/data/keras-3-traps.tar.xz. Runs inside real environments.

    PYTHON tools/record_hdf5_traps.py save FOLDER      # one file a case, with its outputs
    PYTHON tools/record_hdf5_traps.py load FOLDER      # in each release: adds lines to FOLDER/loads.tsv
    tar -C FOLDER -cJf tests/data/keras-3-traps.tar.xz .

A line: the environment as `Environment.parse` takes it, the case, the verdict.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

L = keras.layers
RNG = np.random.RandomState(5)


def normalization():
    layer = L.Normalization()
    layer.adapt(RNG.rand(40, 3).astype("float32") * 5 + 3)
    return layer


def functional(*layers, shape=(4, 3)):
    inputs = value = keras.Input(shape)
    for layer in layers:
        value = layer(value)
    return keras.Model(inputs, value)


def joined(layer, shape=(4, 3)):
    inputs = keras.Input(shape)
    return keras.Model(inputs, layer([inputs, inputs]))


CASES = {
    "softmax_axis_1": lambda: functional(L.Softmax(axis=1)),
    "softmax_axis_last": lambda: functional(L.Softmax(axis=2)),
    "softmax_two_axes": lambda: functional(L.Softmax(axis=[1, 2])),
    "layer_normalization_axis_1": lambda: functional(L.LayerNormalization(axis=1, center=False, scale=False)),
    "unit_normalization_axis_1": lambda: functional(L.UnitNormalization(axis=1)),
    "concatenate_axis_1": lambda: joined(L.Concatenate(axis=1)),
    "concatenate_into_dense": lambda: functional(
        joined(L.Concatenate(axis=1)), L.Flatten(), L.Dense(2), L.Reshape((2, 1))
    ),
    "batch_normalization_axis_1": lambda: functional(L.BatchNormalization(axis=1)),
    "batch_normalization_square": lambda: functional(L.BatchNormalization(axis=1), shape=(3, 3)),
    "attention_dot": lambda: joined(L.Attention(score_mode="dot")),
    "attention_concat": lambda: joined(L.Attention(score_mode="concat")),
    "normalization": lambda: functional(normalization(), L.Dense(2)),
    "normalization_inside": lambda: functional(keras.Sequential([keras.Input((4, 3)), normalization()]), L.Dense(2)),
    "normalization_wrapped": lambda: functional(L.TimeDistributed(normalization()), L.Dense(2)),
    "normalization_stated": lambda: functional(L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 5.0, 6.0])),
    "lambda_plain": lambda: functional(L.Lambda(lambda x: x * 2.0 + 1.0)),
    "lambda_shape": lambda: functional(L.Lambda(lambda x: x[:, 0], output_shape=(3,))),
    "lambda_axis": lambda: functional(L.Lambda(lambda x: x[:, 0]), L.Dense(2)),
}


def called(model):
    given = np.arange(2 * np.prod(model.inputs[0].shape[1:]), dtype="float32").reshape((2, *model.inputs[0].shape[1:]))
    return np.asarray(model.predict(given / 7, verbose=0))


def save(folder):
    for name, make in CASES.items():
        keras.backend.clear_session()
        model = make()
        for weight in model.trainable_weights:
            weight.assign(RNG.rand(*weight.shape) + 0.2)
        model.save(folder / f"{name}.h5")
        np.save(folder / f"{name}.npy", called(model))


def load(folder):
    versions = [f"{name}=={version(name)}" for name in ("tensorflow", "jax", "torch") if version(name)]
    python = sys.version.split()[0]
    spec = " ".join(
        [f"python=={python}", f"keras=={keras.__version__}", *versions, f"backend={keras.backend.backend()}"]
    )
    with (folder / "loads.tsv").open("a") as lines:
        for name in CASES:
            keras.backend.clear_session()
            lines.write(f"{spec}\t{name}\t{verdict(folder, name)}\n")


def verdict(folder, name):
    try:
        model = keras.models.load_model(folder / f"{name}.h5")
    except Exception:
        return "fails"
    try:
        found = called(model)
    except Exception:
        return "loads-not-runnable"
    recorded = np.load(folder / f"{name}.npy")
    same = found.shape == recorded.shape and np.abs(found - recorded).max() <= 1e-3 * np.abs(recorded).max()
    return "loads" if same else "loads-differently"


def version(package):
    try:
        return __import__(package).__version__.split("+")[0]
    except ImportError:
        return ""


if __name__ == "__main__":
    {"save": save, "load": load}[sys.argv[1]](Path(sys.argv[2]))
