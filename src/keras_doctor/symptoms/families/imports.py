"""Failures of the import itself, before any file is read: missing packages, modules that moved, mixed installs."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import imported
from keras_doctor.symptoms.importing import (
    IMPORTS,
    SHADOWED,
    absent,
    attribute,
    not_importable,
    not_installed,
    other_api,
)
from keras_doctor.symptoms.readings import broken
from keras_doctor.symptoms.remedies import LEGACY_KERAS, REINSTALL, UPGRADE, VERSIONS
from keras_doctor.symptoms.symptom import Symptom

SYMPTOMS = (
    Symptom(
        (
            "multi-backend keras that does not support tensorflow 2",
            "another metric with the same name already exists",
            "version requires tensorflow version",
            "requires tensorflow version >=",
        ),
        (
            broken(
                "this Keras (or package) and this TensorFlow do not belong together",
                Remedy(
                    "Use tf.keras (from tensorflow import keras) in place of the old package, or bring both to "
                    "one release.",
                    "keras-doctor env",
                ),
                UPGRADE,
                REINSTALL,
                Remedy("Or an older TensorFlow.", 'pip install "tensorflow<2"'),
                code="KD202",
            ),
        ),
        strength=9,
    ),
    Symptom(
        ("object has no attribute", "type object"),
        other_api,
        pattern=r"(?:type object )?'(?P<owner>(?:TFLiteConverter\w*|Adam\w*|SGD|RMSprop|Sequential|Functional|Model"
        r"|KerasTensor|Tensor|EagerTensor|History|"
        r"ModelCheckpoint|Optimizer\w*))' (?:object )?has no attribute '(?P<name>\w+)'",
        strength=3,
    ),
    Symptom(
        ("no module named", "modulenotfounderror"),
        absent,
        pattern=r"No module named:?\s*(?P<name>'[\w.]+'|\"[\w.]+\"|[\w.]+)",
        strength=5,
    ),
    Symptom(
        ("cannot import name", "cannot import "),
        not_importable,
        pattern=r"cannot import (?:name:?\s*)?(?P<what>'?[\w.]+'?)(?: from (?:partially initialized module )?"
        r"(?P<owner>'?[\w.]+'?))?",
        strength=5,
    ),
    Symptom(
        ("has no attribute",),
        attribute,
        pattern=r"(?:partially initialized )?module '?(?P<module>[A-Za-z_][\w.]*)'? has no attribute '?(?P<name>\w+)",
        strength=6,
    ),
    Symptom(
        ("keras.optimizers.legacy is not supported in keras 3", "is not supported in keras 3"),
        (
            broken(
                "the code uses something of Keras 2 that Keras 3 does not have",
                LEGACY_KERAS,
                Remedy(
                    "Or take what Keras 3 has in its place (keras.optimizers.Adam).",
                    "optimizer = keras.optimizers.Adam()",
                ),
                code="KD909",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("'module' object has no attribute",),
        lambda scene, match: broken(
            f"a module of the installed release has no {match['name']}: it is older (or newer) than the code "
            f"was written for",
            *imported.moved("", match["name"]),
            VERSIONS,
            UPGRADE,
            IMPORTS,
            code="KD909",
            confidence="medium",
        ),
        pattern=r"'module' object has no attribute '?(?P<name>\w+)",
        strength=5,
    ),
    Symptom(
        ("pip install", "please install", "must install", "is required", "requires the"),
        lambda scene, match: not_installed(scene, (match["package"] or match["package2"]).replace("-", "_")),
        pattern=r"(?:please )?(?:install|run|try|use|via|by|with|using)\W[^\n]{0,60}?(?:pip3?|conda) install (?:-U "
        r"|--upgrade "
        r"|-q )?(?P<package>[A-Za-z][\w\-]+)|requires (?:the )?(?P<package2>[a-z][\w\-]+) package",
        strength=6,
        everywhere=False,
    ),
    Symptom(
        ("keras.json", "_config = json.load", "json.load(open(_config_path"),
        (
            broken(
                "Keras's settings, ~/.keras/keras.json, are not valid JSON (a typographic quotation mark, a missing "
                "comma): "
                "it was edited by hand",
                Remedy(
                    "Correct the file, or delete it: Keras writes a new one.",
                    "python -m json.tool ~/.keras/keras.json || rm ~/.keras/keras.json",
                ),
                code="KD909",
            ),
        ),
        pattern=r"(?:JSONDecodeError|Invalid control character|Expecting (?:property|value|',')|No JSON object|Extra"
        r" data)"
        r"[^\n]{0,600}keras\.json|keras\.json[^\n]{0,600}(?:JSONDecode|Invalid control|Expecting|No JSON object"
        r"|Extra data)"
        r"|(?<!\w)_config = json\.load\(",
        strength=8,
    ),
    Symptom(
        ("_keras_shape",),
        (
            broken(
                "the code (keras-contrib, a layer of the time of Keras 2.2) asks a tensor for _keras_shape, which "
                "tensors of "
                "the old package keras had: it is another release, or a tensor of tf.keras",
                Remedy("Use keras.backend.int_shape(x) in its place, or x.shape.", "K.int_shape(x)"),
                Remedy("Or the version that the code was written for.", 'pip install "keras==2.2.4" "tensorflow<1.15"'),
                IMPORTS,
                LEGACY_KERAS,
                code="KD909",
                confidence="medium",
            ),
        ),
        pattern=r"has no attribute '?_keras_shape",
        strength=7,
    ),
    Symptom(
        ("name 'h5py' is not defined", "name 'h5py'"),
        lambda scene, match: not_installed(scene, "h5py"),
        pattern=r"name 'h5py' is not defined",
        strength=9,
    ),
    Symptom(("partially initialized module", "most likely due to a circular import"), (SHADOWED,), strength=7),
)
