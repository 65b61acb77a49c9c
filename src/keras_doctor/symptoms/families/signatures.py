"""Functions and tensors of a SavedModel or graph that are asked for by another name, or with other arguments."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import CUSTOM_OBJECTS, REBUILD
from keras_doctor.symptoms.symptom import Reading, Symptom

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
_NAMES = Reading(
    "wrong-api-use",
    "a tensor or operation is asked for by a name that the graph does not have: names change with the program, the "
    "release and when a graph is imported (import/…)",
    (
        Remedy("List the names that it has.", "[op.name for op in graph.get_operations()]"),
        _LIST,
    ),
    "medium",
    code="KD903",
)

SYMPTOMS = (
    Symptom(
        (
            "signature_wrapper(",
            "binding inputs to tf.function",
            "signature specifies",
            "incompatible with input_signature",
        ),
        (_ARGUMENTS, _CALL),
        pattern=r"signature_wrapper\(|Binding inputs to tf\.function|Signature specifies \d+ arguments"
        r"|incompatible with input_signature",
        strength=7,
    ),
    Symptom(
        (
            "refers to a tensor which does not exist",
            "refers to an operation not in the graph",
            "is not found in graph",
            "not found in graph",
        ),
        (_NAMES,),
        pattern=r"refers to a(?:n Operation| Tensor) (?:which does not exist|not in the graph)|not found in graph",
        strength=6,
    ),
    Symptom(
        ("default serving signature key not found", "serving signature", "signature name", "no signature"),
        (
            Reading(
                "savedmodel-revive",
                "the exported model has no signature of the name that is asked for",
                (_LIST, _EXPORT),
                "medium",
                code="KD905",
            ),
        ),
        pattern=r"serving signature (?:key )?(?:[\w\"']+ )?not found|signature name [^\n]{0,60}not found",
        strength=6,
    ),
)
