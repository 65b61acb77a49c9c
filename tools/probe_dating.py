"""Write down which keys the config of each stock class has in the Keras release that runs this.

    PYTHON tools/probe_dating.py MODULE FOLDER [MODE]

PYTHON is an interpreter (3.6 or later) in which the release is installed, or laid over another through PYTHONPATH;
MODULE is keras, tf.keras or tf_keras; FOLDER/probe.json is written. MODE makes TensorFlow behave otherwise first: v1
(disable_v2_behavior), graph (disable_eager_execution), v2 (enable_v2_behavior), eager (enable_eager_execution). Makes
an instance or two of every class and asks for its config; reads the source of `get_config` for keys that other
instances may have. `make_dating_table.py` makes the table of many such files.
"""

import ast
import importlib
import inspect
import json
import os
import sys
import textwrap
import warnings

warnings.filterwarnings("ignore")

MODULE, FOLDER, MODE = [*sys.argv[1:], ""][:3]
try:
    import tensorflow as tf
except Exception:
    tf = None
if MODE and tf is not None:
    v1 = getattr(getattr(tf, "compat", None), "v1", None) or tf
    switch = {
        "v1": "disable_v2_behavior",
        "graph": "disable_eager_execution",
        "v2": "enable_v2_behavior",
        "eager": "enable_eager_execution",
    }[MODE]
    (getattr(v1, switch, None) or getattr(tf, switch))()

# Positional and keyword arguments to try for classes that need some; () is tried too.
ARGUMENTS = {
    "Dense": [((3,), {}), ((3,), {"activation": "relu", "use_bias": False, "input_shape": (4,)})],
    "Embedding": [((10, 4), {}), ((10, 4), {"input_length": 5})],
    "Activation": [(("relu",), {})],
    "Reshape": [(((2, 2),), {})],
    "Permute": [(((2, 1),), {})],
    "RepeatVector": [((3,), {})],
    "Lambda": [((abs,), {})],
    "InputLayer": [
        ((), {"input_shape": (4,)}),
        ((), {"batch_input_shape": (None, 4)}),
        ((), {"shape": (4,)}),
        ((), {"batch_shape": (None, 4)}),
    ],
    "MultiHeadAttention": [((2, 4), {})],
    "GroupQueryAttention": [((4, 2, 2), {})],
    "EinsumDense": [(("ab,bc->ac",), {"output_shape": 4})],
    "Discretization": [
        ((), {"bin_boundaries": [0.1, 0.5]}),
        ((), {"bins": [0.1, 0.5]}),
        ((), {"num_bins": 3}),
    ],
    "StringLookup": [((), {}), ((), {"vocabulary": ["a", "b"]})],
    "IntegerLookup": [((), {}), ((), {"vocabulary": [1, 2]})],
    "TextVectorization": [((), {}), ((), {"max_tokens": 5})],
    "CategoryEncoding": [((), {"num_tokens": 4}), ((), {"max_tokens": 4})],
    "RandomFlip": [((), {}), (("horizontal",), {})],
    "Deconvolution2D": [((4, 3, 3, (None, 4, 4, 4)), {})],
}
COMMON = [
    ((), {}),
    ((2,), {}),
    ((0.5,), {}),
    ((4, 3), {}),
    ((4, (3, 3)), {}),
    ((4, (3, 3, 3)), {}),
    ((4, 3, 3), {}),
    ((4, 3, 3, 3), {}),
    ((0.1, 0.1), {}),
    ((0.1, 10, 0.9), {}),
    ((), {"num_classes": 2}),
    ((0.5,), {"num_thresholds": 3}),
]


def library():
    if MODULE == "tf.keras":
        return tf.keras
    keras = importlib.import_module(MODULE)
    for name in [
        "layers",
        "models",
        "optimizers",
        "regularizers",
        "constraints",
        "initializers",
        "initializations",
        "metrics",
        "losses",
    ]:
        try:
            importlib.import_module(MODULE + "." + name)
        except Exception:
            pass  # not in this release
    return keras


def words(node):
    """Every string that can be a key below a node of source: literals and keyword arguments."""
    found = set()
    for item in ast.walk(node):
        text = getattr(item, "s", None) if type(item).__name__ in ("Str", "Constant") else None
        if isinstance(text, str) and text and len(text) < 60 and " " not in text:
            found.add(text)
        if isinstance(item, ast.keyword) and item.arg:
            found.add(item.arg)
    return found


def read_source(function):
    """The keys that a `get_config` names, and those that it names where they are not always written."""
    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    except Exception:
        return set(), set()
    if isinstance(body.body[0], ast.Expr) and len(body.body) > 1:
        body.body = body.body[1:]  # the docstring
    sometimes = set()
    for node in ast.walk(body):
        if isinstance(node, (ast.If, ast.For, ast.While, ast.Try)):
            for part in list(node.body) + list(node.orelse):
                sometimes |= words(part)
        elif isinstance(node, ast.Delete):
            sometimes |= words(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("pop", "get"):
            for argument in node.args:
                sometimes |= words(argument)
    return words(body), sometimes


def source_keys(cls):
    may, sometimes = set(), set()
    own = False
    for base in inspect.getmro(cls):
        for name in ("get_config", "_serialize_function_to_config", "get_base_config"):
            function = base.__dict__.get(name)
            if function is None:
                continue
            named, unsure = read_source(getattr(function, "__func__", function))
            may |= named
            sometimes |= unsure
            own |= name == "get_config" and base.__name__ not in ("Layer", "Operation", "KerasSaveable")
    if not own:  # Keras 3 then writes down the arguments that it was given
        try:
            arguments = set(inspect.signature(cls.__init__).parameters) - {"self", "kwargs", "args"}
            may |= arguments
            sometimes |= arguments
        except (TypeError, ValueError):
            pass
    return sorted(may), sorted(sometimes)


def instances(name, cls, special):
    if name in special:
        tries = [special[name]]
    else:
        tries = [lambda a=a, k=k: cls(*a, **k) for a, k in ARGUMENTS.get(name, []) + COMMON]
    made = []
    for make in tries:
        try:
            made.append(make())
        except Exception:
            continue
        if len(made) > 3:
            break
    return made


def plain(value):
    try:
        return json.loads(json.dumps(value, default=lambda item: {"object": type(item).__name__}))
    except Exception:
        return None


def record(name, cls, special=None):
    seen, example = [], None
    for instance in instances(name, cls, special or {}):
        try:
            config = instance.get_config()
        except Exception:
            continue
        keys = sorted(map(str, config))
        if keys not in seen:
            seen.append(keys)
        example = example or plain(config)
    may, sometimes = source_keys(cls)
    return {"seen": seen, "may": may, "cond": sometimes, "example": example}


def classes_of(module):
    for name in dir(module):
        cls = getattr(module, name)
        if inspect.isclass(cls) and hasattr(cls, "get_config"):
            yield cls.__name__, cls


def main():
    keras = library()
    layers = keras.layers
    special = {
        "TimeDistributed": lambda: layers.TimeDistributed(layers.Dense(3)),
        "Bidirectional": lambda: layers.Bidirectional(layers.LSTM(3)),
        "SpectralNormalization": lambda: layers.SpectralNormalization(layers.Dense(3)),
        "RNN": lambda: layers.RNN(layers.LSTMCell(3)),
        "StackedRNNCells": lambda: layers.StackedRNNCells([layers.LSTMCell(3)]),
    }
    found = {}
    old = (
        "wrappers noise normalization embeddings convolutional recurrent pooling core merge advanced_activations local"
    )
    spaces = [layers, getattr(getattr(layers, "experimental", None), "preprocessing", None)]
    spaces += [getattr(layers, name, None) for name in old.split()]
    for space in spaces:
        for name, cls in classes_of(space):
            if "layer:" + name not in found:
                found["layer:" + name] = record(name, cls, special)
    for kind in ("initializer", "regularizer", "constraint", "optimizer", "loss", "metric"):
        plural = {"loss": "losses"}.get(kind, kind + "s")
        space = getattr(keras, plural, None)
        for part, label in ((space, kind), *((getattr(space, sub, None), sub) for sub in ("schedules", "legacy"))):
            for name, cls in classes_of(part):
                found.setdefault(label + ":" + name, record(name, cls))
    for path in ("mixed_precision.Policy", "mixed_precision.experimental.Policy", "dtype_policies.DTypePolicy"):
        cls = keras
        for name in path.split("."):
            cls = getattr(cls, name, None)
        if cls is not None:
            make = {cls.__name__: lambda cls=cls: cls("mixed_float16")}
            found["policy:" + cls.__name__] = record(cls.__name__, cls, make)
    if not os.path.isdir(FOLDER):
        os.makedirs(FOLDER)
    result = {
        "version": getattr(keras, "__version__", None),
        "tf": getattr(tf, "__version__", None),
        "module": MODULE,
        "mode": MODE,
        "classes": found,
    }
    with open(os.path.join(FOLDER, "probe.json"), "w") as file:
        json.dump(result, file, sort_keys=True)
    print(MODULE, result["version"], MODE, len(found), "classes")


if __name__ == "__main__":
    main()
