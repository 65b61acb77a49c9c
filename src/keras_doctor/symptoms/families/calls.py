"""Calls that cannot work, whatever the file."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import LOADING
from keras_doctor.symptoms.remedies import CHECK, CUSTOM_OBJECTS, INSPECT, REBUILD
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


def _wrong(what: str, *remedies: Remedy, confidence: str = "high", **more: str) -> Reading:
    return Reading("wrong-api-use", what, remedies, confidence, code="KD903", **more)  # type: ignore[arg-type]


_OF_MODELS = (
    "predict",
    "summary",
    "evaluate",
    "layers",
    "fit",
    "load_weights",
    "get_weights",
    "compile",
    "input",
    "output",
    "save",
    "call",
    "inputs",
    "outputs",
    "to_json",
    "get_config",
    "trainable",
    "add",
    "pop",
    "signatures",
    "_get_save_spec",
    "get_layer",
    "optimizer",
    "predict_classes",
)


_OF_MODULES = ("load_model", "save_model", "model_from_json", "model_from_yaml", "model_from_config", "clone_model")


def _no_attribute(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    kind, name = match["kind"], match["name"]
    if kind in ("str", "PosixPath", "WindowsPath", "dict", "list", "NoneType", "tuple") and name in _OF_MODELS:
        if kind == "NoneType":
            return _wrong(
                "a model is asked for where there is None: load_weights, compile and fit change the model that they "
                "are called on, and their result is no model",
                Remedy(
                    "Do not assign what load_weights returns (None): call it, and go on with the model.",
                    "model.load_weights(PATH)\nmodel.predict(x)",
                ),
                Remedy("Or load the whole model.", "model = load_model(PATH)"),
            )
        return _wrong(
            f"a {kind} is used as if it were a model: what was loaded is not one, or the path was passed in its place",
            Remedy("Load the model first, and pass what load_model returns.", "model = load_model(PATH)"),
            Remedy(
                "To convert a saved folder: the converter has a function for paths (from_saved_model, "
                "from_frozen_graph), and "
                "from_keras_model wants a model.",
                "tf.lite.TFLiteConverter.from_saved_model(PATH)",
            ),
        )
    if name in _OF_MODULES or (name in _OF_MODELS and kind[:1].isupper() and names.library(kind) is None):
        owner = f"keras.models.{name}" if name in _OF_MODULES else f"a model's method {name}"
        return _wrong(
            f"{kind} has no {name}: it is {owner}, and is asked of something else",
            Remedy(
                "Import it from Keras, or call it on the model itself.",
                "from tensorflow.keras.models import load_model",
            ),
            Remedy("Look up what the class has in the installed release (version).", f"dir({kind})"),
            confidence="medium",
        )
    if (
        kind == "list"
        and not scene.passed(*LOADING)
        and name in ("shape", "ndim", "dtype", "astype", "reshape", "values")
    ):
        return _wrong(
            "a list is given where an array is wanted",
            Remedy(
                "Make an array of it; sequences of different lengths are padded first.",
                "x = np.array(x)  # or keras.utils.pad_sequences(x)",
            ),
            confidence="medium",
        )
    if name in ("predict_classes", "predict_proba"):
        return _wrong(
            f"{name} was removed in TensorFlow 2.6",
            Remedy("Use predict, and take the class of the highest value.", "model.predict(x).argmax(-1)"),
        )
    if name in ("fit_generator", "predict_generator", "evaluate_generator"):
        return _wrong(
            f"{name} was removed in Keras 3",
            Remedy("Use fit, predict or evaluate, which take generators.", "model.fit(generator)"),
        )
    return None


def _of_a_class(scene: Scene, kind: str, name: str) -> tuple[Reading, ...]:
    """Tell of an attribute that an object does not have: of a class of Keras's own, or of somebody else's."""
    other_release = Reading(
        "environment-broken",
        f"{kind} of the installed release has no {name}: the code (or a package) was written for another release",
        (
            Remedy("Bring the packages to releases that belong together.", "keras-doctor env"),
            Remedy(f"Or look up what this release calls it ({name}).", f"dir({kind})"),
        ),
        "low",
        f"{name} stands in another package's code, or in older code",
        "KD909",
    )
    wrong = _wrong(
        f"{kind} has no attribute {name}",
        Remedy("Look up the attributes and methods of the installed release.", f"dir({kind})"),
        confidence="low",
        when="your own code asks for it",
    )
    if names.library(kind) is not None:
        return other_release, wrong
    own = Reading(
        "custom-object-broken",
        f"{kind} is not Keras's: its __init__, build or get_config asks for {name} before (or without) setting it",
        (
            Remedy(f"Set self.{name} in __init__ of {kind}, before it is used.", f"self.{name} = {name}"),
            CUSTOM_OBJECTS,
            REBUILD,
        ),
        "low",
        f"{kind} is a layer or model of your own",
        "KD917",
    )
    return (own, wrong) if scene.passed(*LOADING, "save") or scene.calls("load_model", ".save(") else (wrong, own)


def _other_calls(seen: str) -> Reading:
    """Tell of calls that ask a model for what it does not have."""
    if "endpoint" in seen or "savedmodel" in seen or "positional" in seen:
        return _wrong(
            "the SavedModel is called by another name or with other arguments than it was exported with",
            Remedy("List its signatures and their inputs, and call them so.", "saved_model_cli show --dir PATH --all"),
            confidence="medium",
        )
    if "feed_dict" in seen:
        return _wrong(
            "the model was loaded in another graph or session than it is used in",
            Remedy("Load and use it in the same graph, or clear the session first.", "keras.backend.clear_session()"),
            confidence="medium",
        )
    return _wrong(
        "the model or layer was not called yet, so that it has no inputs and outputs to ask for",
        Remedy("Call it on an example, or build it, first.", "model(example)"),
        REBUILD,
        confidence="medium",
    )


SYMPTOMS = (
    Symptom(
        (
            "has never been called and thus has no defined",
            "has no inbound nodes",
            "has multiple inbound nodes",
            "is neither an attribute of the reloaded savedmodel",
            "cannot interpret feed_dict key",
            "too many positional arguments",
            "unrecognized path type",
        ),
        lambda scene, match: _other_calls(match[0].lower()),
        strength=6,
    ),
    Symptom(
        ("error when checking",),
        (
            _wrong(
                "the data have another shape than the model wants: another size, order of dimensions (channels "
                "first or last) or number of inputs",
                Remedy(
                    "Compare model.input_shape with the shape of the data. When the channels are in the wrong "
                    "place: image_data_format "
                    "(image_dim_ordering in Keras 1) in ~/.keras/keras.json is another one than where the "
                    "model was made.",
                    "cat ~/.keras/keras.json",
                ),
                INSPECT,
                confidence="medium",
            ),
        ),
        pattern=r"error when checking[^\n]{0,200}(?:shape|dimension|array)",
        strength=5,
    ),
    Symptom(
        ("invalid filename: expected",),
        (
            _wrong(
                "the name does not end as this call wants it",
                Remedy("Name the file with the ending that the message gives.", "mv model model.keras"),
                CHECK,
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("object has no attribute",),
        _no_attribute,
        pattern=r"'(?P<kind>\w+)' object has no attribute '(?P<name>\w+)'",
        strength=5,
    ),
    Symptom(
        ("object has no attribute", "type object"),
        lambda scene, match: _of_a_class(scene, match["kind"], match["name"]),
        pattern=r"'(?P<kind>(?!NoneType)[A-Z]\w+)' (?:object )?has no attribute '(?P<name>\w+)'",
        strength=1,
    ),
    Symptom(
        (
            "model_from_yaml() has been removed",
            "has no attribute 'model_from_yaml'",
            "model_from_yaml method has been removed",
        ),
        (
            Reading(
                "format-not-supported",
                "YAML is not read any more (from TensorFlow 2.6 on, for safety)",
                (
                    Remedy(
                        "Load it with an older release and write JSON; or read the YAML with a safe parser and "
                        "pass the same as JSON to model_from_json.",
                        "keras-doctor inspect PATH",
                    ),
                ),
                code="KD207",
            ),
        ),
        pattern=r"model_from_yaml",
        strength=6,
    ),
    Symptom(
        (
            "by_name only supports loading legacy",
            "invalid keyword arguments",
            "by_name is only supported",
            "by_name and skip_mismatch",
            "the following argument(s) are not supported with",
        ),
        (
            _wrong(
                "by_name works only for weights in the older HDF5 layout (.h5), not for .weights.h5, .keras or "
                "checkpoints",
                Remedy(
                    "Rename the file to .h5 when it has the older layout; else leave by_name out.",
                    "model.load_weights(PATH, skip_mismatch=True)",
                ),
                INSPECT,
            ),
        ),
        pattern=r"by_name`? (?:only supports|is only supported)|by_name[^\n]{0,60}not supported"
        r"|Invalid keyword arguments: \{'by_name'",
        strength=7,
    ),
    Symptom(
        (
            "you must feed a value for placeholder tensor",
            "learning_phase",
            "tensor is not an element of this graph",
            "is not an element of this graph",
            "session graph is empty",
            "cannot use the given session",
        ),
        (
            _wrong(
                "the model was loaded in another graph or session (another thread, a web server) than it is used in",
                Remedy(
                    "Keep graph and session of the load, and use them when predicting; or use TensorFlow 2.",
                    "with graph.as_default(), session.as_default():\n    model.predict(x)",
                ),
                confidence="medium",
            ),
        ),
        pattern=r"is not an element of this graph|session graph is empty|cannot use the given session"
        r"|must feed a value for placeholder",
        strength=3,
    ),
    Symptom(
        (
            "attempt to use uninitialized value",
            "attempting to use uninitialized value",
            "failedpreconditionerror",
            "error while reading resource variable",
            "container localhost does not exist",
        ),
        (
            _wrong(
                "variables are used before they hold anything: initialised after the load, or in another session",
                Remedy(
                    "Load the weights after the variables were initialised, in the session that is used "
                    "(K.get_session()).",
                    "K.set_session(session)  # before load_model",
                ),
                confidence="medium",
            ),
        ),
        strength=5,
    ),
    Symptom(
        (
            "expected to see",
            "model is already compiled",
            "has no attribute 'predict_function'",
            "has no attribute 'train_function'",
            "has no attribute 'test_function'",
            "call the model first",
            "model has not yet been built",
            "hasn't been built",
            "this model has not yet been built",
        ),
        (
            _wrong(
                "the model was not built yet: it has no variables before it is called or its input shape is known",
                Remedy("Build it, or call it on an example first.", "model.build((None, 28, 28, 1))"),
                Remedy("Old Keras (1.0) wants compile before predict.", 'model.compile("sgd", "mse")'),
                REBUILD,
                confidence="medium",
            ),
        ),
        pattern=r"model has not yet been built|call the model first|hasn't been built|(?:predict|train|test)_function'",
        strength=4,
    ),
    Symptom(
        (
            "must be an instance of",
            "expected str, bytes or os.pathlike object",
            "unable to load model",
            "unrecognized path",
            "invalid file:",
            "file path must be",
        ),
        (_wrong("load_model was given something that is no path", CHECK, confidence="low"),),
        pattern=r"unrecognized path type|Invalid file: <|filepath must be"
        r"|expected str, bytes or os\.PathLike object, not (?!NoneType)\w+",
        strength=5,
    ),
)
