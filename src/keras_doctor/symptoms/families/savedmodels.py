"""SavedModels whose objects, functions or operations cannot be brought back, and backends that lack something."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms import names
from keras_doctor.symptoms.remedies import CUSTOM_OBJECTS, LEGACY_KERAS, REBUILD, REGISTER, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_RESAVE = Remedy("Or re-save it with the original code and this TensorFlow.", 'model.save("model.keras")')
_CLASSES = Remedy(
    "Give the original class in custom_objects; it needs get_config and from_config.",
    'model = load_model(PATH, custom_objects={"Name": Name})',
)
_SIGNATURE = Remedy(
    "An object without Keras's metadata is only TensorFlow's: call its signature. To have a Keras model, save "
    "it with model.save, or rebuild it and load the variables.",
    'f = tf.saved_model.load(PATH).signatures["serving_default"]',
)


_METRIC_REMEDIES = (
    Remedy(
        "Load it without its training state, or give the metric in custom_objects.",
        "model = load_model(PATH, compile=False)",
    ),
    _CLASSES,
    REGISTER,
)
_METRIC_KERAS = Reading(
    "savedmodel-revive",
    "a metric of the SavedModel cannot be restored: a class of another release, or a function of yours",
    _METRIC_REMEDIES,
    "medium",
    "the metric is Keras's own",
    "KD905",
)
_METRIC_OWN = Reading(
    "custom-object-missing",
    "a metric made from a function of yours cannot be restored from the SavedModel",
    _METRIC_REMEDIES,
    "medium",
    "the metric is your own",
)


def _restore(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    """Tell of "Unable to restore custom object of …"."""
    name = match.groupdict().get("name") or match.groupdict().get("name2") or ""
    kind = match["kind"] or match["kind2"] or ""
    known = names.library(name) if name else None
    if "metric" in kind or (known is not None and known.kind in ("metrics", "losses")):
        return (_METRIC_OWN, _METRIC_KERAS) if name else (_METRIC_KERAS, _METRIC_OWN)
    if known is not None:
        return Reading(
            "savedmodel-revive",
            f"the {name} of the SavedModel cannot be restored from its config in this release: it was saved by "
            f"another one",
            (SAME_VERSION, UPGRADE, _CLASSES, REBUILD),
            code="KD905",
        )
    return Reading(
        "custom-object-missing",
        f"{name or 'a custom class'} of the SavedModel is needed to restore it, and was not given to the loader",
        (_CLASSES, REGISTER, CUSTOM_OBJECTS, REBUILD),
    )


SYMPTOMS = (
    Symptom(
        (
            "unable to restore custom object",
            "unable to restore a layer of class",
            "unable to restore object of class",
            "unable to restore a custom",
            "unable to restore custom metric",
        ),
        _restore,
        pattern=r"Unable to restore (?:custom object of (?:class \"?(?P<name>\w+)\"? \(type (?P<kind>\w+)"
        r"|type (?P<kind2>\w+))|(?:a )?(?:layer|object) of class '?(?P<name2>\w+)|custom metric|a custom)",
        strength=8,
    ),
    Symptom(
        ("keyerror: <tf.tensor", "keyerror: <tf.operation", "keyerror: <reference wrapping"),
        (
            Reading(
                "savedmodel-revive",
                "the graph of the SavedModel (or an exported function) refers to a tensor that is not in it: written "
                "by "
                "another TensorFlow, or with control flow of TensorFlow 1",
                (UPGRADE, SAME_VERSION, REBUILD),
                "medium",
                code="KD905",
            ),
        ),
        strength=6,
    ),
    Symptom(
        ("savedmodel saved prior to tf 2.5 detected", "savedmodel saved prior to tensorflow 2.5"),
        (
            Reading(
                "savedmodel-revive",
                "the SavedModel has no Keras metadata (keras_metadata.pb): it was written by tf.saved_model.save, by "
                "TensorFlow 1 or before 2.5, and Keras's loader tries to read it all the same",
                (
                    _SIGNATURE,
                    Remedy("Or save it again with model.save (a release before 2.16).", "model.save(PATH)"),
                    REBUILD,
                ),
                "medium",
                code="KD118",
            ),
        ),
        strength=5,
    ),
    Symptom(
        ("referencing variables which have been deleted",),
        (
            Reading(
                "savedmodel-revive",
                "a function of a SavedModel is called after the object that it was loaded with is gone, with its "
                "variables",
                (
                    Remedy(
                        "Keep the loaded object as long as its functions are used.",
                        'loaded = tf.saved_model.load(PATH)\nf = loaded.signatures["serving_default"]',
                    ),
                ),
                code="KD905",
            ),
        ),
        strength=7,
    ),
    Symptom(
        ("table not initialized",),
        (
            Reading(
                "savedmodel-revive",
                "a lookup table of the SavedModel was not filled when it was loaded: Keras's loader did not find it "
                "among the layers' own things",
                (
                    Remedy(
                        "Load it with TensorFlow's own loader, which fills all tables, and call its signature.",
                        'tf.saved_model.load(PATH).signatures["serving_default"]',
                    ),
                    UPGRADE,
                    REBUILD,
                ),
                "high",
                code="KD905",
            ),
        ),
        strength=8,
    ),
    Symptom(
        ("unable to decode config",),
        (
            Reading(
                "custom-object-broken",
                "a custom layer has no usable get_config (it raised, or returned nothing), so that the "
                "SavedModel holds no config for it",
                (
                    Remedy(
                        "Write get_config (and call with all its arguments) for each custom layer, and re-save.",
                        "def get_config(self): …",
                    ),
                    REGISTER,
                    REBUILD,
                ),
                code="KD917",
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "could not find matching function to call",
            "could not find matching concrete function",
            "missing 1 required argument",
            "missing required argument",
            "required arguments:",
            "expected these arguments to match one of the following",
            "found zero restored functions",
        ),
        lambda scene, match: _functions(scene, match),
        pattern=r"could not find matching (?:concrete )?function|expected these arguments to match"
        r"|found zero restored|f\(.*\) missing \d+ required arg|missing (?:1"
        r"|\d+) required arguments?:? ?\w*|\) mis$",
        strength=6,
    ),
    Symptom(
        (
            "nodedef mentions attr",
            "value for attr '",
            "graphdef-interpreting binary",
            "not in op<name",
            "expects to be colocated",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the graph was written by a newer TensorFlow: an operation in it has an attribute that this "
                "one does not know",
                (UPGRADE, SAME_VERSION),
                code="KD905",
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "python objects that were not bound to checkpointed values",
            "the same saveable will be restored with two names",
            "unresolved object in checkpoint",
            "unresolvedobject",
            "object-graph-based checkpoint",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the variables of the SavedModel (or checkpoint) are not those of the objects that are made "
                "here: a lookup table, a layer of another release",
                (SAME_VERSION, UPGRADE, REBUILD),
                "medium",
                code="KD905",
            ),
        ),
        strength=7,
    ),
    Symptom(
        (
            "'autotrackable' object has no attribute",
            "'_userobject' object has no attribute",
            "autotrackable object has no attribute",
            "'_userobject' object is not callable",
            "'autotrackable' object is not callable",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the SavedModel holds no Keras model (no Keras metadata): TensorFlow gives back a bare object, "
                "without summary, predict and the like",
                (
                    _SIGNATURE,
                    REBUILD,
                    LEGACY_KERAS,
                    Remedy(
                        "When it was saved by Keras: load it with keras.models.load_model of Keras 2, or save it again "
                        "without the optimizer.",
                        "model.save(PATH, include_optimizer=False)",
                    ),
                ),
                code="KD118",
            ),
        ),
        pattern=r"'?(?:AutoTrackable|_UserObject|WrapperFunction)'? object (?:has no attribute|is not callable)",
        strength=5,
    ),
    Symptom(
        (
            "metagraphdef associated with tags",
            "keraslayer requires",
            "signature_def",
            "does not contain a signature",
            "keyerror: 'serving_default'",
        ),
        (
            Reading(
                "savedmodel-revive",
                "the SavedModel has no graph under those tags, or no such signature",
                (Remedy("List what it has.", "saved_model_cli show --dir PATH --all"), _SIGNATURE),
                code="KD905",
            ),
        ),
        pattern=r"MetaGraphDef associated with tags|does not contain a signature|KeyError: 'serving_default'"
        r"|signature[^\n]{0,40}not found",
        strength=6,
    ),
    Symptom(
        ("called trackable._track_trackable() with name='variables'",),
        (
            Reading(
                "name-invalid",
                "an attribute of the model has a name that newer TensorFlow keeps for itself (variables)",
                (SAME_VERSION, REBUILD),
            ),
        ),
        strength=9,
    ),
)


def _functions(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    if (
        "match" not in match[0]
        and "restored" not in match[0]
        and not (
            scene.calls(
                "SavedModel",
                "saved_model",
                "restored_function",
                "canonicalize_function_inputs",
                "f(inputs",
                "function.py",
            )
            or "matching" in match[0].lower()
        )
    ):
        return None
    return Reading(
        "savedmodel-revive",
        "a function of the SavedModel was saved for other arguments than it is called with: it was traced for "
        "other shapes or types, or the layer's class was not given and its call is revived from traces",
        (
            _CLASSES,
            Remedy(
                "Save again with the original class and signature; call the model with the shapes and types it "
                "was traced for.",
                'model.save("model.keras")',
            ),
            REBUILD,
        ),
        code="KD905",
    )
