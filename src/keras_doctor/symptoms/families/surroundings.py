"""What stands around a model: devices that read for themselves, packages of a cloud, browsers, AutoGraph, policies."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.places import package_of
from keras_doctor.symptoms.readings import broken, row
from keras_doctor.symptoms.remedies import REINSTALL, SAME_VERSION, SIGNATURE, UPGRADE, VERSIONS, WEIGHTS_ONLY
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_POLICY = Remedy(
    "Set the policy that the model was made with before it is built or called, or float32 for what reads its variables "
    "outside of a layer; cast to the layer's compute_dtype.",
    'tf.keras.mixed_precision.set_global_policy("float32")  # or load, and save anew, with this policy',
)
_OLDER_KERAS = Remedy(
    "Or install an older Keras, of the time of this TensorFlow.", "keras-doctor env  # says which pairs belong together"
)


def _backend_call(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of a keyword that Keras's backend passes to TensorFlow, and this TensorFlow does not take."""
    last = scene.parsed.frames[-1] if scene.parsed.frames else None
    if last is None or not last.stem.endswith("_backend") or match["function"] == "__init__":
        return None
    return broken(
        f"Keras's own backend calls {match['function']} of TensorFlow with {match['key']}, which this TensorFlow does "
        f"not take: it is older (or newer) than the Keras beside it wants",
        Remedy("Upgrade TensorFlow to the one that this Keras is for.", "pip install -U tensorflow"),
        _OLDER_KERAS,
        VERSIONS,
        code="KD202",
    )


def _copied(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of a config that cannot be copied: Keras copies that of each layer when it saves a model."""
    frames = scene.parsed.frames
    if not frames or frames[-1].stem != "copy" or scene.calls("pickle", "joblib", "deepcopy(model", "clone("):
        return None
    if any(package_of(frame) not in ("", "keras", "tensorflow", "tf_keras") for frame in frames):
        return None
    return Reading(
        "save-refused",
        "Keras copies the config of each layer when it saves a model, and one of them holds what cannot be copied (a "
        "tensor, a module, a function's closure: mostly of a Lambda or a custom layer)",
        (
            Remedy("Save the weights alone (save_weights_only=True in ModelCheckpoint).", "model.save_weights('w.h5')"),
            Remedy(
                "Look for the layer whose config has a tensor in it: a Lambda that uses one from outside (give "
                "it as an "
                "input, or in arguments), or a get_config that returns one.",
                "for layer in model.layers: copy.deepcopy(layer.get_config())",
            ),
            UPGRADE,
        ),
        "medium",
        "a model is being saved",
        "KD901",
    )


SYMPTOMS = (
    Symptom(
        ("file system scheme '[local]' not implemented",),
        (
            Reading(
                "path-problem",
                "the device that loads (a TPU, a remote worker) has no files of its own: it cannot read a path of this "
                "machine",
                (
                    Remedy(
                        "Read the file on this machine: experimental_io_device for the weights (for saving: the same).",
                        "options = tf.saved_model.LoadOptions(experimental_io_device='/job:localhost')\n"
                        "model = tf.keras.models.load_model(PATH, options=options)",
                    ),
                    Remedy(
                        "Or put the model where a TPU reads: a bucket of Google Cloud Storage (gs://).",
                        "gsutil cp -r MODEL gs://BUCKET/",
                    ),
                    Remedy("Or use an .h5 or .keras file, which is read here.", 'model.load_weights("model.h5")'),
                ),
                code="KD101",
            ),
        ),
        pattern=r"scheme '\[local\]' not implemented(?! \(file: '[^']*variables_temp)",  # that is written by a save
        strength=9,
    ),
    row(
        "wrong-api-use",
        "KD903",
        "a variable of a model with mixed precision is used in another type than the policy casts it to",
        (
            "requested to type 'float32' for autocastvariable",
            "for autocastvariable which is casted to",
            "for autocastvariable",
        ),
        _POLICY,
        UPGRADE,
        SAME_VERSION,
        sure="medium",
        strength=7,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the model has weights in int8 and computes in float (a hybrid model), which TensorFlow Lite Micro does "
        "not run",
        ("hybrid models are not supported",),
        Remedy(
            "Quantize it whole: integer weights and activations, from a representative_dataset.",
            "converter.optimizations = [tf.lite.Optimize.DEFAULT]\nconverter.representative_dataset = examples\n"
            "converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]",
        ),
        Remedy("Or leave it in float: no optimizations.", "converter.optimizations = []"),
        strength=7,
    ),
    row(
        "path-problem",
        "KD101",
        "a page in a browser asks for a model by a path of the disk; browsers load over http only",
        (
            "not allowed to load local resource",
            'url scheme "file" is not supported',
            "only http(s) protocols are supported",
            'url scheme must be "http" or "https"',
        ),
        Remedy(
            "Serve the folder of model.json over http (CORS allowed), and give its URL.",
            "npx http-server --cors .   # tf.loadLayersModel('http://localhost:8080/model.json')",
        ),
        Remedy("In Node: load by file:// with tfjs-node.", "const tf = require('@tensorflow/tfjs-node')"),
        sure="medium",
        strength=7,
    ),
    row(
        "savedmodel-revive",
        "KD905",
        "a function of the SavedModel runs and its variables are not there: they were not tracked when it was "
        "saved, or "
        "they belong to another graph or session (TensorFlow 1)",
        (
            "could not find variable",
            "status error message=resource localhost",
            "this could mean that the variable has been deleted",
        ),
        Remedy(
            "Save it anew so that all variables are tracked: the .keras format, model.export, or an ExportArchive that "
            "tracks the layers; use one Keras for saving and loading (tf_keras for Keras 2).",
            "archive = keras.export.ExportArchive(); archive.track(model); archive.write_out('saved')",
        ),
        Remedy(
            "In TensorFlow 1: load and predict in the same graph and session, and initialize the variables before.",
            "with graph.as_default(), session.as_default(): model.predict(x)",
        ),
        SIGNATURE,
        sure="medium",
        strength=4,
    ),
    row(
        "environment-broken",
        "KD909",
        "AutoGraph cannot read the code with the gast that is installed: that package is too new for this "
        "TensorFlow (it is a "
        "warning: the code runs as it is)",
        ("bad argument number for name: 3, expecting 4", "module 'gast' has no attribute"),
        Remedy("Install the gast of that time.", 'pip install "gast==0.2.2"  # TensorFlow 2.2 and later: gast==0.3.3'),
        UPGRADE,
        sure="medium",
        strength=9,
    ),
    row(
        "environment-broken",
        "KD909",
        "the package of your code was not installed by pip where the model is to be loaded",
        ("failed to install: command '", "failed to install: command [", "user-provided package"),
        Remedy(
            "Build and install that package with the Python (and pip) of that place first: its setup.py, its "
            "requirements "
            "and their versions have to fit the runtime version.",
            "python setup.py sdist && python -m pip install dist/*.tar.gz",
        ),
        VERSIONS,
        REINSTALL,
        sure="medium",
        strength=9,
    ),
    Symptom(
        ("got an unexpected keyword argument",),
        _backend_call,
        pattern=r"(?P<function>\w+)\(\) got an unexpected keyword argument '?(?P<key>\w+)",
        strength=8,
    ),
    Symptom(
        ("attributeerror: 'nonetype' object has no attribute 'update'", "cannot deepcopy", "typeerror: can't pickle"),
        _copied,
        strength=7,
    ),
    Symptom(
        ("received: name=<",),
        (
            Reading(
                "name-invalid",
                "a layer was given where a name is wanted: Sequential takes one list of layers, and its second "
                "argument "
                "is the name",
                (
                    Remedy("Put the layers into one list (in square brackets).", "Sequential([Dense(8), Dense(1)])"),
                    WEIGHTS_ONLY,
                ),
                "medium",
                code="KD311",
            ),
        ),
        strength=9,
    ),
)
