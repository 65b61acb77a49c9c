"""Records what real releases of Keras 3 make of each other's `.keras` archives. Runs inside a real environment.

    PYTHON tools/record_archive_loads.py keras save FOLDER [EVERY]       # the models of layer_cases.py, one file each
    PYTHON tools/record_archive_loads.py keras load FOLDER >> lines      # every archive below FOLDER

`save` writes FOLDER/VERSION-BACKEND/CASE.keras, of every EVERY-th case. A line of `load`: the environment as
`Environment.parse` takes it, the path below FOLDER, the outcome ("loads", "raises", "hangs", "cannot be called") and
the end of the error. The lines are tests/data/archive-loads.tsv, the folder is packed as tests/data/archives.tar.xz,
without the applications, which are large.
"""

import os
import signal
import sys
from pathlib import Path

SECONDS = 30  # after which a load counts as hanging

from record_layer_shapes import MOD, OUT, VERSION, built, complain, fresh, keras  # noqa: E402


class Hangs(BaseException):
    """The load takes too long."""


def save(folder, every="1"):
    import layer_cases

    place = Path(folder) / f"{VERSION}-{keras.backend.backend()}"
    place.mkdir(parents=True, exist_ok=True)
    for name, model in built(layer_cases.read("later")[:: int(every)], ()):
        attempt_to_save(model, place / f"{name}.keras")


def attempt_to_save(model, path):
    try:
        model.save(path)
    except Exception as error:
        complain(path.stem, error)


def load(folder):
    signal.signal(signal.SIGALRM, stop)
    spec = environment()
    for path in sorted(Path(folder).rglob("*.keras")):
        fresh()
        signal.alarm(SECONDS)
        try:
            outcome, error = attempt(path)
        except Hangs:
            outcome, error = "hangs", ""
        finally:
            signal.alarm(0)
        OUT.write("\t".join((spec, str(path.relative_to(folder)), outcome, error)) + "\n")
        OUT.flush()


def stop(*_):
    raise Hangs


def attempt(path):
    try:
        model = keras.saving.load_model(path)
    except Exception as error:
        return "raises", told(error)
    try:
        # Keras cannot tell of every model what goes in: such a one is not called.
        given = [example(tensor) for tensor in getattr(model, "inputs", None) or []]
        if given:
            model(given if len(given) > 1 else given[0])
    except Exception as error:
        return "cannot be called", told(error)
    return "loads", ""


def example(tensor):
    """An input of the shape and dtype of a Keras tensor."""
    import numpy as np

    shape = [size or (8 if place else 1) for place, size in enumerate(tensor.shape)]
    dtype = keras.backend.standardize_dtype(tensor.dtype)
    if dtype == "string":
        import tensorflow as tf

        return tf.fill(shape, "a")
    return keras.ops.convert_to_tensor(np.ones(shape), dtype=dtype)


def told(error):
    return " ".join(f"{type(error).__name__}: {error}".split())[-200:]


def environment():
    """The environment as `Environment.parse` takes it."""
    words = [f"python=={sys.version.split()[0]}", f"keras=={VERSION}", f"backend={keras.backend.backend()}"]
    found = ((name, installed(name)) for name in ("tensorflow", "jax", "torch"))
    return " ".join([*words, *(f"{name}=={version}" for name, version in found if version)])


def installed(package):
    try:
        return __import__(package).__version__.split("+")[0]
    except ImportError:
        return ""


if __name__ == "__main__":
    assert MOD == "keras", "archives are those of Keras 3"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    {"save": save, "load": load}[sys.argv[2]](*sys.argv[3:])
