"""Lambda layers: Python code in a file, refused, of another Python, or not runnable where it is loaded."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import REBUILD, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_SAME_PYTHON = Remedy(
    "Load it with the same Python version (minor) that saved it; the bytecode tells which one that was. "
    "Another TensorFlow does not help.",
    "keras-doctor check PATH",
)
_REWRITE = Remedy(
    "Or rebuild the model with the code that made it (the Lambda written anew, or as a registered layer class) "
    "and load the weights (load_weights).",
    "model = build_model()\nmodel.load_weights(PATH)",
)
_TRUST = Remedy(
    "When you trust whoever made the file: allow it. The code in the file then runs in your process.",
    "model = load_model(PATH, safe_mode=False)",
)
_LOOK = Remedy("First see what the code does, without running it:", "keras-doctor check PATH")
_CLASS = Remedy(
    "For good: replace the Lambda by a layer class of your own, registered, and save again.",
    "@keras.saving.register_keras_serializable()\nclass Scale(keras.layers.Layer): …",
)
_SHORT = (
    "tf",
    "K",
    "np",
    "keras",
    "backend",
    "math",
    "layers",
    "tensorflow",
    "numpy",
    "F",
    "T",
    "theano",
    "image",
    "ops",
    "jnp",
)


def _undefined(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "name 'tf' is not defined": a Lambda's global, unless it is the user's own script."""
    name = match["name"]
    lambda_seen = scene.passed("lambda") or "lambda" in scene.low
    loading = scene.passed("load", "construct", "graph") or scene.calls("load_model", "from_config", "model_from_json")
    given = Remedy(
        f"Give the name where the layer looks for it: in custom_objects (import {name} first when it is a module).",
        f'model = load_model(PATH, custom_objects={{"{name}": {name}}})',
    )
    inside = Remedy(
        "In the code that saves: import inside the function, or pass values with arguments=; Keras stores no "
        "globals with a Lambda.",
        "def f(x):\n    import tensorflow as tf\n    …",
    )
    reading = Reading(
        "lambda-not-runnable",
        f"the function of a Lambda layer (or of a custom object) uses the name {name}, which is not known where "
        f"the model was loaded: a Lambda's globals are not stored in the file",
        (given, inside, _CLASS, UPGRADE),
        "high" if lambda_seen or loading or name in _SHORT else "medium",
    )
    if name == "load_model" or (scene.parsed.frames and not lambda_seen and not loading and name not in _SHORT):
        return Reading(
            "wrong-api-use",
            f"the script uses {name} before it is defined or imported",
            (Remedy(f"Import or define {name} first.", f"import {name}"),),
            "medium",
            code="KD903",
        )
    return reading


SYMPTOMS = (
    Symptom(
        (
            "'str' object is not callable",
            "'dict' object is not callable",
            "'unicode' object is not callable",
            "unicode is not callable",
            "'bytes' object is not callable",
        ),
        (
            Reading(
                "lambda-not-runnable",
                "a function is still what the config calls it (its name), for it was not found when the model "
                "was loaded: of a Lambda layer, "
                "an activation or a custom object",
                (
                    Remedy(
                        "Define or import the function, and pass it in custom_objects by that name.",
                        'model = load_model(PATH, custom_objects={"f": f})',
                    ),
                    _CLASS,
                ),
                "medium",
                "a Lambda layer is involved",
            ),
            Reading(
                "custom-object-missing",
                "a function of your own was not given to the loader",
                (_CLASS,),
                "medium",
                "it is an activation, or of a custom layer",
            ),
        ),
        strength=4,
    ),
    Symptom(
        (
            "bad marshal data",
            "eof read where object expected",
            "marshal data too short",
            "objects/codeobject.c",
            "unknown opcode",
            "xxx lineno:",
            "arg 5 (closure) must be",
            "requires closure of length",
            "bad argument to internal function",
            "code() takes at least",
            "code() takes at most",
            "code() argument",
            "code expected at least",
            "an integer is required (got type bytes)",
        ),
        (
            Reading(
                "bytecode-incompatible",
                "a Lambda layer (or another function) is stored as bytecode of another Python version, which "
                "this Python cannot read",
                (_SAME_PYTHON, _REWRITE, _LOOK, _CLASS),
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("(type lambda)", "calling lambda.call()"),
        (
            Reading(
                "lambda-not-runnable",
                "the function of a Lambda layer raised when it was called; what it raised is not told, or not known",
                (
                    Remedy(
                        "Give its globals in custom_objects (import tf, K, np …); or rebuild the model with the code "
                        "that "
                        "made it, and load the weights.",
                        'model = load_model(PATH, custom_objects={"tf": tf})',
                    ),
                    _CLASS,
                    REBUILD,
                ),
                "low",
            ),
        ),
        pattern=r"exception encountered when calling (?:layer [^\n]{0,80}\(type Lambda\)|Lambda\.call\(\))",
        strength=1,
    ),
    Symptom(
        ("<lambda>() missing", "<lambda>() takes", "<lambda>() got"),
        (
            Reading(
                "lambda-not-runnable",
                "the function of a Lambda layer is called with other arguments than it has: its arguments= were not "
                "stored, or this release calls it otherwise",
                (
                    Remedy("Give every argument but the first a default.", "Lambda(lambda x, alpha=0.2: …)"),
                    _CLASS,
                    REBUILD,
                ),
                "medium",
            ),
        ),
        strength=5,
    ),
    Symptom(
        (
            "requested the deserialization of a lambda",
            "requested the deserialization of a python lambda",
            "is a python lambda. deserializing it is unsafe",
            "lambda layer is a python lambda",
            "python lambda inside it",
            "layer whose function is a python lambda",
            "unsafe deserialization",
        ),
        (
            Reading(
                "lambda-refused",
                "a Lambda layer holds Python code, and Keras does not run code out of a file unless it is told "
                "to (safe mode)",
                (
                    _LOOK,
                    _TRUST,
                    _CLASS,
                    Remedy(
                        "model_from_json has no such argument: allow it for the process.",
                        "keras.config.enable_unsafe_deserialization()",
                    ),
                ),
            ),
        ),
        strength=9,
    ),
    Symptom(
        (
            "could not automatically infer the shape of the lambda",
            "infer the output shape of the lambda",
            "output_shape argument",
            "automatically infer the output shape",
        ),
        (
            Reading(
                "lambda-not-runnable",
                "the function of a Lambda layer cannot be run to find the shape of its output: it uses names "
                "that are not known here, or an older Keras's functions",
                (
                    Remedy(
                        "Give its globals in custom_objects (import tf, K, np …), and an output_shape to the Lambda.",
                        'model = load_model(PATH, custom_objects={"tf": tf})',
                    ),
                    _CLASS,
                    REBUILD,
                ),
            ),
        ),
        pattern=r"infer the (?:output )?shape of the Lambda|specify the output_shape argument for this Lambda",
        strength=8,
    ),
    Symptom(("is not defined",), _undefined, pattern=r"name '?(?P<name>\w+)'? is not defined", strength=6),
    Symptom(
        ("unsupported callable", "function in lambda layer", "unknown function in lambda"),
        (
            Reading(
                "custom-object-missing",
                "a Lambda layer stores its function by name alone, and the function was not given to the loader",
                (
                    Remedy(
                        "Define or import the function, and pass it in custom_objects by that name.",
                        'model = load_model(PATH, custom_objects={"f": f})',
                    ),
                    _CLASS,
                ),
            ),
        ),
        strength=7,
    ),
    Symptom(
        ('cannot find "backend"', "cannot find 'backend'", "keras models using backend"),
        (
            Reading(
                "lambda-not-runnable",
                "the function of a Lambda layer uses the backend, which is not known where the model was loaded",
                (
                    Remedy(
                        "Import it, and give it in custom_objects.",
                        'model = load_model(PATH, custom_objects={"backend": keras.backend, "K": keras.backend})',
                    ),
                    _CLASS,
                ),
                "medium",
            ),
        ),
        strength=4,
    ),
)
