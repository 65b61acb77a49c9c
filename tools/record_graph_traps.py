"""Record what releases of Keras 3 make of models that some of them put together otherwise than they were or not at all,
to tests/data/graph-traps.tar.xz. Runs inside real environments.

    PYTHON tools/record_graph_traps.py save FOLDER     # in a release: its files, each with its outputs
    PYTHON tools/record_graph_traps.py load FOLDER     # in each release: adds lines to FOLDER/loads.tsv
    tar -C FOLDER -cJf tests/data/graph-traps.tar.xz --exclude='*.npz' .

A line: the environment as `Environment.parse` takes it, the file, the verdict.
"""

import importlib.metadata
import os
import platform
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

L = keras.layers
TEXTS = np.array([["the cat flew"], ["a dog"]])


def chain(shape, *layers, dtype=None):
    inputs = value = keras.Input(shape, dtype=dtype)
    for layer in layers:
        value = layer(value)
    return keras.Model(inputs, value)


def sequence(shape, *layers):
    return keras.Sequential([keras.Input(shape), *layers])


def frozen(units=5):
    layer = L.Dense(units)
    layer.trainable = False
    return layer


def quantized(layer, shape, dtype=None):
    model = chain(shape, layer, dtype=dtype)
    model.quantize("int4")
    return model


def texts(*behind):
    words = L.TextVectorization(output_sequence_length=5, vocabulary=["the", "cat", "dog"])
    return chain((1,), words, L.Embedding(9, 2), *behind, dtype="string")


IMAGE = (8, 8, 3)
CASES = {
    "times_two": lambda: chain((4,), L.Dense(3), lambda x: x * 2.0 + 0.5),
    "times_itself": lambda: chain((4,), L.Dense(3), lambda x: x * x),
    "merged": lambda: chain((4,), L.Dense(3), lambda x: L.Multiply()([x, x])),
    "gray": lambda: chain(IMAGE, L.RandomGrayscale(0.5)),
    "gray_first": lambda: chain(IMAGE, L.RandomGrayscale(0.5), L.Flatten()),
    "gray_later": lambda: chain(IMAGE, L.Rescaling(0.5), L.RandomGrayscale(0.5)),
    "gray_in_sequence": lambda: sequence(IMAGE, L.RandomGrayscale(0.5), L.Flatten()),
    "equal": lambda: chain(IMAGE, L.Equalization(value_range=(0, 1))),
    "equal_first": lambda: chain(IMAGE, L.Equalization(value_range=(0, 1)), L.Flatten()),
    "equal_in_sequence": lambda: sequence(IMAGE, L.Equalization(value_range=(0, 1)), L.Flatten()),
    "part_frozen": lambda: chain((4,), chain((4,), frozen(), L.BatchNormalization()), L.Flatten()),
    "sequence_frozen": lambda: chain((4,), sequence((4,), frozen(), L.BatchNormalization()), L.Flatten()),
    "both_ways_over_time": lambda: chain((3, 5, 2), L.TimeDistributed(L.Bidirectional(L.LSTM(3)))),
    "texts_flattened": lambda: texts(L.Flatten()),
    "texts_pooled": lambda: texts(L.GlobalAveragePooling1D()),
    "attention_shape": lambda: chain((5, 4), lambda x: L.MultiHeadAttention(2, 3, output_shape=(4,))(x, x)),
    "attention": lambda: chain((5, 4), lambda x: L.MultiHeadAttention(2, 3)(x, x)),
    "output_padding": lambda: chain((3, 4, 1), L.Conv2DTranspose(2, 3, strides=2, output_padding=1), L.Flatten()),
    "no_output_padding": lambda: chain((3, 4, 1), L.Conv2DTranspose(2, 3, strides=2), L.Flatten()),
    "one_mean": lambda: chain((4,), L.Normalization(axis=None, mean=0.5, variance=2.0)),
    "rms_last": lambda: chain((4, 5, 3), L.RMSNormalization(axis=[2, 3])),
    "rms_between": lambda: chain((4, 5, 3), L.RMSNormalization(axis=[1, 2])),
    "rms_square": lambda: chain((4, 4), L.RMSNormalization(axis=[2, 1])),
    "rms_turned": lambda: chain((5, 3), L.RMSNormalization(axis=[2, 1])),
    "int4_dense": lambda: quantized(L.Dense(6), (8,)),
    "int4_einsum": lambda: quantized(L.EinsumDense("abc,cd->abd", output_shape=(None, 8)), (4, 6)),
    "int4_embedding": lambda: quantized(L.Embedding(11, 6), (4,), "int32"),
    "max_pool": lambda: chain(IMAGE, lambda x: keras.ops.max_pool(x, 2)),
    "average_pool": lambda: chain(IMAGE, lambda x: keras.ops.average_pool(x, (2, 2), strides=(1, 1), padding="same")),
    "norm": lambda: chain(IMAGE, lambda x: keras.ops.norm(x, axis=-1)),
}


def inputs_of(model):
    """Return the same inputs in every release."""
    if str(model.inputs[0].dtype) == "string":
        import tensorflow as tf

        return tf.constant(TEXTS)
    shape = (2, *model.inputs[0].shape[1:])
    values = np.random.RandomState(7).rand(*shape)
    return (values * 9).astype("int32") if "int" in str(model.inputs[0].dtype) else values.astype("float32")


def save(folder):
    for name, make in CASES.items():
        keras.utils.set_random_seed(3)
        stem = f"{keras.__version__}-{name}"
        try:
            model = make()
            for ending in (".keras", ".h5"):
                model.save(folder / f"{stem}{ending}")
        except Exception as error:
            print(stem, type(error).__name__, str(error)[:80])
            continue
        try:
            np.savez(folder / f"{stem}.npz", np.asarray(model.predict(inputs_of(model), verbose=0)))
        except Exception as error:
            print(stem, "cannot be called:", type(error).__name__)


def verdict_of(path):
    try:
        model = keras.models.load_model(path)
    except Exception:
        return "fails"
    try:
        found = np.asarray(model.predict(inputs_of(model), verbose=0))
    except Exception:
        return "loads-not-runnable"
    if not path.with_suffix(".npz").exists():
        return ""
    wanted = np.load(path.with_suffix(".npz"))["arr_0"]
    same = found.shape == wanted.shape and np.allclose(found, wanted, rtol=1e-3, atol=1e-6)
    return "loads" if same else "loads-differently"


def load(folder):
    backend = keras.backend.backend()
    library = {"jax": "jax", "torch": "torch"}.get(backend, "tensorflow")
    environment = (
        f"python=={platform.python_version()} keras=={keras.__version__} "
        f"{library}=={importlib.metadata.version(library).partition('+')[0]} backend={backend}"
    )
    with open(folder / "loads.tsv", "a", encoding="utf-8") as told:
        for path in sorted([*folder.glob("*.keras"), *folder.glob("*.h5")]):
            keras.backend.clear_session()
            verdict = verdict_of(path)
            if verdict:
                told.write(f"{environment}\t{path.name}\t{verdict}\n")


if __name__ == "__main__":
    {"save": save, "load": load}[sys.argv[1]](Path(sys.argv[2]))
