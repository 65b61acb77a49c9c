"""Functions of a SavedModel that are called with other arguments than they were exported with."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import CUSTOM_OBJECTS, REBUILD, UPGRADE, WEIGHTS_ONLY
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_LIST = Remedy("List its signatures, inputs and outputs, and use these names.", "saved_model_cli show --dir PATH --all")
_EXPORT = Remedy(
    "Or export it again with the signature that the client asks for (serving_default).", "model.export(PATH)"
)
_ARGUMENTS = Reading(
    "savedmodel-revive",
    "a function of the SavedModel is called with other arguments than it was exported with",
    (
        _LIST,
        Remedy(
            "Pass them by name, as tensors of the exported shape and type.", 'f = loaded.signatures["serving_default"]'
        ),
        _EXPORT,
        CUSTOM_OBJECTS,
        REBUILD,
    ),
    "medium",
    code="KD905",
)
_CALL = Reading(
    "wrong-api-use",
    "the call has other arguments than the function takes",
    (_LIST,),
    "medium",
    "your own code calls the signature",
    "KD903",
)

_AT_SAVING = Reading(
    "save-refused",
    "TensorFlow traces the model's call in order to save it, and the model takes other inputs than it was recorded "
    "with "
    "(float16 under a mixed precision policy, other shapes)",
    (
        Remedy(
            "Give the signature yourself, set the policy to float32 for saving, or save another format (.keras, .h5).",
            'tf.keras.mixed_precision.set_global_policy("float32"); model.save("model.h5")',
        ),
        WEIGHTS_ONLY,
        UPGRADE,
    ),
    "medium",
    code="KD901",
)


def _saving(scene: Scene) -> bool:
    return not scene.passed("load") and (scene.passed("save") or "dtype=float16" in scene.low or "save" in scene.low)


SYMPTOMS = (
    Symptom(
        (
            "signature_wrapper(",
            "binding inputs to tf.function",
            "signature specifies",
            "incompatible with input_signature",
        ),
        lambda scene, match: (_AT_SAVING,) if _saving(scene) else (_ARGUMENTS, _CALL),
        pattern=r"signature_wrapper\(|Binding inputs to tf\.function|Signature specifies \d+ arguments"
        r"|incompatible with input_signature",
        strength=7,
    ),
)
