"""Names of layers and variables that this release does not take."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import (
    LEGACY_KERAS,
    REBUILD,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

SYMPTOMS = (
    Symptom(
        (
            "cannot contain character /",
            "must be a string and cannot contain character",
            "is not a valid scope name",
            "is not a valid root scope name",
            "parameter name can",
            "name must be a string",
            "invalid name",
            'can\'t contain "."',
            "cannot contain '.'",
        ),
        (
            Reading(
                "name-invalid",
                "a layer (or variable) has a name that this release does not allow (a / or ., a space at the "
                "beginning …); the release that saved it did",
                (
                    Remedy(
                        "Rename the layer: in the code, or in the config (in its name, wherever another "
                        "layer's inbound_nodes name it, and in the groups of its weights).",
                        "keras-doctor check PATH",
                    ),
                    LEGACY_KERAS,
                    REBUILD,
                ),
            ),
        ),
        pattern=r"cannot contain character|is not a valid (?:root )?scope name|parameter name can\W{1,4}t contain"
        r"|cannot contain '\.'|name must be a string",
        strength=8,
    ),
    Symptom(
        (
            "should be unique",
            "names must be unique",
            "already declared as a dependency",
            "all layer names should be unique",
            "duplicate name",
            "same name",
        ),
        (
            Reading(
                "name-invalid",
                "two layers (or variables) have the same name, which this release does not allow",
                (
                    Remedy(
                        "Give every layer a name of its own, in the code or in the config (rename one), and "
                        "save again.",
                        'layer._name = "other"',
                    ),
                    REBUILD,
                ),
                "high",
            ),
        ),
        pattern=r"(?:names?|layers?) (?:should|must) be unique|already declared as a dependency"
        r"|used \d+ times in the model|duplicate (?:layer )?name",
        strength=6,
    ),
)
