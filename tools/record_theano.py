#!/usr/bin/env python3
"""Save a model whose layers pad images, and what Theano computes with it: tests/data/theano-same.h5 and .npz.

KERAS_BACKEND=theano /path/to/python tools/record_theano.py tests/data     (Keras 2 before 2.4)
"""

import os
import sys

import numpy as np
from keras import layers, models


def main():
    draw = np.random.RandomState(2)
    start = layers.Input((9, 10, 3))
    made = [layers.Conv2D(4, size, strides=step, padding="same")(start) for size in (2, 3, 4) for step in (1, 2)]
    made += [layers.MaxPooling2D(size, strides=step, padding="same")(start) for size in (2, 3, 4) for step in (1, 2, 3)]
    made += [layers.AveragePooling2D(size, strides=2, padding="same")(start) for size in (2, 3, 4)]
    row = layers.Reshape((30, 9))(start)
    made += [layers.Conv1D(3, 4, strides=2, padding="same")(row), layers.MaxPooling1D(2, padding="same")(row)]
    model = models.Model(start, layers.concatenate([layers.Flatten()(one) for one in made]))
    model.set_weights([draw.randn(*weight.shape) * 0.4 for weight in model.get_weights()])
    values = np.round(draw.randn(2, 9, 10, 3), 3).astype("float32")
    model.save(os.path.join(sys.argv[1], "theano-same.h5"))
    np.savez_compressed(os.path.join(sys.argv[1], "theano-same.npz"), in0=values, out0=model.predict(values))


main()
