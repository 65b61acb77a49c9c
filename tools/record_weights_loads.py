"""Record what `load_weights` of a real release does: run with the Python of an environment, its lines put to the rest.

    PYTHON record_weights_loads.py MODULE CORPUS PAIRS >> loads.tsv
    python record_weights_loads.py --pack loads.tsv tests/data/weights-loads.tsv.xz

MODULE is keras, tf.keras or tf_keras. PAIRS: lines of two paths below CORPUS, a JSON architecture (or a whole model)
and a weights file. A model is built of the first (`model_from_json`, or `load_model(…, compile=False)`), and
`model.load_weights` is called with the second. A line of the output: loader, what is installed, the two paths, the
outcome ("loads", or the stage that raised: "build" or "weights"), and the error. Runs on Python 3.6 and later.

Every second line is packed, and of the models that cannot be built one in six: the weights do not count there.
"""

import os
import signal
import sys

_PATIENCE = 120  # seconds for one load


def main(module, corpus, pairs):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    out, sys.stdout = sys.stdout, sys.stderr  # what Keras prints is not ours
    if module == "tf.keras":
        import tensorflow

        keras = tensorflow.keras
    else:
        keras = __import__(module)
    spec = installed(module)
    signal.signal(signal.SIGALRM, hung)
    with open(pairs) as file:
        lines = file.read().splitlines()
    for line in lines:
        architecture, weights = line.split()
        signal.alarm(_PATIENCE)  # some loaders never come back
        outcome, error = attempt(keras, os.path.join(corpus, architecture), os.path.join(corpus, weights))
        signal.alarm(0)
        error = error.replace(corpus + os.sep, "")[:80]
        print(module, spec, architecture, weights, outcome, error, sep="\t", file=out)
        out.flush()


def pack(loads, target):
    """Write the lines of a record as the tests read them."""
    import lzma

    with open(loads) as file:
        lines = file.read().splitlines(True)
    built = [line for line in lines if line.split("\t")[4] != "build"]
    failed = [line for line in lines if line.split("\t")[4] == "build"]
    with open(target, "wb") as file:
        file.write(lzma.compress("".join([*built[::2], *failed[::6]]).encode("utf-8"), preset=9))


def hung(number, frame):
    raise RuntimeError("the load does not end")


def attempt(keras, architecture, weights):
    keras.backend.clear_session() if hasattr(keras.backend, "clear_session") else None
    try:
        if architecture.endswith(".json"):
            with open(architecture) as file:
                model = keras.models.model_from_json(file.read())
        else:
            model = keras.models.load_model(architecture, compile=False)
    except Exception as error:
        return "build", told(error)
    try:
        model.load_weights(weights)
    except Exception as error:
        return "weights", told(error)
    return "loads", ""


def told(error):
    return " ".join(f"{type(error).__name__}: {error}".split())[:400]


def installed(module):
    """Return the environment as `Environment.parse` takes it."""
    words = ["python==" + sys.version.split()[0], "loader=" + module]
    for name, package in (("keras", "keras"), ("tf_keras", "tf-keras"), ("tensorflow", "tensorflow"), ("h5py", "h5py")):
        if name in sys.modules or name == module:
            version = getattr(__import__(name), "__version__", "")
            if version and not (name == "keras" and module == "tf_keras"):
                words.append(package + "==" + version)
    return " ".join(words)


if __name__ == "__main__":
    pack(*sys.argv[2:]) if sys.argv[1] == "--pack" else main(*sys.argv[1:])
