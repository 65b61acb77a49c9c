"""Things of two Kerases in one place, and configs of another generation where a thing is expected."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.records import replace
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import field
from keras_doctor.symptoms.remedies import (
    CUSTOM_OBJECTS,
    LEGACY_KERAS,
    REBUILD,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom
from keras_doctor.symptoms.unknown import named, training

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene


def _interpret(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "Could not interpret activation function identifier: X"."""
    kind, value = match["kind"].lower(), match["value"].strip().lstrip("'\", ")
    if re.match(r"<[a-z_]\w*\.", value) and not scene.passed("load"):  # an object, which no file holds
        other = training(_inner_name(value), "optimizers" if kind.startswith("optimizer") else "losses")
        return (
            replace(_mixed(scene), confidence="medium", when="it was raised by compile in your own code"),
            replace(other, confidence="medium", when="it was raised while a file was loaded"),
        )
    if value.startswith("<class "):
        return Reading(
            "wrong-api-use",
            f"a class was passed where an instance (or a name) of the {kind.split(' ')[0]} is wanted",
            (
                Remedy(
                    "Pass an instance, not the class: put brackets after it (SGD(), Adam()), or pass its name.",
                    'model.compile(optimizer=Adam(), loss="mse")',
                ),
                Remedy(
                    "Import it from the Keras that the model is of.", "from tensorflow.keras.optimizers import Adam"
                ),
            ),
            "medium",
            code="KD903",
        )
    if kind.startswith("optimizer"):
        return training(_inner_name(value), "optimizers")
    if kind.startswith(("loss", "metric")):
        return training(_inner_name(value), "losses")
    table = (
        "activations"
        if kind.startswith("activation")
        else "initializers"
        if kind.startswith("init")
        else "regularizers"
    )
    name = _inner_name(value)
    known = names.library(name, table) if name else None
    if value.startswith("{") and known is not None:
        return Reading(
            "config-value",
            f"{name} is stored as a nested config of another release, and this one does not take it apart",
            (Remedy("Upgrade: newer releases read both forms.", "pip install -U keras"), SAME_VERSION, LEGACY_KERAS),
        )
    return named(scene, name, table) if name else None


def _inner_name(value: str) -> str:
    if not value.startswith("{"):
        return value.split(" ")[0].strip("'\".,<>")
    name = field(value, "config") or field(value, "class_name")
    if "function" in (name, field(value, "class_name")):
        name = field(value, "config")
    return name


SYMPTOMS = (
    Symptom(
        ("could not interpret",),
        _interpret,
        pattern=r"Could not interpret (?P<kind>activation function|activation|initializer|regularizer|optimizer"
        r"|loss function|loss|metric)s? (?:function )?identifier:?\s*(?P<value>\{.*|[^\n]{1,200})",
        strength=6,
    ),
    Symptom(
        (
            "a kerastensor cannot be used as input to a tensorflow function",
            "'kerashistory' object has no attribute",
            "object has no attribute '_keras_history'",
        ),
        lambda scene, match: replace(_mixed(scene), confidence="medium"),
        strength=6,
    ),
    Symptom(
        ("is not a layer of keras", "improper config format"),
        (
            Reading(
                "config-value",
                "a part of the config has another form than this loader reads: it was written by another "
                "generation of Keras",
                (
                    SAME_VERSION,
                    Remedy(
                        "A config of Keras 1 (regularizers as {'l1': …, 'l2': …}): load it with Keras 1.2.2, or "
                        "rebuild "
                        "the model and load the weights.",
                        'pip install "keras==1.2.2"',
                    ),
                    UPGRADE,
                    LEGACY_KERAS,
                ),
            ),
        ),
        strength=6,
    ),
    Symptom(
        (
            "only instances of keras.layer can be added",
            "the added layer must be an instance of class layer",
            "expected object to be an instance of kerassaveable",
            "the added layer must be an instance",
            "only keras layers",
            "all layer instances",
            "can only prune an object of the following types",
            "can only be a tf.keras.model instance",
            "to_annotate can only be",
        ),
        lambda scene, match: _added(scene, match),
        strength=7,
    ),
)
_NO_LAYER = re.compile(
    r"(?:found|received|but got):?\s*(?:layer=)?"
    r"(?:<?(?:tf\.)?Tensor(?:\(|$)|<tf\.Tensor|<?KerasTensor\b|\[|\(|<function|<class|None\b|<bound method)",
    re.IGNORECASE,
)


def _added(scene: Scene, match: re.Match[str]) -> Reading:
    """Tell of what a Sequential model does not take: no layer at all, or a layer of another Keras."""
    if _NO_LAYER.search(match.string, match.start()):
        return Reading(
            "wrong-api-use",
            "what is added to the model is no layer: a tensor (what Input() and calls of layers return), a class, a "
            "function, a list or nothing",
            (
                Remedy(
                    "Add layers themselves: InputLayer (or input_shape of the first layer) in place of Input(), a "
                    "class with its brackets.",
                    "model.add(InputLayer(input_shape=(28, 28, 1)))",
                ),
                Remedy("Or connect tensors by the functional API.", "model = Model(inputs, outputs)"),
            ),
            code="KD903",
        )
    return _mixed(scene)


def _mixed(scene: Scene) -> Reading:
    if "_userobject" in scene.low:
        return Reading(
            "savedmodel-revive",
            "an object of the SavedModel could not be made a layer again: the class is unknown here, or was "
            "saved by a newer TensorFlow",
            (CUSTOM_OBJECTS, UPGRADE, REBUILD),
            code="KD905",
        )
    return Reading(
        "mixed-keras",
        "objects of two Kerases meet: a layer of tf_keras, TensorFlow Hub or another package of Keras 2 in a "
        "model of Keras 3 (or keras beside "
        "tf.keras)",
        (
            Remedy(
                "Use one Keras throughout. For packages of Keras 2: install tf-keras, and set "
                "TF_USE_LEGACY_KERAS=1 before TensorFlow is imported.",
                "pip install tf-keras\nexport TF_USE_LEGACY_KERAS=1",
            ),
            Remedy(
                "Or import everything from the same place: keras, or tensorflow.keras, not both.",
                "grep -rn 'import.*keras' .",
            ),
        ),
        code="KD208",
    )
