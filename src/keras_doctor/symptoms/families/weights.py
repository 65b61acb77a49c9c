"""Weights that do not fit the architecture."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import INSPECT, LEGACY_KERAS, REBUILD, SAME_VERSION
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_SAME_CODE = Remedy(
    "Build the architecture with the same code and the same settings (number of classes, input shape, "
    "include_top) as when the weights were saved; put the two lists "
    "of layers side by side to see where they part. Make sure that it is the right file.",
    "keras-doctor inspect PATH",
)
_BY_NAME = Remedy(
    "To take over only the layers that fit (transfer learning): load by name. What does not match stays at random.",
    "model.load_weights(PATH, by_name=True, skip_mismatch=True)",
)
_MULTI_GPU = Remedy(
    "When it was trained with multi_gpu_model: the file has the wrapper, in which the real model is one nested "
    "layer. Load into the wrapper and take the inner model out, "
    "before you save its weights; do the same before the next save.",
    "inner = parallel.layers[-2]; inner.save_weights(PATH)",
)
_BUILD = Remedy(
    "Build the model before its weights are loaded: give the first layer an input_shape (input shape), or call "
    "the model once on data of the right shape.",
    "model.build((None, 28, 28, 1))  # or: model(example)",
)
_LOAD_MODEL = Remedy(
    "When the file holds a whole model: load it with load_model, not load_weights.", "model = load_model(PATH)"
)
_INPUT_LAYER = Remedy(
    "Insert the input shape that the config lost: an InputLayer (batch_input_shape) in the Sequential's "
    "config; the shape follows from the first kernel.",
    "keras-doctor check PATH",
)
_CUDNN = Remedy(
    "When one side has CuDNNLSTM or CuDNNGRU (or a GRU with reset_after): their bias is twice as long. Use the "
    "same class (cuDNN or not) and the same reset_after as in the file.",
    "GRU(units, reset_after=True)",
)


def _mismatch(what: str, *remedies: Remedy, confidence: str = "high", when: str = "", code: str = "") -> Reading:
    return Reading("weights-mismatch", what, remedies or (_SAME_CODE, _BY_NAME, REBUILD), confidence, when, code)


def _counts(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    groups = match.groupdict()
    stored = int(groups.get("stored") or groups.get("found") or 0)
    model = int(groups.get("model") or groups.get("expected") or 0)
    whole = scene.calls("load_model(") or (scene.passed("load") and not scene.calls(".load_weights("))
    if stored == 0:
        return (
            _mismatch(
                f"the file has no weights where this loader looks for them, and the model has {model} layers "
                f"with some: another kind of file (a whole model, another layout, a checkpoint)",
                _LOAD_MODEL,
                _SAME_CODE,
                INSPECT,
                confidence="medium",
                when="the file holds weights in another layout, or of an unbuilt model",
            ),
            Reading(
                "wrong-api-use",
                "load_weights was given something else than weights",
                (_LOAD_MODEL,),
                "medium",
                "the file is a whole model",
                "KD903",
            ),
        )
    if model == 0:
        unbuilt = _mismatch(
            f"the file has {stored} layers with weights, and the model has no weights yet: it is not built",
            _BUILD,
            REBUILD,
            confidence="medium",
            when="load_weights was called on a model that was not built (or called) yet",
        )
        lost = Reading(
            "missing-keyword",
            f"the Sequential in the file has lost its input shape (Keras 2.2 and TensorFlow 1 did not store an "
            f"InputLayer), so that its layers are not built and have no place for the {stored} stored ones",
            (_INPUT_LAYER, REBUILD, _BUILD),
            "medium",
            "load_model was called: the model came out of the file",
            "",
        )
        return (lost, unbuilt) if whole else (unbuilt, lost)
    if stored == 1 or model == 1:
        return _mismatch(
            f"{stored} layers with weights in the file, {model} in the model: one side is a model nested in a "
            f"wrapper (multi_gpu_model, an application as a layer), the other one is flat",
            _MULTI_GPU,
            _SAME_CODE,
            _BY_NAME,
            REBUILD,
        )
    return _mismatch(
        f"{stored} layers with weights in the file, {model} in the model: the architecture is not the one that "
        f"was saved",
        _SAME_CODE,
        _BY_NAME,
        _MULTI_GPU,
        REBUILD,
    )


def _assign(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of two shapes that differ."""
    if scene.passed("graph") and not scene.passed("weights"):
        return None
    if "both shapes must be equal" in match[0].lower() and not scene.passed("weights") and "assign" not in scene.low:
        return (
            None
            if scene.parsed.frames
            else (_OTHER_SHAPES, _mismatch("a stored tensor has another shape than its variable", confidence="medium"))
        )
    if scene.calls("variables.ts", "Uncaught (in promise)", "tfjs", ".ts:"):
        return None
    numbers = [int(number) for number in _digits(match[0])]
    ratio = len(numbers) >= 2 and (
        max(numbers[-2:]) == 2 * min(numbers[-2:]) or (len(numbers) >= 4 and numbers[-2] == 2 * numbers[0])
    )
    recurrent = any(word in scene.low for word in ("lstm", "gru", "bias", "cudnn")) or "dimension 0" in match[0].lower()
    remedies = (_CUDNN, _SAME_CODE, _BY_NAME) if ratio and recurrent else (_SAME_CODE, _BY_NAME, REBUILD, INSPECT)
    return _mismatch(
        (
            "a stored tensor has another shape than the variable that it belongs to: the architecture is not the "
            "one that was saved"
        )
        + (", or one side has a cuDNN layer (twice the bias)" if ratio and recurrent else ""),
        *remedies,
    )


_OTHER_SHAPES = Reading(
    "graph-reconstruction",
    "two tensors of the model have shapes that do not fit each other: a layer computes another shape here",
    (SAME_VERSION, REBUILD),
    "medium",
    "it was raised while layers were called",
)


def _digits(text: str) -> list[str]:
    import re

    return re.findall(r"\d+", text)


def _received(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    old = scene.place.only("keras-2.6", "tf-keras")
    return (
        _mismatch(
            (
                "the archive (or .weights.h5) has the variables of this layer under another name or number than "
                "this release looks for: the numbering of layers changed between 2.12, 2.13, 2.14, 2.15 and Keras 3"
            )
            if old or scene.place.only("keras-3")
            else "the variables of this layer are not where this release looks for them",
            SAME_VERSION,
            REBUILD,
            Remedy(
                "Give custom layers a build method that makes their variables, and build (or call) the model "
                "before loading.",
                "model.build(input_shape)",
            ),
            LEGACY_KERAS,
        ),
    )


def _axes(scene: Scene, match: re.Match[str]) -> Reading:
    return _mismatch(
        "a kernel is transposed that has other dimensions than expected: the file does not say which Keras "
        "(keras_version) and backend wrote it, the nested models' weights are in another order, or the "
        "architecture is another one",
        _SAME_CODE,
        Remedy(
            "When the architecture is right: rebuild it with the Keras of the file, load by_name, or set the "
            "attributes keras_version and backend in the file.",
            "keras-doctor check PATH",
        ),
        _BY_NAME,
        _LOAD_MODEL,
        _MULTI_GPU,
    )


SYMPTOMS = (
    Symptom(
        ("not found in checkpoint", "not bound to checkpointed values", "unresolved object in checkpoint"),
        (
            _mismatch(
                "the checkpoint has other variables than the model: names or objects that one of them does not have",
                _SAME_CODE,
                SAME_VERSION,
                Remedy("See which variables the checkpoint has.", "keras-doctor inspect PATH"),
                confidence="medium",
            ),
            Reading(
                "savedmodel-revive",
                "the objects of a SavedModel are another release's",
                (SAME_VERSION,),
                "medium",
                "load_model of a SavedModel folder raised it",
                "KD905",
            ),
        ),
        pattern=r"not found in checkpoint|objects were not bound to checkpointed values",
        strength=5,
        question="Was it load_weights (or restore), or load_model of a folder?",
    ),
    Symptom(
        (
            "skipping loading of weights",
            "deleted with unrestored values",
            "skipping variable loading for optimizer",
            "unrestored values",
        ),
        (
            Reading(
                "weights-not-loaded",
                "a checkpoint has values that nothing in the model asked for: the model has other layers or "
                "names than were saved, or was not built",
                (
                    _SAME_CODE,
                    Remedy(
                        "Let TensorFlow say so: assert_consumed names what was not used.",
                        "model.load_weights(PATH).assert_consumed()",
                    ),
                    _BUILD,
                ),
                "medium",
                "it is the model's variables that are named",
                "KD916",
            ),
            Reading(
                "training-state-lost",
                "only the optimizer's values were not restored",
                (),
                "medium",
                "only the optimizer's are named",
                "KD914",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("weight file containing", "layer count mismatch", "weights file containing"),
        _counts,
        pattern=r"containing (?P<stored>\d+) layers? into a model with (?P<model>\d+)"
        r"|Layer count mismatch[^\d]{0,80}expected (?P<expected>\d+) layers?, found (?P<found>\d+)",
        strength=8,
        question="Was load_model or load_weights called, and on a model that was built? keras-doctor inspect PATH "
        "lists the layers of the file",
    ),
    Symptom(
        (
            "weight count mismatch",
            "was found to correspond to layer",
            "weight list of length",
            "layer expects",
            "but the saved weights have",
            "weight(s). received",
            "expects a list of",
            "weights, but the saved",
            "elements. however the new layer",
        ),
        (
            _mismatch(
                "a layer has another number of weights than the file has for it: use_bias, the placement of "
                "BatchNormalization, or the kind of layer is another one",
                _SAME_CODE,
                _BY_NAME,
                _CUDNN,
                REBUILD,
            ),
        ),
        pattern=r"weight count mismatch|expects? \d+ weight\(?s?\)?(?:,|\.) (?:but the saved weights have|received)"
        r"|was found to correspond to layer|with a? ?weight list of length|saved weights have \d+ element",
        strength=8,
    ),
    Symptom(
        ("you called set_weights(weights) on optimizer", "on an optimizer that has not yet been built"),
        (
            Reading(
                "optimizer-state",
                "the saved state of the optimizer has another number of variables than the optimizer; the "
                "model itself is fine",
                (
                    Remedy("Load it without its training state.", "model = load_model(PATH, compile=False)"),
                    Remedy("Or build the optimizer first.", "optimizer.build(model.trainable_variables)"),
                ),
            ),
        ),
        strength=9,
    ),
    Symptom(
        ("you called set_weights",),
        (
            _mismatch(
                "set_weights got another number of arrays than the layer or model has variables",
                _SAME_CODE,
                _BUILD,
                REBUILD,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "variables, but received 0 variables",
            "variables during loading",
            "objects could not be loaded",
            "was never built and thus it doesn't have any variables",
            "never built",
        ),
        _received,
        pattern=r"expected \d+ variables?, but received \d+|objects could not be loaded|was never built and thus",
        strength=7,
    ),
    Symptom(
        (
            "shape mismatch in layer",
            "shape mismatch",
            "cannot assign value to variable",
            "the shape of the target variable and the shape",
            "are incompatible",
            "both shapes must be equal",
            "cannot feed value of shape",
            "layer weight shape",
            "not compatible with provided weight shape",
            "assign requires shapes of both tensors to match",
            "incompatible with provided weight",
            "could not broadcast input array",
            "has different shape from",
            "is not compatible with supplied",
            "but the saved weight has shape",
            "cannot assign to variable",
            "due to variable shape",
        ),
        _assign,
        pattern=r"shape mismatch in layer[^\n]{0,300}|has shape \([\d, ]+\), but the saved weight has shape[^\n]{0,80}"
        r"|cannot assign to variable[^\n]{0,200}|cannot assign value to variable[^\n]{0,300}"
        r"|shape of the target variable and the shape[^\n]{0,300}"
        r"|Shapes? \(?[\d?, ()]+\)? and \(?[\d?, ()]+\)? are incompatible"
        r"|Dimension \d+ in both shapes must be equal, but are \d+ and \d+[^\n]{0,200}"
        r"|cannot feed value of shape[^\n]{0,200}|weight shape \([^\n]{0,80}not compatible[^\n]{0,80}"
        r"|assign requires shapes of both tensors to match[^\n]{0,200}|shape mismatch: ?(?:the"
        r"|objects)?[^\n]{0,200}|could not broadcast input array[^\n]{0,200}"
        r"|has different shape from[^\n]{0,100}",
        strength=6,
    ),
    Symptom(
        (
            "is not compatible with gru(reset_after",
            "reset_after=false) is not compatible",
            "is not compatible with cudnn",
        ),
        (
            _mismatch(
                "GRU comes in two forms, with one bias and with two (reset_after, cuDNN), and the file has the "
                "other one; an old config does not say which",
                _CUDNN,
                SAME_VERSION,
                REBUILD,
            ),
        ),
        strength=8,
    ),
    Symptom(("axes don't match array", "axes dont match array"), _axes, strength=7),
    Symptom(
        (
            "has not created its variables yet",
            "not yet been built",
            "before calling load_weights",
            "weights for model",
            "has not yet been built",
            "it isn't built",
            "loading weights into a model that has not",
        ),
        (
            Reading(
                "wrong-api-use",
                "weights are loaded into a model that has no variables yet: a subclassed (or Sequential) model "
                "makes them when it is called or built",
                (
                    _BUILD,
                    Remedy(
                        "Or save weights in TensorFlow's format (a path without .h5), which waits for the variables.",
                        'model.save_weights("ckpt")',
                    ),
                ),
            ),
        ),
        pattern=r"has not (?:created its variables yet|yet been built)|have not yet been created|not yet been built",
        strength=7,
    ),
    Symptom(
        ("expected str, bytes or os.pathlike object, not nonetype",),
        (
            Reading(
                "weights-mismatch",
                "a lookup layer's assets (vocabulary) are not where this release looks for them in the archive",
                (SAME_VERSION, REBUILD),
                "medium",
                "it was raised in load_assets",
                "",
            ),
            Reading(
                "wrong-api-use",
                "a path is None",
                (Remedy("Print the path before it is used."),),
                "medium",
                "your own code passes the path",
                "KD903",
            ),
        ),
        pattern=r"expected str, bytes or os\.PathLike object, not NoneType",
        strength=5,
        question="Does a frame name load_assets?",
    ),
    Symptom(
        ("unable to load weights saved in hdf5 format into a subclassed",),
        (
            Reading(
                "wrong-api-use",
                "weights in HDF5 are loaded into a subclassed model that has no variables yet",
                (_BUILD,),
            ),
        ),
        strength=9,
    ),
    Symptom(
        ("optimizer", "slot"),
        (
            Reading(
                "optimizer-state",
                "the saved state of the optimizer does not fit the optimizer that was built; the model itself is fine",
                (
                    Remedy("Load it without its training state.", "model = load_model(PATH, compile=False)"),
                    Remedy(
                        "Or build the optimizer with the same variables before its state is restored.",
                        "optimizer.build(model.trainable_variables)",
                    ),
                ),
                "medium",
            ),
        ),
        pattern=r"error in loading the saved optimizer state|optimizer (?:weights?|variables?)[^\n]{0,60}(?:mismatch"
        r"|expected|does not match|length)|optimizer expects \d+ variables"
        r"|weight list of length \d+, but the optimizer was expecting",
        strength=7,
    ),
)
