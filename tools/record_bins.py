#!/usr/bin/env python3
"""Record the bounds that a Discretization of tf.keras works out of what it learned: tests/data/learned-bins.json.

/path/to/python tools/record_bins.py tests/data/learned-bins.json     a Python with TensorFlow 2.6 to 2.15
"""

import json
import random
import sys


def main() -> None:
    import tensorflow as tf

    draw = random.Random(7)
    found = []
    for count in (1, 2, 3, 7, 10, 49, 60):
        for size in (5, 120):
            layer = tf.keras.layers.Discretization(num_bins=count, epsilon=0.04)
            layer.adapt([[draw.gauss(0, 2)] for _ in range(size)])
            summary = layer.summary.numpy()
            found.append(
                {"count": count, "summary": summary.tolist(), "bounds": [float(one) for one in layer.bin_boundaries]}
            )
    with open(sys.argv[1], "w") as file:
        json.dump({"tensorflow": tf.__version__, "layers": found}, file)
        file.write("\n")


main()
