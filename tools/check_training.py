#!/usr/bin/env python3
"""Repair files of trained models, train each a step further where it was saved and in its target, and compare.

    check_training.py SETUPS.jsonl SOURCE,SOURCE… TARGET=SPEC … [--out tests/data/training-steps.tsv]

SETUPS: as in_releases.py takes it. SOURCE, TARGET: names of setups, SPEC what is in it, as `keras-doctor check --env`
takes it. In each source small models are trained for three steps with every optimizer, saved, and trained for one
more. Writes a line for each file and target: what the repair says of the optimizer's variables ("exact",
"approximate", "dropped"; "refused" where no file is made), its note, and `step`: how far the outputs after that step
are from the source's, in units of by how much the step moved them; `again`: the same of the source that loads its own
file, which is not always 0, "" where it cannot. The part that runs in the installations is this file too, and knows
Python 3.6.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import warnings

BOTH = {"momentum": 0.9, "centered": True}
OPTIMIZERS = [
    ("SGD", {"momentum": 0.9}), ("RMSprop", {}), ("RMSprop", BOTH), ("Adagrad", {}), ("Adadelta", {}), ("Adam", {}),
    ("Adam", {"amsgrad": True}), ("Adam", {"decay": 0.1}), ("Adamax", {}), ("Nadam", {}), ("Ftrl", {}), ("AdamW", {}),
    ("Lion", {}),
]  # fmt: skip
MODELS = {"dense": OPTIMIZERS, "lstm": OPTIMIZERS[:2] + OPTIMIZERS[4:6], "gates": OPTIMIZERS[:2] + OPTIMIZERS[4:6],
          "gru": OPTIMIZERS[5:6], "normalized": OPTIMIZERS[5:6], "both_ways": OPTIMIZERS[5:6]}  # fmt: skip
RATES = {"Adadelta": 0.5, "SGD": 0.05}
OF_STATE = ("training-dropped", "slots-dropped", "optimizer-state-carried")
FIELDS = ("source", "model", "optimizer", "keywords", "form", "env", "kind", "note", "step", "again")


def keras_of(module):
    """Return the Keras of this installation and its line."""
    if module == "tf.keras":
        import tensorflow

        return tensorflow.keras, 2
    keras = __import__(module)
    return keras, int(keras.__version__.split(".")[0]) if module == "keras" else 2


def model_of(keras, line, name):
    """Return a model and the shape that it takes."""
    layers = keras.layers
    shape = (6,) if name == "dense" else (5, 3)
    first = {"input_shape": shape} if line < 3 else {}
    gates = {"recurrent_activation": "hard_sigmoid"} if line > 1 else {}  # Keras 1 and 2 have it by default
    if name == "dense":
        stack = [layers.Dense(8, activation="tanh", **first)]
    elif name == "lstm":
        stack = [layers.LSTM(4, **first)]
    elif name == "gates":
        stack = [layers.LSTM(4, **dict(first, **gates))]
    elif name == "gru":
        stack = [layers.GRU(4, **first)]
    elif name == "normalized":
        convolution = layers.Conv1D if line > 1 else layers.Convolution1D
        stack = [convolution(4, 2, **first), layers.BatchNormalization(), layers.Flatten()]
    else:
        wrapper = layers.Bidirectional if hasattr(layers, "Bidirectional") else layers.wrappers.Bidirectional
        stack = [wrapper(layers.LSTM(3), **first)]
    if line == 3:
        stack.insert(0, keras.Input(shape))
    return keras.models.Sequential([*stack, layers.Dense(2)]), shape


def optimizer_of(keras, name, keywords):
    """Return an optimizer."""
    rate = RATES.get(name, 0.02)
    made = getattr(keras.optimizers, name)
    try:
        return made(learning_rate=rate, **keywords)
    except TypeError:
        return made(lr=rate, **keywords)


def data(shape, seed):
    """Return a batch, the same each time."""
    import numpy

    random = numpy.random.RandomState(seed)
    return random.normal(size=(8, *shape)).astype("float32"), random.normal(size=(8, 2)).astype("float32")


def clear(keras):
    getattr(keras.backend, "clear_session", lambda: None)()


def answer(*told):
    sys.stdout.write("\nTOLD " + json.dumps(told) + "\n")
    sys.stdout.flush()


def make(keras, line, folder):
    """Train models and save them."""
    import numpy

    for name, optimizers in MODELS.items():
        for number, (optimizer, keywords) in enumerate(optimizers):
            try:
                clear(keras)
                model, shape = model_of(keras, line, name)
                model.compile(optimizer=optimizer_of(keras, optimizer, keywords), loss="mean_squared_error")
                random = numpy.random.RandomState(3)
                model.set_weights([w + 0.3 * random.normal(size=w.shape) if w.ndim else w for w in model.get_weights()])
                for seed in range(3):
                    model.train_on_batch(*data(shape, seed))
            except Exception as error:  # the release has no such optimizer
                print(name, optimizer, error, file=sys.stderr)
                continue
            saved = []  # the archive first: once Keras 3 wrote HDF5, its archives lack the optimizer's config
            for ending, given in ((".keras", {} if line == 3 else {"save_format": "keras"}), (".h5", {})):
                path = os.path.join(folder, f"{name}-{optimizer}-{number}{ending}")
                try:
                    model.save(path, **given)
                except Exception:  # the release does not write it
                    continue
                saved.append(path)
            outputs = further(model, shape)
            for path in saved:
                answer(name, optimizer, json.dumps(keywords, sort_keys=True), path, *outputs)


def further(model, shape):
    """Train a model for a step; return its outputs before and after."""
    import numpy

    x, y = data(shape, 7)
    before = numpy.asarray(model.predict(x)).tolist()
    model.train_on_batch(x, y)
    return before, numpy.asarray(model.predict(x)).tolist()


def train(keras):
    """Train models for a step: path of a model → outputs before and after."""
    for text in iter(sys.stdin.readline, ""):
        path = json.loads(text)
        try:
            clear(keras)
            model = keras.models.load_model(path)
            answer(path, *further(model, model.input_shape[1:]))
        except Exception as error:
            answer(path, f"{type(error).__name__}: {str(error)[:200]}", None)


def told_by(setup, words, lines=()):
    """Return what this file says when it runs in an installation."""
    environ = {**os.environ, **setup.get("environ", {})}
    if "PYTHONPATH" not in setup.get("environ", {}):
        environ.pop("PYTHONPATH", None)
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(
        [setup["python"], __file__, "--in", setup["module"], *words],
        input=text, capture_output=True, text=True, env=environ, check=False,
    )  # fmt: skip
    found = [json.loads(line[5:]) for line in done.stdout.splitlines() if line.startswith("TOLD ")]
    if not found:
        sys.exit(done.stderr[-2000:])
    return found


def apart(one, other):
    """Return how far the outputs after a step are apart, in units of the first's step."""
    import numpy

    before, after, others = numpy.array(one[1]), numpy.array(one[2]), numpy.array(other[2])
    return float(abs(after - others).max() / abs(after - before).max())


def rows(setups, source, targets, folder):
    """Yield the rows of a source."""
    import keras_doctor as kd

    files = told_by(setups[source], ["make", folder])
    once = {told[3]: told[3:] for told in files}
    again = {told[0]: told for told in told_by(setups[source], ["train"], list(once))}
    for target, spec in targets:
        environment = kd.Environment.parse(spec)
        ending = ".keras" if (environment.keras or "").startswith("3") else ".h5"
        made, found = {}, []
        for model, optimizer, keywords, path, *_ in files:
            result = f"{path}-{target}{ending}"
            report = kd.repair(path, result, environment, verify="none", force=True)
            of_it = [one for one in report.changes if one.fix in OF_STATE]
            kind = "refused" if not report.path else of_it[0].kind.replace("lossy", "dropped") if of_it else "exact"
            note = "" if not of_it else of_it[0].message if kind == "dropped" else of_it[0].note
            said = (source, model, optimizer, keywords, path.rpartition(".")[2], spec, kind, note)
            found.append((dict(zip(FIELDS, (*said, "", ""), strict=True)), path, result))
        wanted = [result for row, _, result in found if row["kind"] != "refused"]
        made = {told[0]: told for told in told_by(setups[target], ["train"], wanted)} if wanted else {}
        for row, path, result in found:
            after = made.get(result)
            if after is not None:
                row["step"] = after[1][:80] if after[2] is None else f"{apart(once[path], after):.1e}"
                if again[path][2] is not None:
                    row["again"] = f"{apart(once[path], again[path]):.1e}"
            yield row


def main():
    if sys.argv[1] == "--in":
        warnings.filterwarnings("ignore")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        keras, line = keras_of(sys.argv[2])
        make(keras, line, sys.argv[4]) if sys.argv[3] == "make" else train(keras)
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("setups")
    parser.add_argument("sources")
    parser.add_argument("targets", nargs="+", metavar="TARGET=SPEC")
    parser.add_argument("--out")
    options = parser.parse_args()
    with open(options.setups, encoding="utf-8") as file:
        setups = {setup["name"]: setup for setup in map(json.loads, file)}
    found = []
    for source in options.sources.split(","):
        targets = [tuple(one.split("=", 1)) for one in options.targets if not one.startswith(f"{source}=")]
        with tempfile.TemporaryDirectory() as folder:
            found += rows(setups, source, targets, folder)
        print(source, len(found), flush=True)
        if options.out:
            with open(options.out, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, FIELDS, delimiter="\t", lineterminator="\n")
                writer.writeheader()
                writer.writerows(found)
    for row in found:
        if row["kind"] == "exact" and not (row["step"][:1].isdigit() and float(row["step"]) < 1e-3):
            print("exact, yet it differs:", *row.values())


if __name__ == "__main__":
    main()
