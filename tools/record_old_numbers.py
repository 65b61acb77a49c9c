#!/usr/bin/env python3
"""Save models whose configs hold numbers as Keras 2 and TensorFlow 1 wrote them, and what they compute; or load them.

/path/to/python tools/record_old_numbers.py save tests/data/old-numbers          (TensorFlow 1.7, 1.12; Keras 2.1.6)
/path/to/python tools/record_old_numbers.py load tests/data/old-numbers "SPEC"   (adds rows to loads.tsv there)

TensorFlow 1.12 writes the slope of a ReLU as an array, and no `data_format` of a pooling over steps; 1.7 a
RandomUniform without `maxval`; Keras 2.1.6 a Constant that holds an array.
"""

import os
import sys

import numpy as np

try:
    import keras
except ImportError:
    from tensorflow import keras

layers, Model, Sequential = keras.layers, keras.models.Model, keras.models.Sequential


def models(release):
    if release.startswith("1.7"):
        yield "uniform", Sequential([layers.Dense(3, kernel_initializer="uniform", input_shape=(4,))])
    elif release.startswith("1.12"):
        yield "slope", Sequential([layers.Dense(3, input_shape=(4,)), layers.ReLU(negative_slope=0.25)])
        yield "steps", Sequential([layers.Conv1D(3, 2, input_shape=(6, 2)), layers.AveragePooling1D(2)])
    else:
        rows = keras.initializers.Constant(np.arange(10.0).reshape(5, 2) / 8)
        yield "rows", Sequential([layers.Embedding(5, 2, embeddings_initializer=rows, input_length=3)])


def save(folder):
    release = keras.__version__ if "tensorflow" not in keras.__name__ else sys.modules["tensorflow"].__version__
    draw = np.random.RandomState(3)
    for name, model in models(release):
        shape = (3, *[int(size) for size in model.input_shape[1:]])
        whole = isinstance(model.layers[0], layers.Embedding)
        values = draw.randint(0, 5, shape) if whole else np.round(draw.randn(*shape), 3)
        model.save(os.path.join(folder, name + ".h5"))
        np.savez(os.path.join(folder, name + ".npz"), in0=values.astype("float32"), out0=model.predict(values))


def load(folder, spec):
    with open(os.path.join(folder, "loads.tsv"), "a") as rows:
        for file in sorted(name for name in os.listdir(folder) if name.endswith(".h5")):
            try:
                keras.models.load_model(os.path.join(folder, file))
                verdict = "loads"
            except Exception:
                verdict = "fails"
            rows.write("\t".join((file[:-3], spec, verdict)) + "\n")


(save if sys.argv[1] == "save" else load)(*sys.argv[2:])
