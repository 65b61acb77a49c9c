"""Types of numbers: policies in a form that a loader does not read, and layers that are given another precision."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import value
from keras_doctor.symptoms.remedies import LEGACY_KERAS, REBUILD, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

SYMPTOMS = (
    Symptom(
        ("may only have a dtype in", "value of the dtype argument for"),
        (
            value(
                "the dtype of a preprocessing layer means something else in this release (int64 is what "
                "StringLookup gives out, string what it takes)",
                SAME_VERSION,
                UPGRADE,
                REBUILD,
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("expected dtype int64 does not equal original dtype int32", "does not equal original dtype"),
        (
            value(
                "a counter of a preprocessing layer (Normalization) is of another integer type in this release "
                "than in the SavedModel",
                SAME_VERSION,
                REBUILD,
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "unhashable type: 'dtypepolicy'",
            "dtypepolicy",
            "could not interpret dtype",
            "unknown dtype policy",
            "invalid dtype: {",
            "'str' object has no attribute 'quantization_mode'",
            "dtype policy",
        ),
        (
            value(
                "the dtype is stored as an object (DTypePolicy or Policy), and this release reads another form",
                Remedy("Upgrade to the Keras that wrote it, or newer.", "pip install -U keras"),
                LEGACY_KERAS,
                Remedy(
                    "Or put the policy's name (float32, mixed_float16) in place of the object in the config.",
                    "keras-doctor check PATH",
                ),
            ),
        ),
        pattern=r"unhashable type: 'DTypePolicy'|could not interpret (?:the )?(?:dtype|DType)|Cannot interpret dtype"
        r"|unknown dtype policy|invalid dtype: \{|'str' object has no attribute 'quantization_mode'"
        r"|Cannot convert .*DTypePolicy",
        strength=6,
    ),
    Symptom(
        ("that does not match type float", "that does not match type bfloat16"),
        (
            value(
                "a layer gets numbers of two precisions: the model was made with mixed precision (mixed_float16), and "
                "is put together again without it; a custom layer does not cast what it makes itself",
                Remedy(
                    "Set the policy of the model before loading.",
                    'keras.mixed_precision.set_global_policy("mixed_float16")',
                ),
                Remedy(
                    "In the custom layer: cast to the type that the layer computes in.",
                    "tf.cast(value, self.compute_dtype)",
                ),
                SAME_VERSION,
                REBUILD,
                confidence="medium",
            ),
            Reading(
                "custom-object-broken",
                "a custom layer mixes tensors of two precisions",
                (),
                "medium",
                "a custom layer is named",
                "KD917",
            ),
        ),
        pattern=r"has type b?float\d+ that does not match type b?float\d+",
        strength=6,
    ),
    Symptom(
        ("tensor conversion requested dtype", "conversion requested dtype"),
        (
            value(
                "a layer gets numbers of another type than its config says (an int32 input of an Embedding "
                "where float32 is expected): the dtype in the config is of another release",
                Remedy(
                    "Give the dtype of the input in the config or the code (dtype), or load it with the same version.",
                    "keras-doctor check PATH",
                ),
                SAME_VERSION,
                REBUILD,
                confidence="medium",
            ),
            Reading(
                "graph-reconstruction",
                "the layers cannot be connected again",
                (REBUILD,),
                "low",
                "it is not the input's dtype",
                "",
            ),
        ),
        strength=4,
    ),
    Symptom(
        ("as tf.dtype", "to a tensorflow dtype", "as a data type", "dtypepolicy"),
        (
            Reading(
                "config-value",
                "the dtype is stored as an object (a policy), and what reads it here wants a name",
                (UPGRADE, SAME_VERSION, LEGACY_KERAS, REBUILD),
                "high",
            ),
        ),
        pattern=r"Cannot (?:interpret|convert)(?: value(?: of type)?)? [^\n]{0,160}(?:dict|Policy)[^\n]{0,60}"
        r"(?:DType|data type)",
        strength=7,
    ),
)
