#!/usr/bin/env python3
"""Save models with layers of a user's own in HDF5 and `.keras`, with inputs and outputs: tests/data/own-layers.tar.xz.

/path/to/python tools/record_own_layers.py FOLDER tf24      (TensorFlow 2.4: HDF5 alone)
/path/to/python tools/record_own_layers.py FOLDER tf215     (TensorFlow 2.15)
/path/to/python tools/record_own_layers.py FOLDER keras3    (Keras 3.15.1 on TensorFlow)
python tools/record_own_layers.py FOLDER --pack tests/data/own-layers.tar.xz
"""

import io
import lzma
import os
import sys
import tarfile


def models(keras, blocks, which):
    layers = keras.layers
    start = keras.Input((6,))
    text = blocks.TransformerBlock(8, 2, 16)(layers.Embedding(20, 8)(start))
    yield "text", keras.Model(start, layers.Dense(2)(layers.GlobalAveragePooling1D()(text)))
    start = keras.Input((6, 6, 3))
    image = blocks.ResidualBlock(4, 3, False, name="second")(blocks.ResidualBlock(4)(start))
    yield "images", keras.Model(start, layers.Dense(2)(layers.Flatten()(image)))
    start = keras.Input((5, 4))
    yield "encoder", keras.Model(start, layers.Dense(2)(blocks.Encoder(2, 4)(start)))
    start = keras.Input((5, 4))
    hidden = layers.BatchNormalization()(layers.Dense(4)(start))
    inner = keras.Model(start, blocks.Doubled(3)(blocks.Pool(3, use_bias=False)(hidden)), name="inner")
    start = keras.Input((5, 4))
    yield "nested", keras.Model(start, layers.Dense(2)(inner(start)))
    if which != "tf215":
        return  # the others want a compute_output_shape of what is called over time
    start = keras.Input((2, 5, 4))
    yield "over_time", keras.Model(start, layers.TimeDistributed(blocks.Pool(3))(start))


def record(folder, which):
    import numpy as np

    if which == "keras3":
        import keras
    else:
        from tensorflow import keras
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../tests/fixes"))
    import blocks

    draw = np.random.RandomState(5)
    for name, model in models(keras, blocks, which):
        for weight in model.weights:
            values = np.asarray(draw.randn(*weight.shape) * 0.4, "float32")
            weight.assign(abs(values) + 0.5 if "variance" in weight.name else values)
        shape = (2, *model.input_shape[1:])
        given = draw.randint(0, 20, shape) if name == "text" else draw.randn(*shape)
        given = np.round(given, 3).astype("float32")
        place = os.path.join(folder, which, name)
        os.makedirs(place, exist_ok=True)
        model.save(os.path.join(place, "model.h5"))
        if which != "tf24":
            model.save(os.path.join(place, "model.keras"))
        np.savez(os.path.join(place, "outputs.npz"), in0=given, out0=model.predict(given, verbose=0))


def pack(folder, target):
    with lzma.open(target, "wb", preset=9) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for root, _, files in sorted(os.walk(folder)):
            for file in sorted(files):
                path = os.path.join(root, file)
                info = tarfile.TarInfo(os.path.relpath(path, folder))
                info.size = os.path.getsize(path)
                with open(path, "rb") as source:
                    tar.addfile(info, io.BytesIO(source.read()))


if sys.argv[2] == "--pack":
    pack(sys.argv[1], sys.argv[3])
else:
    record(*sys.argv[1:])
