#!/usr/bin/env python3
"""Save Sequentials whose input stands in their first layer, a model, alone, and what they compute.

/path/to/python tools/record_hidden_input.py tests/data/hidden-input     (Keras 2.1.6: later ones write no InputLayer)
"""

import os
import sys

import numpy as np
from keras.layers import Conv2D, Dense, Flatten, Input, InputLayer
from keras.models import Model, Sequential


def models():
    start = Input((4,))
    yield "seq", Sequential([Sequential([InputLayer((4,)), Dense(5, activation="relu")]), Dense(2)])
    images = Sequential([InputLayer((6, 6, 3)), Conv2D(4, 3)])
    yield "deep", Sequential([Sequential([images, Flatten()]), Dense(2)])
    yield "graph", Sequential([Model(start, Dense(5)(start)), Dense(2)])


def main():
    draw = np.random.RandomState(3)
    for name, model in models():
        values = np.round(draw.randn(3, *model.input_shape[1:]), 3).astype("float32")
        model.save(os.path.join(sys.argv[1], name + ".h5"))
        np.savez(os.path.join(sys.argv[1], name + ".npz"), in0=values, out0=model.predict(values))


main()
