"""Failures of saving: nothing (or only half a file) was written."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.remedies import REGISTER, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_KERAS = Remedy("Save with a name that ends in .keras (or .h5).", 'model.save("model.keras")')
_EXPORT = Remedy("For a SavedModel (serving, TFLite): use model.export.", 'model.export("folder")')
_WEIGHTS = Remedy("Name weights so that they end in .weights.h5.", 'model.save_weights("model.weights.h5")')
_WEIGHTS_ONLY = Remedy(
    "Or save the weights alone (save_weights), and rebuild the model from its code.",
    'model.save_weights("model.weights.h5")',
)
_NO_OPTIMIZER = Remedy("Or leave the optimizer's state out.", "model.save(PATH, include_optimizer=False)")
_GET_CONFIG = Remedy(
    "Write a get_config that returns the arguments of __init__, as plain values.",
    'def get_config(self):\n    return {**super().get_config(), "units": self.units}',
)
_NAMES = Remedy(
    "Give every layer and variable a name of its own (layers that are used twice, models nested in each other).",
    'layer._name = "other"',
)


def _refused(what: str, *remedies: Remedy, confidence: str = "high") -> Reading:
    return Reading("save-refused", what, remedies, confidence, code="KD901")


def _pickled(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    """Tell of something that cannot be pickled: by the user, or by Keras, which copies configs to save."""
    pickled = Reading(
        "pickled-model",
        "a Keras model (or its optimizer, a lock, a session in it) cannot be pickled or copied in this release",
        (
            Remedy(
                "Save it with model.save, and let the pickle hold the path; copy with keras.models.clone_model and "
                "set_weights.",
                'model.save("model.keras")',
            ),
            UPGRADE,
        ),
        "high",
        "the model itself is pickled or copied (pickle, joblib, deepcopy, multiprocessing)",
        "KD904",
    )
    refused = _refused(
        "something in the model's config (a tensor, a function, a lock, a module) cannot be copied or written: "
        "arguments of a "
        "Lambda, or a get_config that returns it",
        Remedy(
            "Keep tensors, backends and functions out of the config: no such values in a Lambda's arguments or "
            "get_config."
        ),
        _GET_CONFIG,
        _WEIGHTS_ONLY,
        UPGRADE,
    )
    by_user = scene.calls(
        "pickle.dump",
        "PicklingError",
        "joblib.",
        "pickle.py",
        "cloudpickle",
        "dill",
        "multiprocessing",
        "deepcopy(model",
    )
    by_keras = scene.calls(".save(", "save_model", "get_config", "to_json", "ModelCheckpoint", "on_epoch_end")
    if by_user != by_keras:
        return (pickled,) if by_user else (refused,)
    unsure = replace(refused, confidence="medium", when="it was raised by model.save or a ModelCheckpoint")
    return unsure, replace(pickled, confidence="medium")


def _at_saving(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of an error that says little by itself, when it was raised while a model was saved."""
    seen = match[0].lower()
    if "unable to save the object" in seen:
        return _refused(
            "an attribute of the model is a list or dict that was changed from outside, which TensorFlow does not save",
            Remedy(
                "Do not store such containers on the model (or wrap them: self._x = NoDependency(x)); save "
                "weights instead."
            ),
            _WEIGHTS_ONLY,
            UPGRADE,
        )
    if "get_config" in seen:
        return _refused(
            "a class was passed where an instance is wanted (glorot_uniform, Adam without brackets), so that "
            "its config "
            "cannot be asked for",
            Remedy("Pass an instance, or the name.", 'Conv2D(32, 3, kernel_initializer="glorot_uniform")'),
        )
    if not (scene.passed("save") or scene.calls(".save(", "save_model", "to_json", "ModelCheckpoint")):
        return None
    return _refused(
        "saving the model failed in its own code: a layer's get_config or call does not work without data, or "
        "something in it "
        "cannot be written",
        _GET_CONFIG,
        _WEIGHTS_ONLY,
        UPGRADE,
        confidence="medium",
    )


SYMPTOMS = (
    Symptom(
        (
            "captures graph tensor",
            "unable to save function",
            "non-json-serializable",
            "objects of type 'nonetype' is not json",
        ),
        (
            _refused(
                "a function or config of the model holds something that cannot be written: a tensor of another "
                "function, an object that is no plain value",
                _GET_CONFIG,
                Remedy("Move what is captured into the layer (as an attribute made in build).", "self.table = …"),
                _WEIGHTS_ONLY,
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("which references a symbolic tensor", "references untracked object", "attempted to save a function"),
        (
            _refused(
                "a function of the model holds a tensor or resource that is no part of the model (a table, a "
                "variable or a constant made outside), so that it "
                "cannot be put into a SavedModel",
                Remedy(
                    "Make it an attribute of the model or layer (self.table = …), or create it inside the function.",
                    "self.table = table",
                ),
                _WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("cannot be saved either because", "cannot be saved because", "can not be saved because"),
        (
            _refused(
                "the model was never called or built, so that its inputs are not known",
                Remedy("Call it on data (or build it) first.", 'model(example); model.save("model.keras")'),
                _WEIGHTS_ONLY,
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "filename must end in .weights.h5",
            "must end in .weights.h5",
            "must end in .keras",
            "invalid filepath extension for saving",
            "must end in .weights.json",
            "please add either a .keras extension",
            "the filepath provided must end",
        ),
        lambda scene, match: _refused(
            "this release wants a certain ending of the name, and does not save under this one",
            *((_WEIGHTS, _KERAS) if ".weights" in match[0].lower() else (_KERAS, _EXPORT, _WEIGHTS)),
        ),
        pattern=r"(?:file(?:name|path)[^\n]{0,40} must end in \.?[\w.]+|invalid filepath extension for saving"
        r"|please add either a \.keras|must end in \.(?:weights\.h5|keras))",
        strength=8,
    ),
    Symptom(
        ("object header message is too large",),
        (
            _refused(
                "HDF5 stores the names of layers and weights as attributes, which hold 64 KB at most: the "
                "model has too many, or too long names (or the optimizer has)",
                Remedy(
                    "Save in the .keras format, or in TensorFlow's, which know no such limit.",
                    'model.save("model.keras")',
                ),
                Remedy("Or give the layers shorter names.", 'Dense(10, name="d1")'),
                _NO_OPTIMIZER,
                _WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        strength=9,
    ),
    Symptom(
        (
            "name already exists",
            "unable to create link",
            "unable to create dataset",
            "unable to create group",
            "object already exists",
        ),
        (
            _refused(
                "two weights would be stored under the same name",
                _NAMES,
                Remedy("Or save in the .keras format, which numbers them.", 'model.save("model.keras")'),
                _NO_OPTIMIZER,
                _WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        pattern=r"(?:name|object) already exists|unable to create (?:link|dataset|group)",
        strength=8,
    ),
    Symptom(
        (
            "must override get_config",
            "have arguments in __init__",
            "has arguments in __init__",
            "get_config must be overridden",
            "object was not serializable",
            "must implement get_config",
            "notimplementederror: layer",
        ),
        (
            _refused(
                "a custom layer (or model) has arguments in __init__ and no get_config, so that it cannot be saved",
                _GET_CONFIG,
                REGISTER,
                _WEIGHTS_ONLY,
            ),
        ),
        pattern=r"must override `?get_config|has?v?e? arguments in `?__init__|get_config`? must be overridden"
        r"|must implement `?get_config|with arguments in __init__",
        strength=8,
    ),
    Symptom(
        (
            "is not json serializable",
            "not json serializable",
            "unable to serialize",
            "cannot be serialized",
            "not serializable",
            "unable to serialise",
        ),
        (
            _refused(
                "something in a layer's config cannot be written as JSON: a tensor, an array, a NumPy number "
                "or a function in get_config",
                Remedy(
                    "Return plain numbers, strings and lists from get_config (float(x), x.tolist()); upgrade, "
                    "for this was also a bug of some releases (EagerTensor in EfficientNet, TensorFlow 2.10).",
                    "return {**super().get_config(), 'rate': float(self.rate)}",
                ),
                _WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        pattern=r"not JSON serializable|unable to seriali[sz]e|cannot be serialized",
        strength=7,
    ),
    Symptom(
        (
            "can't pickle",
            "cannot pickle",
            "thread.rlock",
            "_thread.lock",
            "_thread.rlock",
            "weakref",
            "can't pickle local object",
        ),
        _pickled,
        pattern=r"(?:can't|cannot) (?:pickle|deepcopy)|(?:_thread|thread)\.[R_]?[lL]ock",
        strength=7,
    ),
    Symptom(
        (
            "saving the model to hdf5 format requires",
            "requires the model to be a functional model or a sequential",
            "doesn't support saving",
            "saving requires the model",
            "because it is a subclassed",
            "saving of subclassed",
            "model cannot be saved because the input shapes have not been set",
            "cannot be saved because",
            "not supported for subclassed",
        ),
        (
            _refused(
                "a subclassed model (or one that was never called) cannot be saved in this form",
                Remedy(
                    "Save it in the .keras format, or as a SavedModel; call it on data first, so that its "
                    "shapes are known.",
                    'model(example); model.save("model.keras")',
                ),
                _WEIGHTS_ONLY,
            ),
        ),
        pattern=r"saving the model to HDF5 format requires|to be a Functional model or a Sequential"
        r"|cannot be saved because|saving requires|not supported for subclassed",
        strength=8,
    ),
    Symptom(
        (
            "get_config() missing 1 required",
            "has no len()",
            "data type not understood",
            "unable to save the object",
            "unsupported operand",
        ),
        lambda scene, match: _at_saving(scene, match),
        pattern=r"get_config\(\) missing 1 required positional argument: '?self"
        r"|Unable to save the object|has no len\(\)"
        r"|data type not understood|unsupported operand type\(s\) for",
        strength=5,
    ),
    Symptom(
        ("notimplementederror",),
        lambda scene, match: _at_saving(scene, match),
        pattern=r"NotImplementedError:?\s*$",
        strength=3,
    ),
    Symptom(
        ("func_dump", "rawunicodeescape", "marshal.dumps"),
        (
            _refused(
                "the code of a Lambda layer cannot be written: this Keras (2.1.1 and before) encodes bytecode "
                "in a way that a path of Windows in it breaks",
                Remedy(
                    "Upgrade to a newer Keras (2.1.2 or later), or move the script to a path without \\U or \\u.",
                    "pip install -U keras",
                ),
            ),
        ),
        pattern=r"func_dump|rawunicodeescape",
        strength=7,
    ),
    Symptom(
        (
            "save_format",
            "the following argument(s) are not supported with the native keras format",
            "options argument is not supported",
            "argument is deprecated in keras 3",
        ),
        (
            _refused(
                "this release's save does not take that argument (save_format, options, include_optimizer): "
                "the name's ending decides the format",
                _KERAS,
                _EXPORT,
                Remedy("In MLflow: upgrade mlflow, which passes save_format.", "pip install -U mlflow"),
            ),
        ),
        pattern=r"argument\(?s?\)? (?:are|is) not supported with the native Keras format"
        r"|unexpected keyword argument '?save_format|save_format[^\n]{0,60}(?:deprecated|not supported"
        r"|unexpected)|options`? argument is not supported",
        strength=7,
    ),
    Symptom(
        (
            "disk quota exceeded",
            "no space left on device",
            "errno = 28",
            "file write failed",
            "unable to flush",
            "unable to truncate",
        ),
        (
            _refused(
                "the disk is full, or the file cannot be written",
                Remedy("Make room, or save elsewhere; the half-written file is not a model.", "df -h"),
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "'nonetype' object has no attribute '_inbound_nodes'",
            "has no attribute '_inbound_nodes'",
            "tfoplambda",
            "jacobian",
        ),
        (
            Reading(
                "wrong-api-use",
                "a plain function was used between layers of an old Keras, which wants every step to be a layer",
                (
                    Remedy(
                        "Wrap the function in a Lambda layer, or upgrade to TensorFlow 2.4 or later.",
                        "x = Lambda(f)(x)",
                    ),
                ),
                code="KD903",
            ),
        ),
        pattern=r"has no attribute '_inbound_nodes'",
        strength=6,
    ),
)
