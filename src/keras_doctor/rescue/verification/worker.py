# -*- coding: utf-8 -*-
# mypy: ignore-errors
"""Loads model files in a real Keras and says what they compute. Runs in other Pythons, from 2.7 on, with NumPy alone.

    python worker.py keras|tf.keras|tf_keras

First answers {"ready": true, "keras": its version, "python"}; then reads a task a line and answers each in a line:

- `file`: what is loaded; `architecture`: JSON of the model that it is the weights of, or null
- `inputs`: .npz with in0, in1 …, `names`: of the inputs, where they are known; null for no outputs
- `custom`: Python files to run, whose classes and functions the load is given
- `outputs`: the .npz that is written: out0, out1 …; with `layers` also layer0 …, what each layer puts out; with
  `weights` w0 …, those of the model and of its optimizer

An answer: `error`, "" when all went well, and `stage`, where it struck ("load", "run"); `plain`: why the load with
plain defaults failed where one without the training state did not; `layers`: [name, shape of the output] in order, of
large outputs only each n-th number is kept.
"""

import importlib
import io
import json
import logging
import os
import sys
import types
import warnings

import numpy as np

KEPT = 1 << 16  # numbers of a layer's output that are told
GROUP = 1 << 24  # numbers of layers' outputs that are held at once
DEPTH = 4  # of nested models that are looked into
TOLD = 600  # characters of an error
RUN = {}  # modules of custom code, by path
LIBRARIES = ("builtins", "__builtin__", "keras", "numpy", "tensorflow", "tf_keras", "typing")


class Library(object):
    """A Keras: its module, and the TensorFlow below it where there is one."""

    def __init__(self, name):
        self.tf = None
        if name != "keras":
            self.tf = importlib.import_module("tensorflow")
        self.keras = self.tf.keras if name == "tf.keras" else importlib.import_module(name)
        self.tf = self.tf or sys.modules.get("tensorflow")
        self.models = getattr(self.keras, "models", None) or importlib.import_module(name + ".models")

    def clear(self):
        """Forget the models of earlier tasks."""
        try:
            self.keras.backend.clear_session()
        except Exception:  # Theano has no session
            pass

    def load(self, task):
        """Return the model of a task, and why a load with plain defaults failed ("" when it did not)."""
        path, architecture = task["file"], task.get("architecture")
        given = {"custom_objects": custom_objects(task["custom"])} if task.get("custom") else {}
        described = architecture or (path if path.endswith(".json") else None)
        if described:
            with io.open(described, encoding="utf-8") as text:
                model = self.models.model_from_json(text.read(), **given)
            if architecture:
                model.load_weights(path)
            return model, ""
        try:
            return self.models.load_model(path, **given), ""
        except Exception as error:
            plain = error
        try:
            return self.models.load_model(path, compile=False, **given), told(plain)
        except Exception:
            raise plain

    def text(self, array):
        """Return texts as this TensorFlow takes them."""
        eager = getattr(self.tf, "executing_eagerly", None)
        return self.tf.constant(array) if eager is not None and eager() else array.astype(object)


def custom_objects(paths):
    """Return the classes and functions of Python files, by name; each file is run once, as an import would."""
    found = {}
    for path in paths:
        name = os.path.splitext(os.path.basename(path))[0]
        module = RUN.get(path)
        if module is None:
            sys.path.insert(0, os.path.dirname(path))  # what stands beside it can be imported
            module = types.ModuleType(name)
            module.__file__ = path
            sys.modules.setdefault(name, module)  # where Keras looks for what it is defined in
            with io.open(path, "rb") as text:
                exec(compile(text.read(), path, "exec"), module.__dict__)
            RUN[path] = module
        for key, value in module.__dict__.items():
            home = (getattr(value, "__module__", None) or "").partition(".")[0]
            if callable(value) and not key.startswith("__") and home not in LIBRARIES:
                found[key] = value
    return found


def told(error):
    """Return an error in a line."""
    try:
        text = str(error)
    except Exception:
        text = repr(error)
    return ("%s: %s" % (type(error).__name__, text))[:TOLD]


def flat(value):
    """Return the leaves of nested outputs, as Keras orders them."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, (list, tuple)):
        return [leaf for one in value for leaf in flat(one)]
    return [value]


def array_of(library, value):
    """Return an output as an array of numbers or of unicode texts."""
    if hasattr(value, "to_tensor"):
        value = value.to_tensor()
    elif hasattr(value, "dense_shape"):
        value = library.tf.sparse.to_dense(value)
    array = np.asarray(value)
    if array.dtype.kind in "OS":
        texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in array.ravel()]
        return np.array(texts, dtype="U").reshape(array.shape)
    return array if array.dtype.kind in "biufcU" else array.astype("float32")  # bfloat16


def run(library, model, values):
    """Return what a model computes for a batch, each output an array."""
    for layer in [model] + list(getattr(model, "layers", None) or []):
        for name in ("reset_states", "reset_state"):
            try:
                getattr(layer, name)()
            except Exception:
                pass
    try:
        model.jit_compile = False  # compiling costs more than one call
    except Exception:
        pass
    values = [library.text(value) if value.dtype.kind == "U" else value for value in values]
    given = values if len(values) > 1 else values[0]
    size = int(values[0].shape[0])
    try:
        made = model.predict(given, batch_size=size, verbose=0)
    except RuntimeError:
        if getattr(model, "optimizer", None) is not None:
            raise
        model.compile("sgd", "mse")  # Keras 1 predicts with compiled models alone
        made = model.predict(given, batch_size=size, verbose=0)
    return [array_of(library, one) for one in flat(made)]


def thinned(array):
    """Return each n-th number of a large array, as a flat one."""
    return array.ravel()[:: array.size // KEPT + 1]


def in_order(model, values, names):
    """Return inputs in the order in which the model takes them."""
    known = getattr(model, "input_names", None) or [str(one.name) for one in getattr(model, "inputs", None) or []]
    if len(set(names)) == len(values) and sorted(known) == sorted(names):
        return [values[names.index(name)] for name in known]
    return values


def ends(layer, which):
    """Yield the symbolic inputs or outputs of the first calls of a layer."""
    nodes = getattr(layer, "inbound_nodes", None) or getattr(layer, "_inbound_nodes", None) or ()
    found = False
    for index in range(min(len(nodes), 4)):
        try:
            at = getattr(layer, "get_%s_at" % which, None)  # which Keras 3 has not
            yield flat(at(index) if at is not None else getattr(nodes[index], which + "_tensors"))
            found = True
        except Exception:
            break
    if not found:
        try:
            yield flat(getattr(layer, which))
        except Exception:
            pass


def size_of(tensor, batch):
    """Return about how many numbers a symbolic tensor stands for."""
    total = batch
    try:
        for size in list(getattr(tensor, "_keras_shape", None) or tensor.shape)[1:]:
            size = getattr(size, "value", size)
            total *= 32 if size is None else int(size)
    except Exception:
        return GROUP
    return total


def layer_outputs(library, model, values, prefix, depth):
    """Yield (name, arrays) for the layers of a model, in their order, those of nested models after the model."""
    group, size = [], 0
    layers = [layer for layer in getattr(model, "layers", None) or [] if type(layer).__name__ != "InputLayer"]
    for layer in layers + [None]:
        candidates = list(ends(layer, "output")) if layer is not None else []
        size += sum(size_of(one, len(values[0])) for one in (candidates or [[]])[0])
        if group and (size > GROUP or layer is None):
            for name, arrays in grouped(library, model, values, group):
                yield prefix + name, arrays
            group, size = [], 0
        if candidates:
            group.append((layer.name, candidates))
    for layer in layers if depth else ():
        if getattr(layer, "layers", None) and hasattr(layer, "predict"):
            for candidate in ends(layer, "input"):
                given = computed(library, model, values, candidate)
                if given is not None:
                    for found in layer_outputs(library, layer, given, prefix + layer.name + "/", depth - 1):
                        yield found
                    break


def grouped(library, model, values, group):
    """Yield (name, arrays) for some layers: all at once, or one after the other where that cannot be."""
    first = [candidates[0] for _, candidates in group]
    made = computed(library, model, values, [tensor for tensors in first for tensor in tensors])
    if made is not None:
        for (name, _), tensors in zip(group, first):
            yield name, made[: len(tensors)]
            made = made[len(tensors) :]
        return
    for name, candidates in group:
        for candidate in candidates:
            made = computed(library, model, values, candidate)
            if made is not None:
                yield name, made
                break


def computed(library, model, values, tensors):
    """Return the values of symbolic tensors inside a model, None when they do not follow from its inputs."""
    given = {id(one): value for one, value in zip(model.inputs, values)}
    if all(id(one) in given for one in tensors):  # TensorFlow 1 does not put out what it is given
        return [given[id(one)] for one in tensors]
    try:
        return run(library, library.models.Model(model.inputs, tensors), values)
    except Exception:
        return None


def weights_of(library, model):
    """Return the weights of a model and of its optimizer."""
    slots = []
    for name in ("variables", "weights"):
        found = getattr(getattr(model, "optimizer", None), name, None)
        if found is not None and not callable(found):
            try:
                slots = [np.asarray(library.keras.backend.get_value(one)) for one in found]
            except Exception:
                slots = []
            break
    return list(model.get_weights()) + slots


def answered(library, task):
    """Return the answer to a task."""
    answer, arrays = {"error": "", "stage": "", "plain": "", "layers": []}, {}
    stage = "load"
    try:
        library.clear()
        np.random.seed(0)
        model, answer["plain"] = library.load(task)
        stage = "run"
        if task.get("weights"):
            if task["file"].endswith(".json"):
                arrays["w0"] = np.array(model.to_json())
            else:
                arrays.update(("w%d" % i, one) for i, one in enumerate(weights_of(library, model)))
        if task.get("inputs"):
            stored = np.load(task["inputs"], allow_pickle=False)
            values = [stored["in%d" % i] for i in range(sum(name[:2] == "in" for name in stored.files))]
            values = in_order(model, values, task.get("names") or [])
            arrays.update(("out%d" % i, one) for i, one in enumerate(run(library, model, values)))
            if task.get("layers"):
                for name, outputs in layer_outputs(library, model, values, "", DEPTH):
                    for output in outputs:
                        arrays["layer%d" % len(answer["layers"])] = thinned(output)
                        answer["layers"].append([name, list(output.shape)])
    except Exception as error:
        answer["error"], answer["stage"] = told(error), stage
    if arrays:
        np.savez(task["outputs"], **arrays)
    return answer


def main():
    """Answer the tasks on standard input."""
    sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the libraries print what they like

    def say(answer):
        out.write(json.dumps(answer) + "\n")
        out.flush()

    try:
        library = Library(sys.argv[1])
    except Exception as error:
        say({"ready": False, "error": told(error)})
        return
    python = ".".join(str(number) for number in sys.version_info[:3])
    say({"ready": True, "keras": str(getattr(library.keras, "__version__", "")), "python": python})
    for line in iter(sys.stdin.readline, ""):
        say(answered(library, json.loads(line)))


if __name__ == "__main__":
    main()
