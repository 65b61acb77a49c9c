#!/usr/bin/env python3
"""Save a model of Keras 1.1 with Highways, whose arrays stood in another order then than in 1.2, and what it computes:
tests/data/keras-1.1-highway.h5 and .npz.

KERAS_BACKEND=theano /path/to/python tools/record_highway.py tests/data     (Keras 1.1.2)
"""

import os
import sys

import numpy as np
from keras import layers, models


def main():
    draw = np.random.RandomState(3)
    model = models.Sequential()
    model.add(layers.TimeDistributed(layers.Highway(activation="tanh"), input_shape=(3, 4)))
    model.add(layers.Flatten())
    model.add(layers.Highway(activation="relu"))
    model.add(layers.Highway(bias=False))
    model.set_weights([draw.randn(*weight.shape) * 0.4 for weight in model.get_weights()])
    values = np.round(draw.randn(5, 3, 4), 3).astype("float32")
    model.save(os.path.join(sys.argv[1], "keras-1.1-highway.h5"))
    np.savez_compressed(os.path.join(sys.argv[1], "keras-1.1-highway.npz"), in0=values, out0=model.predict(values))


main()
