"""Reports without an error: it loads, and predicts, trains or evaluates otherwise."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import CHECK, INSPECT, SAME_VERSION
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_OUTSIDE = Reading(
    "preprocessing-outside",
    "the model is as it was, and what stands around it is not: vocabulary or label order built anew in each "
    "session (set, hash, os.listdir), scaling (/255), the order of channels, a tokenizer that was not saved",
    (
        Remedy(
            "Save vocabulary, label order and preprocessing with the model (or as layers in it: "
            "TextVectorization, Normalization, Rescaling), and load them; normalise (scale) the inputs as in "
            "training.",
            "json.dump(labels, open('labels.json', 'w'))",
        ),
        Remedy(
            "To tell: predict one fixed array in both sessions. The same numbers mean that the model is the same.",
            'np.save("x.npy", x); print(model.predict(x))',
        ),
    ),
    "medium",
    "the same array gives the same prediction in both sessions",
    "KD913",
)
_NOT_LOADED = Reading(
    "weights-not-loaded",
    "the weights were not loaded, or not all: no name matched (by_name=True), a layer's weights are not "
    "tracked (made outside build, kept in a plain list), an inner model of a multi-GPU wrapper",
    (
        Remedy(
            "Compare the weights before and after: what stayed at random was not loaded. Names have to match "
            "(or load in order, without by_name); make variables with add_weight in build, and keep layers as "
            "attributes.",
            "keras-doctor inspect PATH",
        ),
        INSPECT,
    ),
    "medium",
    "the weights differ, or are random each time",
    "KD916",
)
_METRIC = Reading(
    "metric-semantics",
    "the loss is the same and the accuracy is not: the metric was restored as another one (the string "
    "'accuracy' as plain Accuracy, not sparse or categorical accuracy), the model itself is the same",
    (
        Remedy(
            "Compile again with the metric by its full name (sparse_categorical_accuracy), or compile=False "
            "and compile yourself; shuffle=False and a fixed seed for the data.",
            'model.compile(loss=…, metrics=["sparse_categorical_accuracy"])',
        ),
    ),
    "medium",
    "the loss (and the predictions) are the same as before",
    "KD915",
)
_STATE = Reading(
    "training-state-lost",
    "training does not go on where it stopped: the optimizer's state (and learning rate schedule) was not "
    "saved or not restored, only the weights were",
    (
        Remedy(
            "Save the whole model with its optimizer (model.save), and load it with load_model without "
            "compiling again; or use tf.train.Checkpoint with model and optimizer, or BackupAndRestore.",
            "checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)",
        ),
    ),
    "medium",
    "training goes on worse after a restart, predictions are as before",
    "KD914",
)
_SEMANTICS = Reading(
    "semantics-changed",
    "the releases compute something else from the same config (BatchNormalization of Keras 1, epsilon, "
    "recurrent activations, padding)",
    (
        SAME_VERSION,
        CHECK,
        Remedy(
            "Compare layer by layer to find the first one that differs; for BatchNormalization look at the "
            "moving variance and epsilon of both versions.",
            "keras-doctor check PATH",
        ),
    ),
    "medium",
    "the same file gives other predictions in another release",
    "",
)
_DEFAULTS = Reading(
    "default-changed",
    "a value that the file does not state has another default in the other release (the epsilon of "
    "BatchNormalization is 1e-3 or 1e-5, hard_sigmoid, data_format)",
    (
        Remedy(
            "Set the value (epsilon, momentum, data_format) explicitly in both, and compare again.",
            "BatchNormalization(epsilon=1e-3)",
        ),
        SAME_VERSION,
    ),
    "medium",
    "two releases or two packages build the same layer differently",
    "",
)
_ORDER = Reading(
    "weights-order",
    "outputs (or inputs) are in another order than expected: a signature sorts them by name, a dict has another order",
    (
        Remedy(
            "Name inputs and outputs, and take them by name from the signature, not by order.",
            'f = loaded.signatures["serving_default"]; f(a=…, b=…)["out"]',
        ),
    ),
    "medium",
    "the model has several inputs or outputs",
    "",
)
_BATCH = Reading(
    "other",
    "the prediction depends on the other rows of the batch: a layer computes over the batch "
    "(BatchNormalization in training mode, a stateful layer, mode=1 of Keras 1)",
    (
        Remedy(
            "Look for BatchNormalization with training=True or mode=1, stateful RNNs, and normalisation over "
            "the batch in preprocessing; predict with the same batch size.",
            "model.predict(x, batch_size=1)",
        ),
    ),
    "medium",
    "the same row gives other results in another batch",
    "KD913",
)
_QUESTION = (
    "Is the prediction for one fixed array the same before saving and after loading? Are the weights? And the loss?"
)


def _after_loading(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    low = scene.low
    if "batchnorm" in low and ("epsilon" in low or "difference" in low or "tf-keras" in low):
        return _DEFAULTS, _SEMANTICS
    if (
        any(word in low for word in ("version", "upgrade", "newer keras", "older keras", "downgrade", "between keras"))
        and "accuracy" not in low
    ):
        return _SEMANTICS, _DEFAULTS, _OUTSIDE
    if any(
        word in low
        for word in (
            "add_weight",
            "custom layer",
            "by_name",
            "not able to load all",
            "random weight",
            "weights are random",
            "randomly initialized",
            "units",
        )
    ):
        return _NOT_LOADED, _OUTSIDE
    if any(word in low for word in ("multiple inputs", "multiple outputs", "inputs and outputs")):
        return _ORDER, _OUTSIDE
    return _OUTSIDE, _NOT_LOADED, _METRIC


def _same_loss(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...] | None:
    import re
    from itertools import pairwise

    pairs = re.findall(
        r"loss: ([\d.]+) - (?:acc|accuracy|categorical_accuracy|binary_accuracy): ([\d.]+)", scene.utterances[-1].text
    )
    if len(pairs) >= 2 and any(a[0] == b[0] and a[1] != b[1] for a, b in pairwise(pairs)):
        return (_METRIC,)
    return None


SYMPTOMS = (
    Symptom(("accuracy:", "acc:"), _same_loss, pattern=r"loss: [\d.]+", strength=3),
    Symptom(
        ("accuracy", "predict", "output", "inference", "result", "evaluat", "performance", "weights"),
        _after_loading,
        pattern=r"(?:(?:different|differ|wrong|bad|poor|random|inconsistent|mismatch|drops?|dropped|lower|worse|0%|zero"
        r"|not the same|completely|not able to load)[^\n]{0,160}(?:after|when|once|upon|than before"
        r"|before and after|in a new|new session|restart|reload|load)"
        r"|(?:after|when|once|before and after)[^\n]{0,120}(?:load|reload|restor|serializ|new session"
        r"|new python|closing the session|terminal|convert)[^\n]{0,200}(?:different|differ|wrong|bad|random"
        r"|drop|lower|worse|0%|mismatch|only|~|about|not)"
        r"|predict\w*[^\n]{0,100}(?:different|differ)\w*[^\n]{0,60}(?:between|from|in another)"
        r"|load_model[^\n]{0,120}(?:accuracy|evaluat)[^\n]{0,40}(?:of about|drops?|only|is)"
        r"|get the different results|different results|slight difference between|suddenly produce"
        r"|randomness or shuffle"
        r"|(?:load|reload|restor)\w*[^\n]{0,80}(?:gives?|shows?|makes?|has|have|yields?)[^\n]{0,40}(?:random"
        r"|different|wrong)"
        r"[^\n]{0,20}(?:predict|result|output|accurac))",
        strength=1,
        question=_QUESTION,
    ),
    Symptom(
        ("epsilon", "batchnormalization layers", "batchnormalization"),
        (_DEFAULTS, _SEMANTICS),
        pattern=r"(?:difference|differs?|different)[^\n]{0,60}BatchNormalization|BatchNormalization[^\n]{0,80}(?:differ"
        r"|epsilon)",
        strength=2,
        question=_QUESTION,
    ),
    Symptom(
        ("completely different output", "suddenly produce", "produces different output"),
        (_SEMANTICS, _DEFAULTS, _OUTSIDE),
        strength=3,
        question=_QUESTION,
    ),
    Symptom(
        (
            "optimizer is in the reset state",
            "resets the optimizer",
            "optimizer weights",
            "optimizer's weights",
            "optimizer's weigths",
            "load optimizer",
            "optimizer's state",
            "state of the optimizer",
            "losses jump",
            "loss jumps",
            "loss jump",
            "resume training",
            "restart model training",
            "optimizer state",
            "reset state",
            "continue training",
        ),
        (_STATE,),
        pattern=r"(?:not|n't) (?:load|restore|save)\w* (?:the )?optimizer|resets the optimizer|loss(?:es)? (?:jump"
        r"|increase|rise|go up)|state of the optimizer"
        r"|optimizer(?:'s)? (?:is in the )?(?:reset )?state|optimizer[^\n]{0,60}(?:reset|empty|not (?:saved"
        r"|restored|loaded))|(?:resum|restart|continu)\w*[^\n]{0,30}training[^\n]{0,120}(?:loss|worse|jump"
        r"|scratch|start)",
        strength=2,
    ),
    Symptom(
        (
            "prediction varied when i changed the number",
            "depends on the batch",
            "different batch size",
            "number of the test data",
        ),
        (_BATCH, _SEMANTICS),
        strength=3,
    ),
    Symptom(
        ("no valueerror is prompted", "no error is raised", "no error is prompted", "without any error", "silently"),
        (_NOT_LOADED,),
        pattern=r"no (?:value)?error is (?:prompted|raised|thrown)",
        strength=2,
    ),
)
