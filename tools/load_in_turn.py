"""Loads pairs of files in a real Keras and says whether it makes the same of both. Runs inside a real environment,
Python 3.6 and later.

    python load_in_turn.py keras|tf.keras|tf_keras < pairs.jsonl > answers.jsonl

A pair: {"original", "rewritten", "inputs" (npz with in0, in1 …, or null), "architecture" (JSON, for weights files)}.
An answer: `original` and `rewritten`, each "" or the error that the load ended with, and `same`: whether weights and
predictions are equal bit for bit, null when that cannot be told.

A single file: {"file", "inputs"}, where the npz has the outputs that are expected, too (out0 …; of long ones each
n-th value, and shape0 …). The answer: `error`, and `difference`, the largest in units of the outputs' scale.
"""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
warnings.filterwarnings("ignore")
OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # the libraries print what they like

import numpy as np  # noqa: E402

MODULE = sys.argv[1] if len(sys.argv) > 1 else "keras"
if MODULE == "tf.keras":
    import tensorflow as tf

    keras = tf.keras
elif MODULE == "tf_keras":
    import tf_keras as keras
else:
    import keras


def loaded(path, architecture):
    if path.endswith(".json"):
        with open(path) as text:
            return keras.models.model_from_json(text.read())
    if architecture is None:
        return keras.models.load_model(path)
    with open(architecture) as text:
        model = keras.models.model_from_json(text.read())
    model.load_weights(path)
    return model


def reset(model):
    for layer in [model, *(getattr(model, "layers", None) or [])]:
        for name in ("reset_states", "reset_state"):
            try:
                getattr(layer, name)()
            except Exception:
                pass


def predicted(model, inputs):
    if inputs is None:
        return []
    arrays = np.load(inputs, allow_pickle=False)
    values = [arrays[f"in{i}"] for i in range(sum(name.startswith("in") for name in arrays.files))]
    if any(value.dtype.kind == "U" for value in values):
        import tensorflow as tf

        values = [tf.constant(value) if value.dtype.kind == "U" else value for value in values]
    reset(model)
    made = model.predict(values if len(values) > 1 else values[0], batch_size=len(values[0]), verbose=0)
    made = [made[key] for key in sorted(made)] if isinstance(made, dict) else made
    return list(made) if isinstance(made, (list, tuple)) else [made]


def slots(model):
    optimizer = getattr(model, "optimizer", None)
    for name in ("variables", "weights"):
        found = getattr(optimizer, name, None)
        if found is not None and not callable(found):
            try:
                return [np.asarray(keras.backend.get_value(one)) for one in found]
            except Exception:
                return []
    return []


def looked_at(path, task):
    if hasattr(keras.backend, "clear_session"):
        keras.backend.clear_session()
    np.random.seed(0)
    model = loaded(path, task["architecture"])
    if path.endswith(".json"):
        return [np.array(model.to_json())]
    weights = model.get_weights() + slots(model)
    try:
        return weights + [np.asarray(one) for one in predicted(model, task["inputs"])]
    except Exception as error:
        return [*weights, np.array(type(error).__name__)]


def same(first, second):
    return len(first) == len(second) and all(
        a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
        for a, b in zip(first, second)  # noqa: B905 - Python 3.6 has no strict
    )


def apart(made, wanted):
    """Return how far outputs are from the expected ones, in units of their scale."""
    made = [np.asarray(one) for one in made]
    worst = scale = 0.0
    for place, output in enumerate(made):
        expected = wanted[f"out{place}"]
        if f"shape{place}" in wanted.files:
            if output.shape != tuple(wanted[f"shape{place}"]):
                return float("inf")
            output = output.ravel()[:: output.size // 60 + 1]
        if output.shape != expected.shape:
            return float("inf")
        if expected.dtype.kind in "OSU" or output.dtype.kind in "OSU":
            texts = [one.decode() if isinstance(one, bytes) else str(one) for one in output.ravel()]
            if texts != [one.decode() if isinstance(one, bytes) else str(one) for one in expected.ravel()]:
                return float("inf")
            continue
        output, expected = output.astype("float64"), expected.astype("float64")
        known = np.isfinite(expected)
        if not np.array_equal(known, np.isfinite(output)):
            return float("inf")
        worst = max(worst, float(np.abs(output - expected)[known].max()) if known.any() else 0.0)
        scale = max(scale, float(np.abs(expected)[known].max()) if known.any() else 0.0)
    return worst / (scale or 1.0)


def compared(task):
    if hasattr(keras.backend, "clear_session"):
        keras.backend.clear_session()
    try:
        model = loaded(task["file"], None)
        return {"error": "", "difference": apart(predicted(model, task["inputs"]), np.load(task["inputs"]))}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300], "difference": None}


for line in sys.stdin:
    task = json.loads(line)
    if "file" in task:
        OUT.write(json.dumps(compared(task)) + "\n")
        OUT.flush()
        continue
    answer, seen = {"same": None}, {}
    for which in ("original", "rewritten"):
        try:
            seen[which] = looked_at(task[which], task)
            answer[which] = ""
        except Exception as error:
            answer[which] = f"{type(error).__name__}: {error}"[:300]
    if len(seen) == 2:
        answer["same"] = same(seen["original"], seen["rewritten"])
        if not answer["same"] and not same(seen["original"], looked_at(task["original"], task)):
            answer["same"] = None  # the original itself is another model at each load
    OUT.write(json.dumps(answer) + "\n")
    OUT.flush()
