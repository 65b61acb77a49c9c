"""Record what Keras 3 makes of HDF5 files of older releases, for the part "older" of tests/data/keras-3-traps.tar.xz.
Runs inside real environments.

    PYTHON tools/record_hdf5_cases.py tf.keras|keras save FOLDER NAME …    # of layer_cases.py, with outputs
    PYTHON tools/record_hdf5_cases.py keras load FOLDER                    # adds lines to FOLDER/loads.tsv

A line: the environment as `Environment.parse` takes it, the case, the verdict.
"""

import sys
from pathlib import Path

import numpy as np

from record_layer_shapes import MAJOR, MOD, VERSION, built, complain, dims, fresh, keras


def given(model):
    """Inputs of the shapes of a model, the same each time."""
    numbers = np.random.RandomState(7)
    return [numbers.rand(*[size or 3 for size in dims(tensor.shape)]).astype("float32") * 3 for tensor in model.inputs]


def called(model, inputs):
    found = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    return [np.asarray(one, "float64") for one in (found if isinstance(found, (list, tuple)) else [found])]


def save(folder, *names):
    import layer_cases

    for name, model in built(layer_cases.read("keras-1" if MAJOR == 1 else "later"), names):
        numbers = np.random.RandomState(3)
        model.set_weights([np.abs(numbers.randn(*one.shape)) * 0.3 + 0.2 for one in model.get_weights()])
        try:
            inputs = given(model)
            outputs = called(model, inputs)
            model.save(str(Path(folder) / (name + ".h5")))
            np.savez(str(Path(folder) / (name + ".npz")), *(inputs + outputs), n=len(inputs))
        except Exception as error:
            complain(name, error)


def load(folder):
    version = __import__("tensorflow").__version__
    spec = f"python=={sys.version.split()[0]} keras=={VERSION} tensorflow=={version} backend=tensorflow"
    with (Path(folder) / "loads.tsv").open("a") as lines:
        for path in sorted(Path(folder).glob("*.h5")):
            fresh()
            lines.write(f"{spec}\t{path.stem}\t{verdict(path)}\n")


def verdict(path):
    recorded = np.load(str(path.with_suffix(".npz")))
    arrays = [recorded[f"arr_{place}"] for place in range(len(recorded.files) - 1)]
    inputs, outputs = arrays[: int(recorded["n"])], arrays[int(recorded["n"]) :]
    try:
        model = keras.models.load_model(str(path))
    except Exception:
        return "fails"
    try:
        found = called(model, inputs)
    except Exception:
        return "loads-not-runnable"
    pairs = zip(found, outputs)  # noqa: B905 - Python 3.7 saves with this
    same = all(a.shape == b.shape and np.abs(a - b).max() <= 1e-3 * np.abs(b).max() for a, b in pairs)
    return "loads" if same else "loads-differently"


if __name__ == "__main__":
    assert MOD in ("keras", "tf.keras")
    {"save": save, "load": load}[sys.argv[2]](*sys.argv[3:])
