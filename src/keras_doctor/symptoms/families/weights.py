"""Weights that do not fit the architecture."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import LOADING, mismatch
from keras_doctor.symptoms.remedies import (
    BUILD_FIRST,
    BY_NAME,
    INSPECT,
    LEGACY_KERAS,
    REBUILD,
    SAME_CODE,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene
_MULTI_GPU = Remedy(
    "When it was trained with multi_gpu_model: the file has the wrapper, in which the real model is one nested "
    "layer. Load into the wrapper and take the inner model out, "
    "before you save its weights; do the same before the next save.",
    "inner = parallel.layers[-2]; inner.save_weights(PATH)",
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
_NORMALIZATION = Remedy(
    "A BatchNormalization has four arrays: gamma, beta, moving mean, moving variance, in that order (without gamma "
    "when scale=False, without beta when center=False); frameworks that keep two have the others in another layer.",
    "[w.name for w in layer.weights]",
)
_ORDER = Remedy(
    "Set the backend and image_data_format (image_dim_ordering in Keras 1) of the machine that saved it in "
    "~/.keras/keras.json, or transpose (convert) the kernels: np.transpose(kernel, (2, 3, 1, 0)).",
    "cat ~/.keras/keras.json",
)


def _counts(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    groups = match.groupdict()
    stored = int(groups.get("stored") or groups.get("found") or 0)
    model = int(groups.get("model") or groups.get("expected") or 0)
    whole = scene.calls("load_model(") or (scene.passed("load") and not scene.calls(".load_weights("))
    if stored == 0:
        return (
            mismatch(
                f"the file has no weights where this loader looks for them, and the model has {model} layers "
                f"with some: another kind of file (a whole model, another layout, a checkpoint)",
                _LOAD_MODEL,
                SAME_CODE,
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
        unbuilt = mismatch(
            f"the file has {stored} layers with weights, and the model has no weights yet: it is not built",
            BUILD_FIRST,
            REBUILD,
            confidence="medium",
            when="load_weights was called on a model that was not built (or called) yet",
        )
        lost = Reading(
            "missing-keyword",
            f"the Sequential in the file has lost its input shape (Keras 2.2 and TensorFlow 1 did not store an "
            f"InputLayer), so that its layers are not built and have no place for the {stored} stored ones",
            (_INPUT_LAYER, REBUILD, BUILD_FIRST),
            "medium",
            "load_model was called: the model came out of the file",
            "",
        )
        return (lost, unbuilt) if whole else (unbuilt, lost)
    if stored == 1 or model == 1:
        return mismatch(
            f"{stored} layers with weights in the file, {model} in the model: one side is a model nested in a "
            f"wrapper (multi_gpu_model, an application as a layer), the other one is flat",
            _MULTI_GPU,
            SAME_CODE,
            BY_NAME,
            REBUILD,
        )
    return mismatch(
        f"{stored} layers with weights in the file, {model} in the model: the architecture is not the one that "
        f"was saved",
        SAME_CODE,
        BY_NAME,
        _MULTI_GPU,
        REBUILD,
        confidence="medium" if whole else "high",
        when="the architecture, or its code, changed since",
    )


def _assign(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of two shapes that differ."""
    if scene.passed("graph") and not scene.passed("weights"):
        return None
    if "both shapes must be equal" in match[0].lower() and not scene.passed("weights") and "assign" not in scene.low:
        return (
            None
            if scene.parsed.frames
            else (_OTHER_SHAPES, mismatch("a stored tensor has another shape than its variable", confidence="medium"))
        )
    if scene.calls("variables.ts", "Uncaught (in promise)", "tfjs", ".ts:"):
        return None
    numbers = [int(number) for number in _digits(match[0])]
    ratio = len(numbers) >= 2 and (
        max(numbers[-2:]) == 2 * min(numbers[-2:]) or (len(numbers) >= 4 and numbers[-2] == 2 * numbers[0])
    )
    recurrent = any(word in scene.low for word in ("lstm", "gru", "bias", "cudnn")) or "dimension 0" in match[0].lower()
    front, back = _shapes(match[0])
    if len(front) >= 3 and front != back and (sorted(front) == sorted(back) or _turned(front, back)):
        return mismatch(
            "the stored kernel has the numbers of the variable in another order: it was stored by another backend "
            "(Theano) or for another order of dimensions (dim_ordering, image_data_format)",
            _ORDER,
            SAME_CODE,
            SAME_VERSION,
        )
    folded = len(numbers) >= 3 and numbers[-3] * numbers[-2] == numbers[-1] and 2 in numbers[-3:-1]  # [2,6] and [12]
    ratio, recurrent = ratio or folded, recurrent or folded
    if len(front) == len(back) == 4 and {front[2], back[2]} == {1, 3} and front[3:] == back[3:]:
        return mismatch(
            "the weights are for colour images (3 channels) and the model takes grey ones (1), or otherwise about",
            _CHANNELS,
            _APPLICATIONS,
            SAME_CODE,
            BY_NAME,
        )
    remedies = (_CUDNN, SAME_CODE, BY_NAME, UPGRADE) if ratio and recurrent else (SAME_CODE, BY_NAME, REBUILD, INSPECT)
    return mismatch(
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
    (
        SAME_VERSION,
        Remedy(
            "When the sizes look like channels in the wrong place: image_data_format (channels_first or channels_last) "
            "in ~/.keras/keras.json is another one than where the model was made.",
            "cat ~/.keras/keras.json",
        ),
        REBUILD,
    ),
    "medium",
    "it was raised while layers were called",
)


_CHANNELS = Remedy(
    "Give the model images of as many channels as the weights have (repeat a grey one three times), or take "
    "weights=None.",
    "x = tf.repeat(x, 3, axis=-1)  # input_shape=(height, width, 3)",
)
_APPLICATIONS = Remedy(
    "When it is a model of keras.applications and the channels are right: releases differ here (EfficientNet: "
    "Rescaling and "
    "its weights; Keras 3.8 and 3.10 took them), so try an older or a newer one, and clear the cached weights.",
    "rm -r ~/.keras/models; pip install -U keras",
)


def _turned(front: list[int], back: list[int]) -> bool:
    """Return whether one of two kernels of four dimensions begins with its small window, and the other ends with it."""
    if len(front) != 4 or len(back) != 4:
        return False
    first, second = (front, back) if front[0] == front[1] and back[2] == back[3] else (back, front)
    return first[:2] == second[2:] and max(first[:2]) < 16 <= max(first[2:]) and first[:2] != second[:2]


def _shapes(text: str) -> tuple[list[int], list[int]]:
    """Return the two shapes of a message: those in brackets where there are two, else each half of its numbers."""
    import re

    shapes = [
        [int(number) for number in _digits(shown)] for shown in re.findall(r"[\[(](?:\d+,? ?){2,}[\])]", text)[:2]
    ]
    if len(shapes) == 2:
        return shapes[0], shapes[1]
    numbers = [int(number) for number in _digits(text)]
    half = len(numbers) // 2
    return numbers[:half], numbers[half:]


def _digits(text: str) -> list[str]:
    import re

    return re.findall(r"\d+", text)


def _received(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...]:
    old = scene.place.only("keras-2.6", "tf-keras")
    return (
        mismatch(
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
            UPGRADE,
        ),
    )


def _axes(scene: Scene, match: re.Match[str]) -> Reading:
    return mismatch(
        "a kernel is transposed that has other dimensions than expected: the file does not say which Keras "
        "(keras_version) and backend wrote it, the nested models' weights are in another order, or the "
        "architecture is another one",
        SAME_CODE,
        Remedy(
            "When the architecture is right: rebuild it with the Keras of the file, load by_name, or set the "
            "attributes keras_version and backend in the file.",
            "keras-doctor check PATH",
        ),
        BY_NAME,
        _LOAD_MODEL,
        _MULTI_GPU,
    )


_NO_ASSETS = Reading(
    "weights-mismatch",
    "a lookup layer's assets (vocabulary) are not where this release looks for them in the archive",
    (SAME_VERSION, REBUILD),
    "medium",
    "it was raised in load_assets",
    "",
)
_NO_PATH = Reading(
    "wrong-api-use",
    "a path is None",
    (Remedy("Print the path before it is used.", "print(PATH)"),),
    "medium",
    "your own code passes the path",
    "KD903",
)


SYMPTOMS = (
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
            mismatch(
                "a layer has another number of weights than the file has for it: use_bias, the placement of "
                "BatchNormalization, or the kind of layer is another one",
                SAME_CODE,
                BY_NAME,
                _NORMALIZATION,
                _CUDNN,
                REBUILD,
            ),
        ),
        pattern=r"weight count mismatch|expects? \d+ weight\(?s?\)?(?:,|\.) (?:but the saved weights have|received)"
        r"|was found to correspond to layer|with a? ?weight list of length|saved weights have \d+ element",
        strength=8,
    ),
    Symptom(
        ("you called set_weights",),
        (
            mismatch(
                "set_weights got another number of arrays than the layer or model has variables",
                SAME_CODE,
                _NORMALIZATION,
                BUILD_FIRST,
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
            "invalid shape",
            "shapes must be equal rank",
            "object of too small depth for desired array",
            "wrong number of dimensions: expected",
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
        r"|has different shape from[^\n]{0,100}"
        r"|shapes must be equal rank, but are \d+ and \d+ for '\w*assign[^\n]{0,100}"
        r"|object of too small depth for desired array[^\n]{0,80}container name"
        r"|wrong number of dimensions: expected \d+, got \d+ with shape"
        r"|invalid shape [^\n]{0,60}got [\[(][\d, ]+[\])],? expected [\[(][\d, ]+[\])]",
        strength=6,
    ),
    Symptom(
        (
            "is not compatible with gru(reset_after",
            "reset_after=false) is not compatible",
            "is not compatible with cudnn",
        ),
        (
            mismatch(
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
        ("expected str, bytes or os.pathlike object, not nonetype",),
        lambda scene, match: (_NO_ASSETS, _NO_PATH) if scene.passed("assets", *LOADING) else (_NO_PATH, _NO_ASSETS),
        pattern=r"expected str, bytes or os\.PathLike object, not NoneType",
        strength=5,
        question="Does a frame name load_assets?",
    ),
)
