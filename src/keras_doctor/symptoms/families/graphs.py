"""A functional model whose layers are there and cannot be connected again."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import build_missing
from keras_doctor.symptoms.remedies import CHECK, LEGACY_KERAS, REBUILD, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_KERAS = Remedy("Upgrade Keras: later releases of Keras 3 read such graphs again.", "pip install -U keras")


def _graph(what: str, *remedies: Remedy, confidence: str = "high", when: str = "") -> Reading:
    return Reading(
        "graph-reconstruction",
        what,
        remedies or (LEGACY_KERAS, SAME_VERSION, REBUILD, UPGRADE),
        confidence,
        when,
        "",
    )


_NO_SIZE = Reading(
    "graph-reconstruction",
    "a layer needs the size of an axis (mostly the channels) that the layers before it do not tell in this release",
    (
        Remedy("Give the Input (or input_shape) its full shape, with the channels.", "Input((None, None, 3))"),
        SAME_VERSION,
        UPGRADE,
        REBUILD,
    ),
    "medium",
    "all layers before it are Keras's own",
)
_LAMBDA_SHAPE = Reading(
    "lambda-not-runnable",
    "the shape of a Lambda's output is not known in this release, and the layer after it needs it",
    (
        Remedy(
            "Give the Lambda its output_shape, or set the shape of its result.",
            "Lambda(f, output_shape=(None, None, 3))",
        ),
        Remedy("Or use the release (version) that it was written for, or a newer one (upgrade).", "keras-doctor env"),
    ),
    "medium",
    "a Lambda layer is before it",
)
_BUG = Reading(
    "loader-bug",
    "this release of Keras does not rebuild its own nested models",
    (_KERAS, REBUILD),
    "medium",
    "the same version saved it",
    "KD907",
)


def _inputs(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Layer 'dense' expects 1 input(s), but it received 2 input tensors"."""
    if scene.passed("load", "construct", "graph", "resolve") or scene.calls("load_model") or not scene.parsed.frames:
        return (
            _graph(
                "the layer is connected to more inputs than it takes: the models nested in this one (an "
                "application as a layer) are not connected again as they were",
                Remedy(
                    "Rebuild the model with the same code, and load the weights into it (load_weights).",
                    "model = build_model()\nmodel.load_weights(PATH)",
                ),
                _KERAS,
                SAME_VERSION,
            ),
        )
    return Reading(
        "wrong-api-use",
        "the layer was called with another number of inputs than it takes",
        (Remedy("Compare the inputs with model.inputs.", "print(model.inputs)"),),
        "medium",
        code="KD903",
    )


_DISCONNECTED = _graph(
    "a layer is connected to a tensor that no input of the model leads to: nodes of nested models are numbered "
    "otherwise by "
    "this release",
    LEGACY_KERAS,
    _KERAS,
    REBUILD,
    CHECK,
)
_OTHER_GRAPH = Reading(
    "wrong-api-use",
    "a model is built of tensors of two graphs: the inner tensor of a nested model belongs to that model's own input",
    (
        Remedy(
            "Take inputs and outputs of one graph: base_model.input and base_model.output, or build the base with "
            "input_tensor=inputs (not nested), or call the layers again on the new input.",
            "base = VGG16(include_top=False, input_tensor=inputs); model = Model(inputs, base.get_layer(NAME).output)",
        ),
    ),
    "medium",
    "your own code builds the model (Grad-CAM, a part of another model)",
    "KD903",
)


SYMPTOMS = (
    Symptom(
        ("ragged_tensor.raggedtensor", "got tf.raggedtensor", "elements of tf.raggedtensor"),
        (
            Reading(
                "config-value",
                "a layer of the file takes ragged inputs, and this release's does not (or the config says so "
                "in another "
                "form)",
                (SAME_VERSION, UPGRADE, REBUILD),
                "medium",
                "the model takes ragged inputs (Input(ragged=True))",
            ),
            _graph("a layer before it gives a ragged tensor", SAME_VERSION, confidence="low", when="it does not"),
        ),
        strength=5,
    ),
    Symptom(
        ("load_model",),
        (
            Reading(
                "loader-hang",
                "the load does not end, or the process waits: a loader that looks for a node again and again, "
                "or a model loaded in another process or thread than TensorFlow was started in",
                (
                    REBUILD,
                    Remedy("Upgrade: newer releases say which node it is.", "pip install -U keras"),
                    Remedy(
                        "In a service: import TensorFlow and load the model after the fork, once in each process.",
                        "gunicorn --workers 1 --threads 1 app:app",
                    ),
                    CHECK,
                ),
                "low",
            ),
        ),
        pattern=r"(?:stay|stuck|hang|freez|block|wait|never (?:end|return|finish)|does ?n.t (?:return|finish|respond)"
        r"|did not respon)\w*[^\n]{0,80}load_model"
        r"|load_model[^\n]{0,60}(?:stuck|hang|freez|never (?:end|return|finish)|does ?n.t (?:return|finish|end)"
        r"|forever|for ever)",
        strength=2,
    ),
    Symptom(
        ("graph disconnected",),
        lambda scene, match: (
            (_DISCONNECTED,) if scene.passed("load") or scene.calls("load_model(") else (_DISCONNECTED, _OTHER_GRAPH)
        ),
        strength=9,
    ),
    Symptom(
        (
            "invalid functional model configuration",
            "either has loops or disconnected nodes",
            "layer node index out of bounds",
            "improperly formatted model config",
            "get_tensor() takes",
            "missing node:",
            "missing layer:",
            "could not compute output",
            "unprocessed_nodes",
        ),
        (
            _graph(
                "the graph of the functional model cannot be rebuilt by this release from this config: nodes "
                "of nested models are numbered otherwise, or a node names a "
                "layer that is not there",
                LEGACY_KERAS,
                _KERAS,
                REBUILD,
                CHECK,
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "expects 1 input",
            "expected 1 input(s)",
            "input(s), but it received",
            "input(s). received",
            "input tensors. inputs received",
        ),
        _inputs,
        pattern=r"expect(?:s|ed) \d+ input\(?s?\)?[,.]? (?:but it )?received",
        strength=7,
    ),
    Symptom(
        ("missing required positional argument",),
        lambda scene, match: _graph(
            "an operation between layers (TFOpLambda) is called without one of its inputs when the graph is rebuilt",
            Remedy(
                "Write the operation as a layer (layers.Add, Lambda or a class of your own), save again; or rebuild "
                "the "
                "model and load the weights.",
                "model = build_model()\nmodel.load_weights(PATH)",
            ),
            SAME_VERSION,
            UPGRADE,
            confidence="medium",
        ),
        pattern=r"TypeError: Missing required positional argument\s*$",
        strength=5,
    ),
    Symptom(
        (
            "should be defined. found none",
            "should be defined, found none",
            "should be defined. the input_shape received",
        ),
        lambda scene, match: (_LAMBDA_SHAPE, _NO_SIZE) if "lambda" in scene.low else (_NO_SIZE, _LAMBDA_SHAPE),
        strength=5,
    ),
    Symptom(
        ("build() missing",),
        build_missing,
        pattern=r"(?:\b(?P<name>\w{1,80})\.)?build\(\) missing \d+ required positional",
        strength=8,
    ),
    Symptom(
        (
            "unsupported key type for array slice",
            'can only concatenate tuple (not "trackedlist")',
            "list index out of range",
            "only concatenate tuple",
        ),
        lambda scene, match: _indices(scene, match),
        strength=4,
    ),
    Symptom(
        (
            "should be called on a list of",
            "negative dimension size caused by subtracting",
            "a merge layer should be called",
            "a concatenate layer requires",
            "dimension 1 in both shapes must be equal",
            "computed output size would be negative",
        ),
        lambda scene, match: _shapes(scene),
        strength=5,
    ),
    Symptom(
        ("should implement a call method", "must implement a call method", "when subclassing the model class"),
        (
            _graph(
                "a model inside the model was stored in a form that this release takes for a subclassed one",
                confidence="medium",
            ),
        ),
        pattern=r"(?:should|must) implement a call method",
        strength=5,
    ),
    Symptom(
        ("you must set the layer's vocabulary before calling", "vocabulary before calling it"),
        (
            _graph(
                "a lookup layer's vocabulary is not in its config in this form, and this release wants it "
                "before the graph is built",
                SAME_VERSION,
                REBUILD,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "runs for ever",
            "runs forever",
            "load_model() never returns",
            "newer returns",
            "never returns",
            "hangs forever",
            "load_model hangs",
            "stuck at load_model",
            "stuck loading",
            "hang when loading",
        ),
        (
            Reading(
                "loader-hang",
                "the loader does not end: a Keras 2 or Keras 3 (before 3.12.2) that looks for a layer again "
                "and again which the graph names and the config does not have, or numbers otherwise",
                (
                    REBUILD,
                    Remedy(
                        "Upgrade: newer releases say which node it is. In nested models, give every layer a "
                        "name of its own.",
                        "pip install -U keras",
                    ),
                    CHECK,
                ),
                "medium",
            ),
        ),
        strength=4,
    ),
)


def _indices(scene: Scene, match: re.Match[str]) -> Reading | None:
    if "list index out of range" in match[0].lower() and not scene.passed("graph", "construct", "load"):
        return None
    return _graph(
        "a node of the graph is stored in a form that this release does not read (slices as lists, the "
        "numbering of nested models)",
        _KERAS,
        LEGACY_KERAS,
        SAME_VERSION,
        REBUILD,
        confidence="medium",
    )


_MERGED = (
    _graph(
        "a layer that merges several tensors got only one: its other inputs were lost when the graph was rebuilt",
        UPGRADE,
        SAME_VERSION,
        REBUILD,
        confidence="medium",
        when="it was raised by load_model or model_from_json",
    ),
    Reading(
        "wrong-api-use",
        "the layer merges a list of tensors, and your code calls it on one",
        (Remedy("Give it a list.", "Concatenate()([a, b])"),),
        "medium",
        "your own code builds the model",
        "KD903",
    ),
)


def _shapes(scene: Scene) -> Reading | tuple[Reading, ...] | None:
    if not (
        scene.passed("load", "construct", "graph", "resolve")
        or scene.calls("load_model", "in user code", "call  *", "call *")
    ):
        merged = "called on a list of" in scene.low
        return _MERGED if merged else None
    custom = Reading(
        "custom-object-broken",
        "a custom layer computes another shape in this release than where the model was saved",
        (
            Remedy(
                "Check the custom layer's call and compute_output_shape in this release; or load with the "
                "TensorFlow that saved it (the same version).",
                "keras-doctor check PATH",
            ),
            REBUILD,
        ),
        "medium",
        "a custom layer is involved",
        "KD917",
    )
    graph = _graph(
        "the layers do not fit each other's shapes when the graph is rebuilt: a default (data format, padding) "
        "is another one here",
        SAME_VERSION,
        REBUILD,
        confidence="medium",
        when="all layers are Keras's own",
    )
    return (custom, graph) if scene.calls("in user code", "call  *", "call *", "custom") else (graph, custom)
