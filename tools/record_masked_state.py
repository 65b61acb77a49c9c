#!/usr/bin/env python3
"""Save a recurrent layer with an initial state behind a mask, and what it computes; then what another release computes.

/path/to/python tools/record_masked_state.py save tests/data/masked-state     (Keras 2.2.4)
/path/to/python tools/record_masked_state.py run tests/data/masked-state      (TensorFlow 2.15)
"""

import os
import sys

import numpy as np

try:
    import keras
except ImportError:
    from tensorflow import keras

WORDS = np.array([[3, 1, 2, 4], [3, 1, 0, 0], [0, 0, 2, 4]], "float32")  # masked at the end, then at the beginning


def main(what, folder):
    file = os.path.join(folder, "model.h5")
    if what == "save":
        words, state = keras.layers.Input((4,)), keras.layers.Input((2,))
        rows = keras.layers.Embedding(5, 3, mask_zero=True)(words)
        steps = keras.layers.GRU(2, return_sequences=True)(rows, initial_state=state)
        keras.models.Model([words, state], steps).save(file)
    states = np.ones((3, 2), "float32")
    made = keras.models.load_model(file, compile=False).predict([WORDS, states])
    np.savez(os.path.join(folder, what + ".npz"), in0=WORDS, in1=states, out0=made)


main(*sys.argv[1:])
