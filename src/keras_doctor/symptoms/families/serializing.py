"""Models whose parts cannot be written: configs, functions and objects that no file can hold."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms.readings import unsaved
from keras_doctor.symptoms.remedies import GET_CONFIG, REGISTER, UPGRADE, WEIGHTS_ONLY
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


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
    refused = unsaved(
        "something in the model's config (a tensor, a function, a lock, a module) cannot be copied or written: "
        "arguments of a "
        "Lambda, or a get_config that returns it",
        Remedy(
            "Keep tensors, backends and functions out of the config: no such values in a Lambda's arguments or "
            "get_config."
        ),
        GET_CONFIG,
        WEIGHTS_ONLY,
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
        return unsaved(
            "an attribute of the model is a list or dict that was changed from outside, which TensorFlow does not save",
            Remedy(
                "Do not store such containers on the model (or wrap them: self._x = NoDependency(x)); save "
                "weights instead."
            ),
            WEIGHTS_ONLY,
            UPGRADE,
        )
    if "get_config" in seen:
        return unsaved(
            "a class was passed where an instance is wanted (glorot_uniform, Adam without brackets), so that "
            "its config "
            "cannot be asked for",
            Remedy("Pass an instance, or the name.", 'Conv2D(32, 3, kernel_initializer="glorot_uniform")'),
        )
    if not (scene.passed("save") or scene.calls(".save(", "save_model", "to_json", "ModelCheckpoint")):
        return None
    return unsaved(
        "saving the model failed in its own code: a layer's get_config or call does not work without data, or "
        "something in it "
        "cannot be written",
        GET_CONFIG,
        WEIGHTS_ONLY,
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
            unsaved(
                "a function or config of the model holds something that cannot be written: a tensor of another "
                "function, an object that is no plain value",
                GET_CONFIG,
                Remedy("Move what is captured into the layer (as an attribute made in build).", "self.table = …"),
                WEIGHTS_ONLY,
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("which references a symbolic tensor", "references untracked object", "attempted to save a function"),
        (
            unsaved(
                "a function of the model holds a tensor or resource that is no part of the model (a table, a "
                "variable or a constant made outside), so that it "
                "cannot be put into a SavedModel",
                Remedy(
                    "Make it an attribute of the model or layer (self.table = …), or create it inside the function.",
                    "self.table = table",
                ),
                WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        strength=7,
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
            unsaved(
                "a custom layer (or model) has arguments in __init__ and no get_config, so that it cannot be saved",
                GET_CONFIG,
                REGISTER,
                WEIGHTS_ONLY,
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
            unsaved(
                "something in a layer's config cannot be written as JSON: a tensor, an array, a NumPy number "
                "or a function in get_config",
                Remedy(
                    "Return plain numbers, strings and lists from get_config (float(x), x.tolist()); upgrade, "
                    "for this was also a bug of some releases (EagerTensor in EfficientNet, TensorFlow 2.10).",
                    "return {**super().get_config(), 'rate': float(self.rate)}",
                ),
                WEIGHTS_ONLY,
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
            unsaved(
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
