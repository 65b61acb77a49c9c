#!/usr/bin/env python3
"""Save a model of Keras 1 for images of any size whose layers share their numbers, which their configs leave out, and
what it computes: tests/data/keras-1-open-slopes.h5 and .npz.

/path/to/python tools/record_open_slopes.py tests/data     (Keras 1.2.2)
"""

import os
import sys

import numpy as np
from keras import models
from keras.layers.advanced_activations import ParametricSoftplus, PReLU, SReLU


def main():
    draw = np.random.RandomState(3)
    model = models.Sequential()
    model.add(PReLU(shared_axes=[1, 2], input_shape=(None, None, 3)))
    model.add(SReLU(shared_axes=[1, 2]))
    model.add(ParametricSoftplus(shared_axes=[1, 2]))
    model.set_weights([np.abs(draw.randn(*weight.shape)) * 0.6 for weight in model.get_weights()])
    values = np.round(draw.randn(2, 5, 6, 3), 3).astype("float32")
    model.save(os.path.join(sys.argv[1], "keras-1-open-slopes.h5"))
    np.savez_compressed(os.path.join(sys.argv[1], "keras-1-open-slopes.npz"), in0=values, out0=model.predict(values))


main()
