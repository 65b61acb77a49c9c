"""Record what a real installation says its classes take and write: the truth that the data of releases is held to.

Run by the Python of the installation (any from 3.6 on):

    python tools/record_api_truth.py LOADER OUT.json      # LOADER: keras, tf.keras or tf_keras

Every class of the public namespaces is looked at with `inspect`; it is made with as few arguments as it needs, asked
for its config, and made again from that config by its own `from_config`.
"""

import inspect
import json
import sys
import warnings

warnings.simplefilter("ignore")

# Arguments for parameters that have no default, by name.
GUESSES = {
    "units": 3, "filters": 3, "kernel_size": 2, "rate": 0.5, "pool_size": 2, "input_dim": 5, "output_dim": 4,
    "nb_filter": 3, "nb_row": 2, "nb_col": 2, "filter_length": 2, "kernel_dim1": 2, "kernel_dim2": 2,
    "kernel_dim3": 2, "p": 0.5, "stddev": 0.1, "sigma": 0.1, "n": 3, "dims": (2, 1), "target_shape": (2, 2),
    "axes": 1, "num_heads": 2, "key_dim": 4, "num_query_heads": 2, "num_key_value_heads": 2, "head_dim": 4,
    "height": 4, "width": 4, "factor": 0.1, "scale": 0.1, "height_factor": 0.1, "width_factor": 0.1,
    "equation": "abc,cd->abd", "output_shape": (None, 3), "num_bins": 4, "function": "relu", "activation": "relu",
    "theta": 1.0, "cropping": 1, "target_class_ids": [0], "num_classes": 3, "recall": 0.5, "precision": 0.5,
    "specificity": 0.5, "sensitivity": 0.5, "initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5,
    "boundaries": [1, 2], "values": [0.1, 0.2, 0.3], "first_decay_steps": 10, "name": "named", "learning_rate": 0.1,
    "mask_value": 0.0, "num_tokens": 3, "groups": 1, "max_value": 1.0, "offset": 0.0, "ratio": 2, "nb_feature": 2,
    "init": "uniform", "normalizer": None, "num_bands": 3, "bin_boundaries": [1.0], "lr": 0.1, "dtype": "float32",
    "source_dtype": "float32", "quantization_mode": "int8", "mode": "int8", "num_oov_indices": 1, "num_mel_bins": 4,
    "factors": 0.1, "shape": (3,), "max_norm": 1.0, "rank": 2, "reduction": "sum", "dimensions": 2, "min_value": 0.1,
    "mean": 0.0, "max_patches": 1, "alpha": 0.5, "cell": "CELL", "layer": "LAYER", "cells": "CELLS",
}  # fmt: skip

SPACES = ("layers", "models", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
          "optimizers.schedules", "optimizers.legacy", "dtype_policies", "mixed_precision")  # fmt: skip


def root_of(loader):
    if loader == "tf.keras":
        import tensorflow

        return tensorflow.keras
    return __import__(loader)


def keys_of(root, cls, parameters):
    """Return the keys of an instance's config and the error with which its own config is refused."""
    arguments = {}
    for name, parameter in parameters:
        if parameter.default is not inspect.Parameter.empty or parameter.kind in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        ):
            continue
        if name not in GUESSES:
            return None, "no value for " + name
        value = GUESSES[name]
        if value in ("CELL", "LAYER", "CELLS") and isinstance(value, str):
            layers = root.layers
            if cls.__name__ in ("Bidirectional",):
                value = layers.LSTM(2)
            elif value == "LAYER":
                value = layers.Dense(2)
            else:
                cell = layers.LSTMCell(2)
                value = cell if value == "CELL" else [cell]
        arguments[name] = value
    try:
        made = cls(**arguments)
        config = made.get_config()
    except BaseException as error:
        return None, "not made: " + type(error).__name__ + ": " + str(error)[:100]
    try:
        cls.from_config(dict(config))
    except BaseException as error:
        return sorted(map(str, config)), "refused: " + type(error).__name__ + ": " + str(error)[:150]
    return sorted(map(str, config)), ""


def main(loader, out):
    root = root_of(loader)
    told = {"loader": loader, "keras": getattr(root, "__version__", ""), "classes": {}}
    if loader == "tf.keras":
        import tensorflow

        told["tensorflow"] = tensorflow.__version__
    for space in SPACES:
        module = root
        for part in space.split("."):
            module = getattr(module, part, None)
        if module is None:
            continue
        for name in sorted(dir(module)):
            cls = getattr(module, name, None)
            if not inspect.isclass(cls) or name.startswith("_"):
                continue
            own = getattr(cls, "__module__", "")
            if "keras" not in own:
                continue
            init = cls.__init__
            try:
                parameters = list(inspect.signature(init).parameters.items())[1:]
            except (TypeError, ValueError):
                continue
            if "__new__" in vars(cls) and init is object.__init__:
                parameters = []
            fields = []
            keyword_only = False
            for key, parameter in parameters:
                if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                    keyword_only = True
                    fields.append("*" + key)
                elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                    fields.append("**" + key)
                else:
                    if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not keyword_only:
                        fields.append("*")
                        keyword_only = True
                    default = parameter.default
                    if default is inspect.Parameter.empty:
                        fields.append(key)
                    elif default is None or isinstance(default, (bool, int, float, str, tuple)):
                        fields.append(key + "=" + repr(default))
                    else:
                        fields.append(key + "=?")
            keys, problem = (None, "no config") if not hasattr(cls, "get_config") else keys_of(root, cls, parameters)
            entry = {"class": cls.__name__, "module": own, "init": fields, "keys": keys}
            if problem:
                entry["problem"] = problem
            told["classes"][space + "." + name] = entry
    with open(out, "w") as file:
        json.dump(told, file, indent=0, sort_keys=True)
    print(loader, told["keras"], len(told["classes"]), "classes")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
