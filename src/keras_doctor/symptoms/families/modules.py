"""Classes that are stored by a module which is not there any more."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import (
    COMPILE_FALSE,
    INSPECT,
    LEGACY_KERAS,
    NEWER_KERAS_3,
    SAME_VERSION,
)
from keras_doctor.symptoms.symptom import Reading, Symptom
from keras_doctor.symptoms.unknown import named, training

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene


def _moved(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    """Tell of "its parent module M cannot be imported"."""
    module, name = match["module"].rstrip("."), match["name"]
    root = module.partition(".")[0]
    if root not in ("keras", "tf_keras", "tensorflow"):
        return named(scene, name, "layers", module)
    newer = ".src.models." in module or ".src.ops." in module or ".src.layers" in module or ".src.saving" in module
    if newer and not scene.place.only("keras-3"):
        what = f"the model was saved by Keras 3 (module {module}), and this loader is Keras 2"
        remedies: tuple[Remedy, ...] = (NEWER_KERAS_3, SAME_VERSION)
    elif root == "tf_keras":
        what = f"the model was saved by tf_keras (module {module}), which cannot be imported here"
        remedies = (LEGACY_KERAS, SAME_VERSION)
    else:
        what = (
            f"the config names the module {module}, which this release does not have: the .keras archive was saved "
            f"by another line of releases"
        )
        remedies = (
            LEGACY_KERAS,
            Remedy(
                "Archives of TensorFlow 2.12 to 2.15 load in the same version that saved them (2.12, 2.13, …); "
                ".h5 files are less particular.",
                "keras-doctor check PATH",
            ),
            NEWER_KERAS_3,
        )
    return Reading("module-moved", what, remedies)


def _no_saveable(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    """Tell of "Could not deserialize 'keras.metrics.mse' because it is not a KerasSaveable subclass"."""
    path = match["path"]
    name = path.rpartition(".")[2]
    if "optimizers" in path:
        return training(name, "optimizers")
    if "metrics" in path or "losses" in path or scene.passed("compile"):
        return Reading(
            "loss-or-metric-unresolvable",
            f"the loss or metric is stored by its short name {name}, which Keras 3 does not find when it reads "
            f"an older file",
            (
                COMPILE_FALSE,
                Remedy("Then compile with the full name.", 'model.compile(loss="mean_squared_error")'),
                LEGACY_KERAS,
            ),
        )
    return Reading(
        "security-refused", f"{path} is not a class that may stand in a model file", (INSPECT,), "medium", code="KD805"
    )


SYMPTOMS = (
    Symptom(
        ("cannot be imported", "because its parent module"),
        _moved,
        pattern=r"could not deserialize (?:class"
        r"|function) '?(?P<name>[\w>]+)'? because its parent module (?P<module>[\w.]+) cannot",
        strength=8,
    ),
    Symptom(
        ("is not a kerassaveable subclass",),
        _no_saveable,
        pattern=r"could not deserialize '?(?P<path>[\w.]+)'? because it is not a KerasSaveable",
        strength=7,
    ),
)
