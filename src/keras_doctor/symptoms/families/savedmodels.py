"""SavedModels whose objects, functions or operations cannot be brought back, and backends that lack something."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.families.tools import OTHER_TOOLS
from keras_doctor.symptoms.remedies import CUSTOM_OBJECTS, LEGACY_KERAS, REBUILD, REGISTER, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_RESAVE = Remedy("Or re-save it with the original code and this TensorFlow.", 'model.save("model.keras")')
_CLASSES = Remedy(
    "Give the original class in custom_objects; it needs get_config and from_config.",
    'model = load_model(PATH, custom_objects={"Name": Name})',
)
_SIGNATURE = Remedy(
    "An object without Keras's metadata is only TensorFlow's: call its signature. To have a Keras model, save "
    "it with model.save, or rebuild it and load the variables.",
    'f = tf.saved_model.load(PATH).signatures["serving_default"]',
)
# Prefixes and names of operations that come with a package, which registers them when it is imported.
_OPS = (
    (
        (
            "CaseFold",
            "Normalize",
            "Wordpiece",
            "Sentencepiece",
            "Unicode",
            "RegexSplit",
            "Tokenizer",
            "TokenizerFromLogits",
            "FastWordpiece",
            "FastBert",
            "ConstrainedSequence",
            "Ngrams",
            "SplitMerge",
            "RougeL",
            "Whitespace",
            "Roundtrip",
            "MaxSpanning",
            "BertTokenizer",
            "Trimmer",
            "PhraseTokenizer",
            "TFText",
        ),
        "tensorflow_text",
        "tensorflow-text",
    ),
    (("Addons>", "Addons"), "tensorflow_addons", "tensorflow-addons"),
    (("IO>",), "tensorflow_io", "tensorflow-io"),
    (("SimpleMLCreate", "SimpleML", "InferenceOp"), "tensorflow_decision_forests", "tensorflow-decision-forests"),
    (("TPU",), "", ""),
    (("Trt", "TRT"), "", ""),
    (("Recommenders>", "Scann"), "tensorflow_recommenders", "tensorflow-recommenders"),
)


def _operation(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    name = match["name"]
    for starts, module, package in _OPS:
        if name.startswith(starts) and module:
            cause = "converter-incompatible" if scene.calls(*OTHER_TOOLS) else "backend-missing"
            return Reading(
                cause,
                f"the graph uses the operation {name} of {module}, which registers it when it is imported",
                (
                    Remedy(
                        f"Install {module} ({package}) in the version of your TensorFlow, and import it before "
                        f"loading.",
                        f"pip install {package}\npython -c 'import {module}'",
                    ),
                    Remedy("Outside Python: load the package's op library first.", "TensorFlow.loadLibrary(…)"),
                ),
                code="KD902" if cause.startswith("conv") else "KD906",
            )
    return Reading(
        "savedmodel-revive",
        f"the graph uses the operation {name}, which this TensorFlow does not have: it was saved by a newer "
        f"one, or with a package that registers it",
        (
            UPGRADE,
            SAME_VERSION,
            Remedy("When a package has the operation: import it before loading.", "import tensorflow_text"),
        ),
        code="KD905",
    )


_METRIC_REMEDIES = (
    Remedy(
        "Load it without its training state, or give the metric in custom_objects.",
        "model = load_model(PATH, compile=False)",
    ),
    _CLASSES,
    REGISTER,
)
_METRIC_KERAS = Reading(
    "savedmodel-revive",
    "a metric of the SavedModel cannot be restored: a class of another release, or a function of yours",
    _METRIC_REMEDIES,
    "medium",
    "the metric is Keras's own",
    "KD905",
)
_METRIC_OWN = Reading(
    "custom-object-missing",
    "a metric made from a function of yours cannot be restored from the SavedModel",
    _METRIC_REMEDIES,
    "medium",
    "the metric is your own",
)


def _restore(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    """Tell of "Unable to restore custom object of …"."""
    name = match.groupdict().get("name") or match.groupdict().get("name2") or ""
    kind = match["kind"] or match["kind2"] or ""
    known = names.library(name) if name else None
    if "metric" in kind or (known is not None and known.kind in ("metrics", "losses")):
        return (_METRIC_OWN, _METRIC_KERAS) if name else (_METRIC_KERAS, _METRIC_OWN)
    if known is not None:
        return Reading(
            "savedmodel-revive",
            f"the {name} of the SavedModel cannot be restored from its config in this release: it was saved by "
            f"another one",
            (SAME_VERSION, UPGRADE, _CLASSES, REBUILD),
            code="KD905",
        )
    return Reading(
        "custom-object-missing",
        f"{name or 'a custom class'} of the SavedModel is needed to restore it, and was not given to the loader",
        (_CLASSES, REGISTER, CUSTOM_OBJECTS, REBUILD),
    )


def _missing_operation(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "KeyError: 'CaseFoldUTF8'": an operation of a known package."""
    named = any(match["name"].startswith(starts) for starts, module, _ in _OPS if module)
    return _operation(scene, match) if named else None


SYMPTOMS = (
    Symptom(("keyerror",), _missing_operation, pattern=r"KeyError: ?'(?P<name>[A-Z][\w>]+)'", strength=5),
    Symptom(
        ("experimental_io_device",),
        (
            Reading(
                "savedmodel-revive",
                "the graph of the SavedModel could not be imported: the lines before say which operation this "
                "TensorFlow does not have",
                (
                    UPGRADE,
                    Remedy(
                        "Import the package that has the operation (tensorflow_text …) before loading.",
                        "import tensorflow_text",
                    ),
                ),
                "low",
                code="KD905",
            ),
        ),
        strength=2,
    ),
    Symptom(("op type not registered",), _operation, pattern=r"Op type not registered '?(?P<name>[\w>]+)", strength=9),
    Symptom(("_get_op_def", "_op_def_cache"), _operation, pattern=r"KeyError: '(?P<name>[A-Z][\w>]+)'", strength=5),
    Symptom(
        (
            "unable to restore custom object",
            "unable to restore a layer of class",
            "unable to restore object of class",
            "unable to restore a custom",
            "unable to restore custom metric",
        ),
        _restore,
        pattern=r"Unable to restore (?:custom object of (?:class \"?(?P<name>\w+)\"? \(type (?P<kind>\w+)"
        r"|type (?P<kind2>\w+))|(?:a )?(?:layer|object) of class '?(?P<name2>\w+)|custom metric|a custom)",
        strength=8,
    ),
    Symptom(
        ("unable to decode config",),
        (
            Reading(
                "custom-object-broken",
                "a custom layer has no usable get_config (it raised, or returned nothing), so that the "
                "SavedModel holds no config for it",
                (
                    Remedy(
                        "Write get_config (and call with all its arguments) for each custom layer, and re-save.",
                        "def get_config(self): …",
                    ),
                    REGISTER,
                    REBUILD,
                ),
                code="KD917",
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "could not find matching function to call",
            "could not find matching concrete function",
            "missing 1 required argument",
            "missing required argument",
            "required arguments:",
        ),
        lambda scene, match: _functions(scene, match),
        pattern=r"could not find matching (?:concrete )?function|f\(.*\) missing \d+ required arg|missing (?:1"
        r"|\d+) required arguments?:? ?\w*|\) mis$",
        strength=6,
    ),
    Symptom(
        (
            "nodedef mentions attr",
            "value for attr '",
            "graphdef-interpreting binary",
            "not in op<name",
            "expects to be colocated",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the graph was written by a newer TensorFlow: an operation in it has an attribute that this "
                "one does not know",
                (UPGRADE, SAME_VERSION),
                code="KD905",
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "python objects that were not bound to checkpointed values",
            "the same saveable will be restored with two names",
            "unresolved object in checkpoint",
            "unresolvedobject",
            "object-graph-based checkpoint",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the variables of the SavedModel (or checkpoint) are not those of the objects that are made "
                "here: a lookup table, a layer of another release",
                (SAME_VERSION, UPGRADE, REBUILD),
                "medium",
                code="KD905",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "'autotrackable' object has no attribute",
            "'_userobject' object has no attribute",
            "autotrackable object has no attribute",
            "'_userobject' object is not callable",
            "'autotrackable' object is not callable",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the SavedModel holds no Keras model (no Keras metadata): TensorFlow gives back a bare object, "
                "without summary, predict and the like",
                (_SIGNATURE, REBUILD, LEGACY_KERAS),
                code="KD118",
            ),
        ),
        pattern=r"'?(?:AutoTrackable|_UserObject|WrapperFunction)'? object (?:has no attribute|is not callable)",
        strength=5,
    ),
    Symptom(
        (
            "metagraphdef associated with tags",
            "keraslayer requires",
            "signature_def",
            "does not contain a signature",
            "keyerror: 'serving_default'",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the SavedModel has no graph under those tags, or no such signature",
                (Remedy("List what it has.", "saved_model_cli show --dir PATH --all"), _SIGNATURE),
                code="KD905",
            ),
        ),
        pattern=r"MetaGraphDef associated with tags|does not contain a signature|KeyError: 'serving_default'"
        r"|signature[^\n]{0,40}not found",
        strength=6,
    ),
    Symptom(
        ("called trackable._track_trackable() with name='variables'",),
        (
            Reading(
                "name-invalid",
                "an attribute of the model has a name that newer TensorFlow keeps for itself (variables)",
                (SAME_VERSION, REBUILD),
            ),
        ),
        strength=9,
    ),
    Symptom(
        (
            "requires tensorflow. install it via",
            "requires tensorflow to be installed",
            "only supported with the tensorflow backend",
            "is only available with the tensorflow backend",
            "with the tensorflow backend",
            "with the jax backend",
            "with the torch backend",
            "backend is not installed",
            "unable to import backend",
            "requires the tensorflow backend",
            "please install tensorflow",
        ),
        (
            Reading(
                "backend-missing",
                "this layer (or loader) works with TensorFlow only, and Keras runs on another backend here, or "
                "TensorFlow is not installed",
                (
                    Remedy(
                        "Install TensorFlow; preprocessing layers then work under every backend.",
                        "pip install tensorflow",
                    ),
                    Remedy("Or choose it as the backend before Keras is imported.", "export KERAS_BACKEND=tensorflow"),
                ),
                code="KD210",
            ),
        ),
        pattern=r"requires TensorFlow\b(?! 2)|\bonly [\w ]{0,30}with the (?:TensorFlow|JAX|Torch) backend"
        r"|backend is not installed|unable to import backend|requires the TensorFlow backend",
        strength=7,
    ),
    Symptom(
        (
            "no opkernel was registered to support op",
            "cudnnrnn",
            "only supports nhwc",
            "nchw",
            "only supported on the gpu",
            "channels first",
            "data_format nchw",
            "cpu implementation",
        ),
        (
            Reading(
                "backend-op-unsupported",
                "the model uses an operation that this device or backend cannot run: cuDNN layers want a GPU, "
                "channels_first (NCHW) convolutions do not run on the CPU",
                (
                    Remedy(
                        "Run it where there is a GPU with cuDNN and CUDA; or convert CuDNNLSTM and CuDNNGRU to "
                        "LSTM and GRU (reset_after=True), whose weights fit after a conversion.",
                        "keras-doctor check PATH",
                    ),
                    Remedy(
                        "For channels_first on a CPU: rebuild the model with channels_last and transposed kernels.",
                        "keras-doctor check PATH",
                    ),
                ),
                code="KD912",
            ),
        ),
        pattern=r"no OpKernel was registered to support Op|CudnnRNN|only supports NHWC|NCHW|only supported on the GPU",
        strength=6,
    ),
    Symptom(
        (
            "vocabulary file",
            "loading vocabulary files outside",
            "loading of a vocabulary file outside",
            "vocabulary_file",
            "vocab file",
            "asset",
        ),
        (
            Reading(
                "assets-missing",
                "a vocabulary or another asset is not at the path that the file names (often one of the "
                "machine where the model was saved), or lies outside the archive, which newer releases refuse",
                (
                    Remedy(
                        "Put the file at the path, or set the vocabulary anew; save with a release that stores "
                        "the vocabulary itself.",
                        "layer.set_vocabulary(words)",
                    ),
                    REBUILD,
                ),
                "medium",
                code="KD911",
            ),
        ),
        pattern=r"vocabulary file [^\n]{0,200}(?:does not exist|not found)|loading (?:vocabulary files"
        r"|of a vocabulary file) outside|(?:asset"
        r"|vocab\w*)[^\n]{0,120}(?:not found|does not exist|no such file)",
        strength=7,
    ),
)


def _functions(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    if not (
        scene.calls(
            "SavedModel", "saved_model", "restored_function", "canonicalize_function_inputs", "f(inputs", "function.py"
        )
        or "matching" in match[0].lower()
    ):
        return None
    return Reading(
        "savedmodel-revive",
        "a function of the SavedModel was saved for other arguments than it is called with: it was traced for "
        "other shapes or types, or the layer's class was not given and its call is revived from traces",
        (
            _CLASSES,
            Remedy(
                "Save again with the original class and signature; call the model with the shapes and types it "
                "was traced for.",
                'model.save("model.keras")',
            ),
            REBUILD,
        ),
        code="KD905",
    )
