"""Record what Keras 1 and 2 make of models that Keras 1 and 2 saved.

    python tools/record_old_loads.py make DIRECTORY          # in a Keras 1 or 2: saves the models below
    python tools/record_old_loads.py load DIRECTORY ENV      # in a Keras 1 or 2: loads each, writes DIRECTORY/ENV.json
    python tools/record_old_loads.py pack OUT DIRECTORY …    # here: joins them for tests/loaders/test_old_loads.py

ENV is how `keras_doctor.Environment.parse` calls the installation ("python==3.6 keras==2.2.4 tensorflow==1.13.1"). The
first two run in Python 3.6, with nothing but that Keras. A model counts as loaded when its outputs are what they were.
"""

import json
import lzma
import os
import sys

IMAGE, FIRST, STEPS, VECTOR = (8, 8, 3), (3, 8, 8), (5, 4), (4,)
TH = {"dim_ordering": "th"}
TF = {"dim_ordering": "tf"}
CF = {"data_format": "channels_first"}

# Sequential models: the shape of the input, and the layers with their keywords; a list stands for a Sequential inside.
KERAS_1 = {
    "dense": (VECTOR, [("Dense", {"output_dim": 3}), ("Dense", {"output_dim": 2, "bias": False})]),
    "gates": (VECTOR, [("Highway", {}), ("MaxoutDense", {"output_dim": 3, "nb_feature": 2})]),
    "slopes": (VECTOR, [("Dense", {"output_dim": 4}), ("PReLU", {}), ("ELU", {"alpha": 0.5}), ("LeakyReLU", {})]),
    "gone": (VECTOR, [("Dense", {"output_dim": 4}), ("SReLU", {})]),
    "rows": (STEPS, [("Convolution1D", {"nb_filter": 3, "filter_length": 2}), ("GlobalMaxPooling1D", {})]),
    "holes": (STEPS, [("AtrousConvolution1D", {"nb_filter": 3, "filter_length": 2}), ("Flatten", {})]),
    "image": (IMAGE, [("Convolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 3, **TF}), ("Flatten", {})]),
    "image_first": (FIRST, [("Convolution2D", {"nb_filter": 4, "nb_row": 3, "nb_col": 3, **TH}), ("Flatten", {})]),
    "pixel": (IMAGE, [("Convolution2D", {"nb_filter": 4, "nb_row": 1, "nb_col": 1, **TF}), ("Flatten", {})]),
    "padded_first": (
        FIRST,
        [
            ("ZeroPadding2D", {"padding": (1, 1), **TH}),
            ("Convolution2D", {"nb_filter": 3, "nb_row": 3, "nb_col": 3, **TH}),
        ],
    ),
    "volume": ((4, 4, 4, 1), [("Convolution3D", {"nb_filter": 2, **{f"kernel_dim{n}": 2 for n in (1, 2, 3)}, **TF})]),
    "pooled": (IMAGE, [("AveragePooling2D", {"pool_size": (2, 2), "border_mode": "same", **TF}), ("Flatten", {})]),
    "pooled_odd": (
        (7, 7, 3),
        [("MaxPooling2D", {"pool_size": (3, 3), "strides": (1, 1), "border_mode": "same", **TF}), ("Flatten", {})],
    ),
    "lstm": (STEPS, [("LSTM", {"output_dim": 3, "inner_activation": "sigmoid"})]),
    "gru": (STEPS, [("GRU", {"output_dim": 3, "return_sequences": True}), ("SimpleRNN", {"output_dim": 2})]),
    "stable": (VECTOR, [("Dense", {"output_dim": 3}), ("BatchNormalization", {})]),
    "stable_mode": (VECTOR, [("Dense", {"output_dim": 3}), ("BatchNormalization", {"mode": 2})]),
    "looped": (STEPS, [("LSTM", {"output_dim": 3}), ("Dropout", {"p": 0.5})]),
    "words": ((5,), [("Embedding", {"input_dim": 9, "output_dim": 2}), ("Flatten", {})]),
    "nested": (VECTOR, [[("Dense", {"output_dim": 3}), ("Dense", {"output_dim": 3})], ("Dense", {"output_dim": 2})]),
    "penalty": (VECTOR, [("Dense", {"output_dim": 3, "W_regularizer": "l2"})]),
    "limit": (VECTOR, [("Dense", {"output_dim": 3, "W_constraint": "maxnorm"})]),
}  # fmt: skip
KERAS_2 = {
    "dense": (VECTOR, [("Dense", {"units": 3}), ("Dense", {"units": 2, "use_bias": False})]),
    "gates": (VECTOR, [("PReLU", {}), ("Activation", {"activation": "selu"})]),
    "rows": (STEPS, [("Conv1D", {"filters": 3, "kernel_size": 2, "padding": "causal"}), ("GlobalMaxPooling1D", {})]),
    "image": (IMAGE, [("Conv2D", {"filters": 4, "kernel_size": 3}), ("BatchNormalization", {}), ("Flatten", {})]),
    "transposed_first": (FIRST, [("Conv2DTranspose", {"filters": 4, "kernel_size": 3, **CF}), ("Flatten", {})]),
    "separable": (IMAGE, [("SeparableConv2D", {"filters": 4, "kernel_size": 3}), ("Flatten", {})]),
    "capped": (VECTOR, [("ReLU", {"max_value": 6.0})]),
    "lstm": (STEPS, [("LSTM", {"units": 3, "recurrent_dropout": 0.2})]),
    "gru": (STEPS, [("GRU", {"units": 3})]),
    "gru_after": (STEPS, [("GRU", {"units": 3, "reset_after": True})]),
    "loops": ((3, 6, 6, 1), [("ConvLSTM2D", {"filters": 2, "kernel_size": 3}), ("Flatten", {})]),
    "words": ((5,), [("Embedding", {"input_dim": 9, "output_dim": 2, "mask_zero": True}), ("LSTM", {"units": 3})]),
    "nested": (VECTOR, [[("Dense", {"units": 3}), ("BatchNormalization", {})], ("Dense", {"units": 2})]),
    "nested_frozen": (VECTOR, [[("Dense", {"units": 3, "trainable": False}), ("Dense", {"units": 3})]]),
    "penalty": (VECTOR, [("Dense", {"units": 3, "kernel_regularizer": "l2", "kernel_constraint": "max_norm"})]),
    "sharp": (IMAGE, [("UpSampling2D", {"size": 2, "interpolation": "bilinear"}), ("Flatten", {})]),
}  # fmt: skip


def built(keras, shape, layers):
    """Return a Sequential model of those layers."""
    model = keras.models.Sequential()
    for place, layer in enumerate(layers):
        if isinstance(layer, list):
            model.add(built(keras, shape if not place else model.output_shape[1:], layer))
            continue
        name, keywords = layer
        first = {} if place else {"input_shape": shape}
        if name == "Embedding":
            first = {"input_length": shape[0]}
        model.add(getattr(keras.layers, name)(**dict(keywords, **first)))
    return model


def make(directory):
    """Save each model with an input and its outputs; one that this release cannot make is left out."""
    import keras
    import numpy

    models = KERAS_1 if keras.__version__ < "2" else KERAS_2
    for name, (shape, layers) in sorted(models.items()):
        numbers = numpy.random.RandomState(7)
        try:
            model = built(keras, shape, layers)
            model.set_weights([numbers.uniform(0.1, 0.5, weight.shape) for weight in model.get_weights()])
            given = numbers.randint(1, 9, (4, *shape)) if name == "words" else numbers.rand(4, *shape)
            made = model.predict(given)
        except (TypeError, AttributeError) as error:
            print(name, error)
            continue
        os.makedirs(os.path.join(directory, name), exist_ok=True)
        model.save(os.path.join(directory, name, "model.h5"))
        numpy.savez(os.path.join(directory, name, "golden.npz"), given=given, made=made)


def load(directory, environment):
    """Load each model in a process of its own, for what one load imports helps the next (Keras 1 with Theano)."""
    import keras.models
    import numpy

    found = {}
    answer = os.path.join(directory, f"answer-{os.getpid()}")
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if os.path.isdir(path):
            child = os.fork()
            if not child:
                with open(answer, "w") as file:
                    json.dump(one(keras.models.load_model, numpy, path), file)
                os._exit(0)
            os.waitpid(child, 0)
            with open(answer) as file:
                found[name] = json.load(file)
    os.remove(answer)
    with open(os.path.join(directory, environment.replace(" ", "_") + ".json"), "w") as file:
        json.dump({"environment": environment, "loads": found}, file)


def one(load_model, numpy, directory):
    """Load one model; return its verdict and the message of what it raised."""
    golden = numpy.load(os.path.join(directory, "golden.npz"))
    try:
        model = load_model(os.path.join(directory, "model.h5"))
    except Exception as error:
        return "fails", str(error)[:200]
    try:
        made = model.predict(golden["given"])
    except Exception as error:
        return "loads-not-runnable", str(error)[:200]
    wanted = golden["made"]
    same = made.shape == wanted.shape and abs(made - wanted).max() <= 1e-3 * abs(wanted).max()
    return "loads" if same else "loads-differently", ""


def pack(out, *directories):
    """Join what was saved (config, names and shapes of the arrays) with what came of its loads."""
    import keras_doctor

    entries = []
    for directory in directories:
        answers = []
        for name in sorted(os.listdir(directory)):
            if name.endswith(".json"):
                with open(os.path.join(directory, name)) as file:
                    answers.append(json.load(file))
        for name in sorted(n for n in os.listdir(directory) if os.path.isdir(os.path.join(directory, n))):
            document = keras_doctor.read(os.path.join(directory, name, "model.h5"))
            keys = ("layer_names", "weights_keras_version", "weights_backend")
            entries.append(
                {
                    "name": os.path.basename(os.path.normpath(directory)) + "/" + name,
                    "config": document.config,
                    "keras_version": document.provenance.keras_version,
                    "facts": {key: document.facts.get(key) for key in keys},
                    "groups": [[g.owner, [[t.name, t.shape] for t in g.tensors]] for g in document.weights],
                    "loads": {a["environment"]: a["loads"][name] for a in answers if name in a["loads"]},
                }
            )
    with lzma.open(out, "wt", encoding="utf-8") as file:
        json.dump(entries, file, sort_keys=True)


if __name__ == "__main__":
    {"make": make, "load": load, "pack": pack}[sys.argv[1]](*sys.argv[2:])
