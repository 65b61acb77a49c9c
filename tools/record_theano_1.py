#!/usr/bin/env python3
"""Save a model of Keras 1 whose images grow, and what Theano computes with it: tests/data/theano-deconv.h5 and .npz.

KERAS_BACKEND=theano /path/to/python tools/record_theano_1.py tests/data     (Keras 1)
"""

import os
import sys

import numpy as np
from keras import layers, models


def main():
    draw = np.random.RandomState(3)
    model = models.Sequential()
    given = {"border_mode": "same", "dim_ordering": "tf"}
    model.add(
        layers.Deconvolution2D(
            3, 3, 3, output_shape=(None, 10, 12, 3), subsample=(2, 2), input_shape=(5, 6, 2), **given
        )
    )
    model.add(layers.Activation("tanh"))
    model.add(layers.Deconvolution2D(2, 5, 5, output_shape=(None, 10, 12, 2), subsample=(1, 1), **given))
    model.set_weights([draw.randn(*weight.shape) * 0.4 for weight in model.get_weights()])
    values = np.round(draw.randn(2, 5, 6, 2), 3).astype("float32")
    model.save(os.path.join(sys.argv[1], "theano-deconv.h5"))
    np.savez_compressed(os.path.join(sys.argv[1], "theano-deconv.npz"), in0=values, out0=model.predict(values))


main()
