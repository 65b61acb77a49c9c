#!/usr/bin/env python3
"""Save a model of CuDNN layers, and what the same weights compute in plain ones: tests/data/cudnn.h5 and cudnn.npz.

/path/to/python tools/record_cudnn.py tests/data     (TensorFlow 2.0 to 2.3 makes such layers without a GPU)

The plain layers take the weights as TensorFlow itself converts them (preprocess_weights_for_loading).
"""

import os
import sys

import numpy as np
import tensorflow as tf

layers, old = tf.keras.layers, tf.compat.v1.keras.layers


def lstm(gpu, **told):
    return old.CuDNNLSTM(**told) if gpu else layers.LSTM(recurrent_activation="sigmoid", **told)


def gru(gpu, **told):
    return old.CuDNNGRU(**told) if gpu else layers.GRU(recurrent_activation="sigmoid", reset_after=True, **told)


def model(gpu):
    start = layers.Input((6, 4))
    x = layers.Bidirectional(lstm(gpu, units=5, return_sequences=True, name="a"), name="both")(start)
    x = gru(gpu, units=4, return_sequences=True, name="b")(x)
    x = layers.Bidirectional(gru(gpu, units=3, return_sequences=True, name="c"), merge_mode="sum", name="sum")(x)
    x = lstm(gpu, units=3, go_backwards=True, name="d")(x)
    return tf.keras.Model(start, layers.Dense(2, name="e")(x))


def main():
    draw = np.random.RandomState(5)
    made, plain = model(True), model(False)
    made.set_weights([draw.randn(*weight.shape) * 0.4 for weight in made.get_weights()])
    path = os.path.join(sys.argv[1], "cudnn.h5")
    made.save(path)
    plain.load_weights(path, by_name=True)
    values = np.round(draw.randn(3, 6, 4), 3).astype("float32")
    np.savez(os.path.join(sys.argv[1], "cudnn.npz"), in0=values, out0=plain.predict(values))


main()
