#!/usr/bin/env python3
"""Record what the activations of Keras 3, and a graph of its operations, compute: tests/data/activations.json.

/path/to/python tools/record_activations.py tests/data/activations.json
"""

import json
import sys

import keras
import numpy as np
from keras import layers, ops

NAMES = "silu mish relu6 leaky_relu celu hard_silu log_softmax log_sigmoid hard_tanh tanh_shrink soft_shrink squareplus"


def of_operations(x):
    line = layers.Softmax()(x)
    joined = ops.concatenate([ops.multiply(ops.relu(x + line), ops.sigmoid(x)), ops.tanh(line)], axis=-1)
    flat = ops.reshape(ops.transpose(joined, (0, 2, 1)), (-1, 24))
    return ops.relu6(ops.maximum(ops.leaky_relu(flat - ops.softplus(flat)), ops.softmax(flat)))


def main() -> None:
    start = layers.Input((3, 4))
    made = {name: layers.Activation(name)(start) for name in NAMES.split()}
    made["operations"] = of_operations(start)
    draw = np.random.default_rng(3)
    values = np.round(draw.normal(size=(2, 3, 4)) * 3, 3).astype("float32")
    found = []
    for name, end in made.items():
        model = keras.Model(start, end)
        output = np.asarray(model(values))
        found.append({"name": name, "model": model.to_json(), "output": output.tolist()})
    with open(sys.argv[1], "w") as file:
        json.dump({"keras": keras.__version__, "input": values.tolist(), "cases": found}, file)
        file.write("\n")


main()
