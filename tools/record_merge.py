#!/usr/bin/env python3
"""Save a Sequential of Keras 1 that begins with a Merge, and what it computes: tests/data/keras-1-merge.h5 and .npz.

/path/to/python tools/record_merge.py tests/data     a Python with Keras 1
"""

import os
import sys

import numpy as np
from keras.layers import LSTM, Dense, Merge
from keras.models import Sequential


def branch(layer):
    model = Sequential()
    model.add(layer)
    return model


def main():
    draw = np.random.RandomState(4)
    inner = branch(Merge([branch(Dense(3, input_dim=4)), branch(Dense(3, input_dim=6))], mode="sum"))
    inner.add(Dense(4, activation="relu"))
    model = branch(Merge([branch(LSTM(4, input_shape=(5, 3))), inner], mode="concat", concat_axis=-1))
    model.add(Dense(2))
    model.set_weights([draw.randn(*weight.shape) * 0.4 for weight in model.get_weights()])
    model.compile("sgd", "mse")
    model.save(os.path.join(sys.argv[1], "keras-1-merge.h5"))
    values = [np.round(draw.randn(3, *shape), 3).astype("float32") for shape in ((5, 3), (4,), (6,))]
    named = {f"in{number}": value for number, value in enumerate(values)}
    np.savez(os.path.join(sys.argv[1], "keras-1-merge.npz"), out0=model.predict(values), **named)


main()
