#!/usr/bin/env python3
"""Record which variables the optimizers of a real Keras save, for tests/layers/test_optimizers.py.

Run it in each installation, by its interpreter (Python 3.6 or newer), then put the answers together:

    record_optimizers.py keras|tf.keras|tf_keras OUT.json
    record_optimizers.py --pack OUT.json … tests/data/optimizers.json.xz

A small model (a Conv1D and a Dense; in Keras 1 two Dense) is trained for one step with every optimizer that the release
has, and saved. Each case: class and keywords that were asked for, `config` of the optimizer in the file, and names and
shapes of its variables as the file lists them: `h5` of an HDF5 file, `store` of a `.keras` archive.
"""

import io
import json
import lzma
import os
import sys
import tempfile
import warnings
import zipfile

EMA, STEPS, SCHEDULED = {"use_ema": True}, {"gradient_accumulation_steps": 2}, {"learning_rate": "schedule"}
BOTH = {"momentum": 0.9, "centered": True}
CASES = [
    ("SGD", {}), ("SGD", {"momentum": 0.9}), ("SGD", dict(EMA, momentum=0.9)), ("SGD", dict(SCHEDULED, momentum=0.9)),
    ("RMSprop", {}), ("RMSprop", {"momentum": 0.9}), ("RMSprop", {"centered": True}), ("RMSprop", BOTH),
    ("RMSprop", dict(EMA, momentum=0.9)), ("Adagrad", {}), ("Adadelta", {}), ("Adam", {}), ("Adam", {"amsgrad": True}),
    ("Adam", EMA), ("Adam", STEPS), ("Adam", dict(EMA, **STEPS)), ("Adam", SCHEDULED), ("Adam", {"decay": 0.1}),
    ("Adamax", {}), ("Nadam", {}), ("Nadam", EMA), ("Ftrl", {}), ("Ftrl", EMA), ("AdamW", {}),
    ("AdamW", {"amsgrad": True}), ("Adafactor", {}), ("Adafactor", EMA), ("Lion", {}), ("Lamb", {}), ("Muon", {}),
    ("ScheduleFreeAdamW", {}), ("LossScale", {}), ("legacy:Adam", {}), ("legacy:SGD", {"momentum": 0.9}),
    ("legacy:RMSprop", BOTH), ("legacy:Nadam", {}), ("legacy:Ftrl", {}),
]  # fmt: skip


def record(module):
    """Return the cases of this installation; those that it has no optimizer for are left out."""
    warnings.filterwarnings("ignore")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if module == "tf.keras":
        import tensorflow

        keras, version = tensorflow.keras, tensorflow.__version__
    else:
        keras = __import__(module)
        version = keras.__version__
    line = int(version.split(".")[0]) if module == "keras" else 2
    found = []
    for name, keywords in CASES:
        case = {"optimizer": name, "keywords": keywords}
        try:
            model = trained(keras, line, made(keras, line, name, keywords))
        except Exception as error:
            print(module, version, name, keywords, type(error).__name__, str(error)[:80], file=sys.stderr)
            continue
        for key, read in (("store", stored), ("h5", listed)):
            try:
                case[key], case["config"] = read(model, line)
            except Exception as error:
                print(module, version, name, keywords, key, str(error)[:80], file=sys.stderr)
        if "config" in case:
            found.append(case)
    return {"module": module, "version": version, "cases": found}


def made(keras, line, name, keywords):
    """Return an optimizer."""
    keywords = dict(keywords)
    if keywords.get("learning_rate") == "schedule":
        keywords["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    if name == "LossScale":
        inner = keras.optimizers.Adam(**keywords)
        wrap = keras.optimizers.LossScaleOptimizer if line == 3 else keras.mixed_precision.LossScaleOptimizer
        return wrap(inner)
    space = keras.optimizers.legacy if name.startswith("legacy:") else keras.optimizers
    return getattr(space, name.split(":")[-1])(**keywords)


def trained(keras, line, optimizer):
    """Return a model that was trained for a step."""
    import numpy

    layers, shape = keras.layers, (5, 3)
    if line == 1:
        stack, shape = [layers.Dense(4, input_shape=(15,), name="a"), layers.Dense(2, name="b")], (15,)
    else:
        first = {"input_shape": shape} if line == 2 else {}
        stack = [layers.Conv1D(4, 2, name="a", **first), layers.Flatten(), layers.Dense(2, name="b")]
        stack = [keras.Input(shape), *stack] if line == 3 else stack
    model = keras.models.Sequential(stack)
    model.compile(optimizer=optimizer, loss="mean_squared_error")
    model.train_on_batch(numpy.ones((2, *shape), "float32"), numpy.zeros((2, 2), "float32"))
    return model


def listed(model, line):
    """Return the variables in an HDF5 file, and the optimizer's config."""
    import h5py

    path = os.path.join(tempfile.mkdtemp(), "model.h5")
    model.save(path)
    with h5py.File(path, "r") as file:
        group = file["optimizer_weights"]
        names = [text(name) for name in group.attrs["weight_names"]]
        config = json.loads(text(file.attrs["training_config"]))["optimizer_config"]
        return [[name, list(group[name].shape)] for name in names], config


def stored(model, line):
    """Return the variables in the store of an archive, and the optimizer's config."""
    import h5py

    path = os.path.join(tempfile.mkdtemp(), "model.keras")
    model.save(path, **({} if line == 3 else {"save_format": "keras"}))
    with zipfile.ZipFile(path) as archive:
        config = json.loads(archive.read("config.json").decode())["compile_config"]["optimizer"]
        with h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as file:
            group = file["optimizer/vars"]
            return [[name, list(group[name].shape)] for name in sorted(group, key=int)], config


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def main():
    if sys.argv[1] == "--pack":
        answers = []
        for path in sys.argv[2:-1]:
            with open(path) as file:
                answers.append(json.load(file))
        with open(sys.argv[-1], "wb") as file:
            file.write(lzma.compress(json.dumps(answers, sort_keys=True).encode(), preset=9))
        return
    answer = record(sys.argv[1])
    with open(sys.argv[2], "w") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main()
