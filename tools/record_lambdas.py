#!/usr/bin/env python3
"""Record what Lambda layers of a release compute: tests/data/lambdas-NAME.json.xz.

    /path/to/python tools/record_lambdas.py keras tests/data/lambdas-NAME.json.xz       (or tf.keras)

Each function of lambda_cases.tsv that the release can run is made a model, whose JSON is recorded with an input and
what the model puts out. Runs in Python 3.6 and newer.
"""

import json
import lzma
import math
import os
import sys

import numpy as np
import tensorflow as tf

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lambda_cases.tsv")


def main():
    if sys.argv[1] == "keras":
        import keras
    else:
        keras = tf.keras
    found = []
    with open(CASES) as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for name, shapes, arguments, source in lines:
        keras.backend.clear_session()
        try:
            found.append(recorded(keras, name, shapes, arguments, source.replace("\\n", "\n")))
        except (AttributeError, TypeError, ValueError) as error:
            print("not in this release:", name, error)
    versions = {"keras": getattr(keras, "__version__", ""), "tensorflow": tf.__version__}
    with lzma.open(sys.argv[2], "wt") as file:
        json.dump({"versions": versions, "cases": found}, file)
    print(len(found))


def recorded(keras, name, shapes, arguments, source):
    draw = np.random.RandomState(len(source))
    sizes = [tuple(int(one) for one in shape.split("x")) for shape in shapes.split()]
    space = {"tf": tf, "K": keras.backend, "math": math}
    if source.startswith("def "):
        exec(source, space)
        function = space[source[4:].partition("(")[0]]
    else:
        function = eval(source, space)
    inputs = [keras.layers.Input(shape=size) for size in sizes]
    layer = keras.layers.Lambda(function, name="it", **({"arguments": json.loads(arguments)} if arguments else {}))
    first = inputs if len(inputs) > 1 else inputs[0]
    model = keras.models.Model(first, layer(first))
    values = [np.round(draw.randn(2, *size), 3).astype("float32") for size in sizes]
    if "one_hot" in source:
        values = [draw.randint(0, 7, (2, *size)).astype("float32") for size in sizes]
    made = model.predict(values if len(values) > 1 else values[0])
    return {
        "name": name,
        "source": source,
        "model": model.to_json(),
        "inputs": [value.tolist() for value in values],
        "output": np.asarray(made, "float32").tolist(),
    }


main()
