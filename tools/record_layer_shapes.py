"""Records what a real Keras says of its layers: output shapes and variables. Runs inside a real environment, Python 3.6
and later.

    python tools/record_layer_shapes.py keras|tf.keras|tf_keras --files arch.json model.h5 …
    python tools/record_layer_shapes.py keras|tf.keras|tf_keras --cases [name …]

Prints one JSON object a line: the model's config as that release writes it, and for each layer, through nested models,
wrappers and
cells, its calls (shapes in, shapes out) and its weights in the order in which a legacy HDF5 file stores them. `--cases`
builds the models of
`layer_cases.py`; what a release does not have is named on standard error.
"""

import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
warnings.filterwarnings("ignore")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

MOD = sys.argv[1] if len(sys.argv) > 1 else "keras"
OUT = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # the libraries print what they like

import numpy as np  # noqa: E402

tf = None
try:
    import tensorflow as tf
except ImportError:
    pass
if MOD == "tf.keras":
    keras = tf.keras
elif MOD == "tf_keras":
    import tf_keras as keras
else:
    import keras
try:
    __import__("keras.applications")  # Keras 1 does not do it by itself
except ImportError:
    pass
BACKEND = keras.backend
L = keras.layers
VERSION = getattr(keras, "__version__", "") or __import__("keras").__version__
NUMBERS = tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in VERSION.split("-")[0].split(".")[:3])
MAJOR = NUMBERS[0]
# tf.keras called itself 2.1.6-tf and the like until it was taken out of TensorFlow.
ERA = f"keras-{MAJOR}" if MOD == "keras" and (MAJOR != 2 or NUMBERS < (2, 4)) else "tf.keras"


def dims(shape):
    """A shape as a list of numbers and None; None when not even the rank is known."""
    try:
        if hasattr(shape, "as_list"):
            return shape.as_list()
        return [None if n is None else int(getattr(n, "value", n) or 0) for n in shape]
    except (TypeError, ValueError):
        return None


def flat(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return [one for key in sorted(value) for one in flat(value[key])]
    if isinstance(value, (list, tuple)):
        return [one for item in value for one in flat(item)]
    return [value]


def shape_of(tensor):
    shape = getattr(tensor, "_keras_shape", None)
    return dims(shape if shape is not None else tensor.shape)


def nodes_of(layer):
    nodes = getattr(layer, "inbound_nodes", None) if MAJOR < 3 else None
    return nodes if nodes is not None else getattr(layer, "_inbound_nodes", [])


def calls(layer, network):
    """Shapes in and shapes out of each call that belongs to `network`."""
    kept = None
    for name in ("container_nodes", "_container_nodes", "_network_nodes", "_nodes"):
        found = getattr(network, name, None)
        if isinstance(found, (set, frozenset)) and all(isinstance(one, str) for one in found):
            kept = found
    result = []
    for index, node in enumerate(nodes_of(layer)):
        keys = {f"{layer.name}_ib-{index}", f"{id(layer)}_ib-{index}"}
        if kept is not None and not keys & set(kept):
            continue
        ins = getattr(node, "input_tensors", None)
        outs = getattr(node, "output_tensors", None)
        if outs is None:
            outs = node.outputs
        if ins is None:
            ins = getattr(node, "keras_inputs", [])
        result.append([[shape_of(t) for t in flat(ins) if hasattr(t, "shape")], [shape_of(t) for t in flat(outs)]])
    return result


def plain(name):
    return str(name).split("/")[-1].split(":")[0]


def describe(v, trainable):
    shape = getattr(v, "shape", None)
    if MAJOR == 1 or (MAJOR == 2 and shape is None):
        value = v.get_value() if hasattr(v, "get_value") else None
        shape = BACKEND.int_shape(v) if value is None else value.shape
    if callable(shape) or "theano" in type(v).__module__:
        shape = v.get_value().shape
    dtype = getattr(v, "dtype", "float32")
    dtype = str(getattr(getattr(dtype, "base_dtype", dtype), "name", dtype)).replace("_ref", "").replace("torch.", "")
    return [plain(v.name), dims(shape), dtype, int(trainable)]


def weights(layer):
    """The variables in the order in which the legacy HDF5 format stores them."""
    trainable = list(layer.trainable_weights)
    stored = list(layer.weights) if ERA in ("keras-1", "keras-2") else trainable + list(layer.non_trainable_weights)
    ids = {id(v) for v in trainable}
    return [describe(v, id(v) in ids) for v in stored]


INNER = ("layer", "cell", "cells", "backward_layer")
# A layer like LSTM has a cell too, but its config does not.
CELL_HOLDERS = ("RNN", "ConvRNN2D", "ConvRNN", "DropoutWrapper", "ResidualWrapper", "DeviceWrapper")


def record(layer, network, key):
    row = {"key": key, "name": layer.name, "class": type(layer).__name__}
    if network is not None:
        row["calls"] = calls(layer, network)
    try:
        row["weights"] = weights(layer)
    except Exception as error:
        row["no_weights"] = str(error)[:100]
    inner = inner_layers(layer)
    if inner:
        row["inner"] = inner
    return row


def inner_layers(layer):
    """Records of the layers inside a model or wrapper."""
    rows = []
    if hasattr(layer, "get_layer"):
        network = layer
        if hasattr(layer, "_functional"):
            network = layer._functional or layer
        elif MAJOR == 1 and type(layer).__name__ == "Sequential":
            network = getattr(layer, "model", None) or layer
        elif type(layer).__name__ == "Sequential" and getattr(layer, "model", None) is not None:
            network = layer.model
        return [record(child, network, "layers") for child in list(getattr(layer, "layers", None) or [])]
    for key in INNER:
        child = getattr(layer, key, None)
        if key == "layer" and hasattr(layer, "forward_layer"):
            child = layer.forward_layer
        if key == "cell" and type(layer).__name__ not in CELL_HOLDERS:
            continue
        children = child if isinstance(child, (list, tuple)) else [child]
        rows += [record(one, None, key) for one in children if hasattr(one, "get_config") and hasattr(one, "weights")]
    return rows


def release():
    found = {"keras": VERSION, "module": MOD, "era": ERA}
    try:
        found["backend"] = BACKEND.backend()
    except Exception:
        pass
    if tf is not None:
        found["tensorflow"] = tf.__version__
    return found


def emit(source, model, config=None):
    text = model.to_json() if config is None else json.dumps(config)
    row = {"source": source, "release": release(), "config": json.loads(text), "layers": inner_layers(model)}
    OUT.write(json.dumps(row) + "\n")
    OUT.flush()


def complain(what, error):
    text = str(error).replace("\n", " ")[:200]
    sys.stderr.write(f"{what}: {type(error).__name__}: {text}\n")


def fresh():
    try:
        BACKEND.clear_session()
    except Exception:
        pass


def unsafe():
    try:
        keras.config.enable_unsafe_deserialization()
    except Exception:
        pass


def files(paths):
    unsafe()
    for path in paths:
        fresh()
        try:
            if path.endswith(".json"):
                with open(path, encoding="utf8") as stream:
                    text = stream.read()
                config = json.loads(text)
                model = keras.models.model_from_json(text)
            else:
                config = None
                model = keras.models.load_model(path, **({} if MAJOR == 1 else {"compile": False}))
            emit(path, model, config)
        except Exception as error:
            complain(path, error)


def input_of(spec):
    """An Input from "7,3", "7,3:int32" (dtype), "2*7,3" (batch of 2), "?,3" (unknown length)."""
    shape, _, dtype = spec.partition(":")
    batch, star, rest = shape.partition("*")
    shape = rest if star else shape
    shape = tuple(None if n.strip() == "?" else int(n) for n in shape.split(",") if n.strip())
    make = keras.Input if hasattr(keras, "Input") else L.Input
    extra = {"dtype": dtype} if dtype else {}
    if star:
        return make(batch_shape=(int(batch), *shape), **extra)
    return make(shape=shape, **extra)


def model_of(inputs, outputs, **extra):
    make = keras.models.Model if hasattr(keras.models, "Model") else keras.Model
    if MAJOR == 1:
        return make(input=inputs, output=outputs, **extra)
    return make(inputs=inputs, outputs=outputs, **extra)


def built(case_list, names):
    """Build the models of the cases, those of `names` if there are any; yield name and model."""
    scope = {
        "L": L, "K": BACKEND, "keras": keras, "tf": tf, "np": np, "Model": model_of, "Input": input_of, "MAJOR": MAJOR,
        "NUMBERS": NUMBERS,
        "Sequential": keras.models.Sequential, "P": preprocessing, "ops": getattr(keras, "ops", None), "MOD": MOD,
    }  # fmt: skip
    unsafe()
    for case in case_list:
        if names and case.name not in names:
            continue
        fresh()
        local = dict(scope)
        try:
            inputs = [input_of(spec) for spec in case.inputs]
            local.update(zip("abcdefgh", inputs))  # noqa: B905 - Python 3.6 has no strict
            for statement in case.body[:-1]:
                exec(statement, local)
            output = eval(case.body[-1], local)
            yield case.name, output if hasattr(output, "get_layer") else model_of(inputs, output)
        except Exception as error:
            complain(case.name, error)


def cases(names):
    import layer_cases

    for name, model in built(layer_cases.read("keras-1" if MAJOR == 1 else "later"), names):
        try:
            emit("case/" + name, model)
        except Exception as error:
            complain(name, error)


def preprocessing(name):
    return getattr(L, name, None) or getattr(L.experimental.preprocessing, name)


if __name__ == "__main__":
    rest = sys.argv[3:]
    {"--files": files, "--cases": cases}[sys.argv[2]](rest)
