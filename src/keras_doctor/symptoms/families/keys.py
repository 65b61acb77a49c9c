"""Keys that a config lacks."""

from __future__ import annotations

import re

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.readings import LIST_OR_DICT
from keras_doctor.symptoms.remedies import (
    COMPILE_FALSE,
    INSPECT,
    REBUILD,
    SAME_CODE,
    SAME_VERSION,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene


# Names that layers and variables have.
_WEIGHT = (
    r"_\d+$|(?:conv|dense|batch|bn|block|fc|gru|lstm|kernel|bias|gamma|beta)\w*\d|^(?:kernel|bias|gamma|beta|W|b)$"
)


def _missing_key(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of a KeyError whose key is one of a config."""
    key = match["key"] or match["key2"]
    found = _KEYS.get(key)
    if found is not None:
        return found
    if key == "0":
        return LIST_OR_DICT
    if key.isdigit():
        return None  # a number that no list of layers begins with: of a pickle, or of a program's own table
    if scene.passed("compile"):
        return Reading(
            "loss-or-metric-unresolvable",
            f"the training config has no {key}, which this release wants; the model itself is fine",
            (COMPILE_FALSE, SAME_VERSION),
        )
    if scene.passed("pickle") or scene.passed("save"):
        return None
    if re.search(_WEIGHT, key) and scene.calls("weights", "load_weights", ".h5", ".npy"):
        return Reading(
            "weights-mismatch",
            f"the weights have nothing for {key}, which the model has: they are of another architecture, or their "
            f"names "
            f"are others",
            (SAME_CODE, INSPECT, REBUILD),
            "medium",
        )
    if (
        scene.passed("construct", "graph", "resolve", "load")
        or scene.place.releases
        or scene.calls("load_model", "from_config", "model_from_json")
    ):
        owners = names.keyword_owners(key)
        return _without(key, bool(owners), "medium")
    if not scene.parsed.frames and (key in _STRUCTURE or names.keyword_owners(key)):
        return _without(key, key not in _STRUCTURE, "low")
    return None


# Keys that configs have around those of the classes.
_STRUCTURE = ("config", "layers", "name", "module", "registered_name", "build_config", "model_config", "dtype", "shape")


def _without(key: str, owned: bool, confidence: str) -> Reading:
    """Tell of a key that a config lacks: one that a class has by its own (`owned`), or one of the form of configs."""
    return Reading(
        "missing-keyword" if owned else "config-value",
        f"the config has no {key}, which this release wants: it was written by another one, or is no config of a model",
        (
            SAME_VERSION,
            UPGRADE,
            Remedy(
                "A config is read by the class that it is of: Sequential.from_config for that of a Sequential, "
                "model_from_json for the text of to_json.",
                "model = keras.Sequential.from_config(config)",
            ),
            INSPECT,
            REBUILD,
        ),
        confidence,
    )


_KEYS = {
    "sample_weight_mode": Reading(
        "loss-or-metric-unresolvable",
        "the training config was written by TensorFlow 2.2 or later, which does not store sample_weight_mode "
        "any more; this older loader wants it",
        (COMPILE_FALSE, UPGRADE),
    ),
    "class_name": Reading(
        "config-value",
        "what should be the config of a model or layer has no class_name: a JSON of Keras 0 (rebuild it), "
        "another generation's JSON, or JSON "
        "of something else (TensorFlow.js, a history)",
        (INSPECT, SAME_VERSION, REBUILD),
        "medium",
    ),
    **{
        key: Reading(
            "loss-or-metric-unresolvable",
            f"the training config has no {key}, which this loader wants; the model itself is fine",
            (COMPILE_FALSE, SAME_VERSION, UPGRADE),
            "medium",
        )
        for key in ("loss", "metrics", "optimizer_config", "weighted_metrics")
    },
    "loss_weights": Reading(
        "loss-or-metric-unresolvable",
        "the training config has no loss_weights, which this loader wants; the model itself is fine",
        (COMPILE_FALSE, SAME_VERSION, UPGRADE),
    ),
    **{
        key: Reading(
            "weights-mismatch",
            f"the HDF5 file (or a group in it) has no {key}: it holds weights in another layout than this "
            f"loader reads, or none",
            (
                INSPECT,
                Remedy(
                    "Give load_weights what save_weights wrote, and load_model what save wrote; .weights.h5 "
                    "and the older .h5 are two layouts.",
                    "keras-doctor inspect PATH",
                ),
                REBUILD,
            ),
            "medium",
        )
        for key in ("layer_names", "weight_names", "nb_layers", "model_weights")
    },
    **{
        key: Reading(
            "graph-reconstruction",
            f"the config has no {key}: it is not that of a graph of layers in this release's form",
            (SAME_VERSION, REBUILD, INSPECT),
            "medium",
        )
        for key in ("inbound_nodes", "input_layers", "output_layers")
    },
    **{
        key: Reading(
            "wrong-api-use",
            f"{key} is not what this release calls the metric: acc became accuracy in Keras 2.3 and TensorFlow 2",
            (Remedy("Use the name that history.history has.", "print(history.history.keys())"),),
            "medium",
            code="KD903",
        )
        for key in ("acc", "val_acc", "accuracy", "val_accuracy", "lr")
    },
    "query_shape": Reading(
        "config-value",
        "a MultiHeadAttention saved by TensorFlow 2.4 has no query_shape in its config, which later releases want",
        (
            Remedy(
                "Load it with TensorFlow 2.4 (the same version), or rebuild the model with the same code and "
                "load the weights.",
                'uv run --python 3.8 --with "tensorflow==2.4.4" python',
            ),
            REBUILD,
        ),
    ),
    "keras_api": Reading(
        "savedmodel-revive",
        "a layer of the SavedModel has no attributes of Keras (keras_api): it was written by another release, or not "
        "by "
        "Keras",
        (UPGRADE, SAME_VERSION, REBUILD),
        "medium",
        code="KD905",
    ),
    "output_mask_type": Reading(
        "missing-keyword",
        "a Merge layer saved by Keras 1.1.1 or before has no output_mask_type",
        (SAME_VERSION, REBUILD),
    ),
}


_NODE = Reading(
    "graph-reconstruction",
    "a node of the graph names the output of a layer that is not there (yet), or numbers it otherwise",
    (SAME_VERSION, UPGRADE, REBUILD),
    "medium",
)


SYMPTOMS = (
    Symptom(
        ("keyerror: ('", 'keyerror: ("'),
        (_NODE,),
        pattern=r"KeyError: \(['\"][\w/.-]+['\"], ?\d+(?:, ?\d+)?\)",
        strength=6,
    ),
    Symptom(
        ("keyerror",),
        _missing_key,
        pattern=r"KeyError:?\s*[\"']{0,2}(?P<key>[a-z_]\w*)|KeyError:\s*(?P<key2>\d+)\b",
        strength=4,
    ),
)
