#!/usr/bin/env python3
"""Record what operations on Keras tensors compute in a release: tests/data/operation-layers-NAME.json.xz.

    /path/to/python tools/record_operation_layers.py tests/data/operation-layers-tensorflow-2.15.json.xz

Each expression of operation_cases.tsv that the release makes layers of (TensorFlowOpLayer, TFOpLambda) becomes a model,
whose JSON is recorded with inputs and with what the model puts out. Runs in tf.keras of TensorFlow 2, Python 3.7 and
newer.
"""

import json
import lzma
import os
import sys
import zlib

import numpy as np
import tensorflow as tf

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "operation_cases.tsv")
OPEN = 5  # of a size that is open
BATCH = 3


def main():
    found = []
    with open(CASES) as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for inputs, source in lines:
        tf.keras.backend.clear_session()
        try:
            found.append(recorded(inputs, source))
        except Exception as error:
            print("not in this release:", source, type(error).__name__)
    with lzma.open(sys.argv[1], "wt") as file:
        json.dump({"versions": {"tensorflow": tf.__version__}, "cases": found}, file)
    print(len(found))


def recorded(inputs, source):
    words = [word.partition(":") for word in inputs.split()]
    sizes = [tuple(None if one == "?" else int(one) for one in shape.split("x")) for _, _, shape in words]
    kinds = [kind for kind, _, _ in words]
    tensors = [
        tf.keras.Input(size, dtype="int32" if kind == "i" else "float32", name=f"in{number}")
        for number, kind, size in zip(range(len(kinds)), kinds, sizes)  # noqa: B905
    ]
    made = eval("lambda x, y=None: " + source, {"tf": tf, "K": tf.keras.backend, "np": np})(*tensors)
    outputs = list(made) if isinstance(made, (list, tuple)) else [made]
    model = tf.keras.Model(tensors, outputs)
    draw = np.random.RandomState(zlib.crc32(source.encode()) % 2**31)
    values = [drawn(draw, kind, size) for kind, size in zip(kinds, sizes)]  # noqa: B905
    computed = model(values if len(values) > 1 else values[0])
    computed = list(computed) if isinstance(computed, (list, tuple)) else [computed]
    return {
        "source": source,
        "model": model.to_json(),
        "dtypes": [value.dtype.name for value in values],
        "inputs": [value.tolist() for value in values],
        "outputs": [[list(np.shape(one)), [rounded(value) for value in np.ravel(one)]] for one in computed],
    }


def rounded(value):
    return float(f"{float(value):.7g}")


def drawn(draw, kind, size):
    shape = (BATCH, *(OPEN if one is None else one for one in size))
    if kind == "i":
        return draw.randint(0, 6, shape).astype("int32")
    values = np.round(draw.normal(size=shape), 3)
    return (np.abs(values) + 0.125 if kind == "p" else values).astype("float32")


main()
