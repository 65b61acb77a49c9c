"""Saves the models of `layer_cases.py` in a real release with random weights, and what they compute. Runs inside a real
environment, Python 3.6 and later.

    python tools/record_evaluations.py keras|tf.keras|tf_keras OUT [variants] [name …]

Writes OUT/CASE/{model.h5, model.keras, golden.npz, meta.json}: the files that the release writes, inputs `in0…` and
outputs `out0…`, and the versions. `check_evaluation.py` compares them with the evaluation by NumPy. What a
release does not have is named on standard error.
"""

import json
import os
import sys

import layer_cases
import record_layer_shapes as release

np = release.np
WORDS = ["a", "b", "x", "y x", "A, b!", "m", "x y y"]
LARGE = ("app_",)  # names of cases that are made only when they are asked for


def made(shape, dtype, place):
    """An input: numbers between -1 and 1 with a silent end, small whole numbers, words."""
    random = np.random.RandomState(sum(shape) + len(shape) + place)
    if dtype == "string":
        return np.array([WORDS[n] for n in random.randint(0, len(WORDS), int(np.prod(shape)))]).reshape(shape)
    if dtype.startswith(("int", "uint")):
        x = random.randint(0, 5, shape).astype(dtype)
    else:
        x = (random.randint(-128, 129, shape) / 128.0).astype(dtype)  # few digits: they pack well
    if len(shape) > 1 and shape[1] > 3 and (len(shape) > 2 or dtype.startswith("int")):
        x[0, -2:] = 0
    return x


def inputs_of(model):
    found = []
    for place, tensor in enumerate(release.flat(model.inputs)):
        shape = release.shape_of(tensor)
        default = 9 if len(shape) > 3 else 7
        sizes = [2 if place == 0 and n is None else default if n is None else n for place, n in enumerate(shape)]
        dtype = getattr(tensor.dtype, "name", tensor.dtype)
        found.append(made(tuple(sizes), str(dtype).replace("_ref", "").replace("torch.", ""), place))
    return found


def randomize(model, spread=1):
    """Give every weight another value, so that none is at its default. `spread`: of what a normalization learned."""
    names = [getattr(v, "path", None) or v.name for v in model.weights]
    random, values = np.random.RandomState(1234), []
    for name, value in zip(names, model.get_weights()):  # noqa: B905 - Python 3.6 has no strict
        value = np.asarray(value)
        if value.dtype.kind == "f":
            drawn = random.uniform(0.05, 0.5, value.shape) * np.where(random.uniform(size=value.shape) < 0.5, -1, 1)
            if any(word in name for word in ("variance", "std", "gamma", "scale", "idf")):
                drawn = random.uniform(0.5, 1.5, value.shape) * (spread if "variance" in name else 1)
            value = drawn.astype(value.dtype)
        values.append(value)
    model.set_weights(values)


def plain(tensor):
    tensor = tensor.detach() if hasattr(tensor, "detach") else tensor
    array = np.asarray(tensor.numpy() if hasattr(tensor, "numpy") else tensor)
    return array.astype("S") if array.dtype.kind == "O" else array  # texts


def main(folder, names):
    found = layer_cases.read("keras-1" if release.MAJOR == 1 else "later")
    if release.MAJOR > 1:
        found += layer_cases.read("numbers")
    if names[:1] == ["variants"]:
        found, names = layer_cases.read("variants"), names[1:]
    for name, model in release.built([case for case in found if names or not case.name.startswith(LARGE)], names):
        place = os.path.join(folder, name)
        try:
            # What `adapt` found is kept in constants too; random weights make deep models chaotic.
            if not name.startswith(("quant_", "normalization", *LARGE)):
                randomize(model, 1e-6 if "_eps" in name else 1)
            inputs = inputs_of(model)
            given = inputs if len(inputs) != 1 else inputs[0]
            if isinstance(getattr(model, "input", None), dict):
                given = {key: inputs[n] for n, key in enumerate(sorted(model.input))}
            if release.MAJOR > 2 and any(x.dtype.kind == "U" for x in inputs):
                given = release.tf.constant(inputs[0]) if len(inputs) == 1 else [release.tf.constant(x) for x in inputs]
            eager = release.MAJOR > 2 or (release.tf is not None and getattr(release.tf, "executing_eagerly", bool)())
            outputs = release.flat(model(given, training=False) if eager else model.predict(given))
            if any(x.dtype.kind == "f" and not np.isfinite(x).all() for x in map(plain, outputs)):
                raise ValueError("its outputs are no numbers")
            os.makedirs(place)
            for file in ("model.h5", "model.keras") if release.MAJOR > 2 else ("model.h5",):
                try:
                    model.save(os.path.join(place, file))
                except Exception as error:
                    release.complain(name + "/" + file, error)
            arrays = {f"in{n}": x for n, x in enumerate(inputs)}
            arrays.update({f"out{n}": plain(x) for n, x in enumerate(outputs)})
            np.savez_compressed(os.path.join(place, "golden.npz"), **arrays)
            with open(os.path.join(place, "meta.json"), "w") as stream:
                json.dump({"arch": name, "custom": [], "versions": release.release()}, stream, sort_keys=True)
        except Exception as error:
            release.complain(name, error)


if __name__ == "__main__":
    main(sys.argv[2], sys.argv[3:])
