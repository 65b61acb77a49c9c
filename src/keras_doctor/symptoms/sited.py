"""What the place of a raise tells: a function that can fail for one cause alone, and, for a message that is known to be
Keras's or TensorFlow's, the part of the package that says it.
"""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import record, replace
from keras_doctor.symptoms.names import spans
from keras_doctor.symptoms.places import stage_of
from keras_doctor.symptoms.remedies import (
    BUILD_FIRST,
    CHECK,
    COMPILE_FALSE,
    CUSTOM_OBJECTS,
    DOWNLOAD,
    GET_CONFIG,
    INSPECT,
    LEGACY_KERAS,
    PATH,
    REBUILD,
    REGISTER,
    SAME_CODE,
    SAME_VERSION,
    SIGNATURE,
    UPGRADE,
    WEIGHTS_ONLY,
)
from keras_doctor.symptoms.sites import Site, among
from keras_doctor.symptoms.symptom import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_SAVE_AGAIN = Remedy("Or save in the .keras format, or the weights alone.", 'model.save("model.keras")')
_MESSAGE = Remedy("Do what the message says; the arguments of this release are in its help.", "help(keras.Model)")

MISMATCH = Reading(
    "weights-mismatch",
    "the architecture is there, and the weights in the file are not those that it wants (their number, names or "
    "shapes differ)",
    (SAME_CODE, INSPECT, REBUILD, SAME_VERSION),
)
_STATE = Reading(
    "optimizer-state",
    "the saved state of the optimizer does not fit the optimizer that was made; the model itself is fine",
    (COMPILE_FALSE, SAME_VERSION),
)
_DAMAGED = Reading(
    "damaged-file",
    "the file has not the parts that a Keras file has, or another kind of thing in their place",
    (CHECK, DOWNLOAD, INSPECT),
    "medium",
    code="KD108",
)
_REFUSED = Reading(
    "security-refused",
    "the file asks for more than it holds, or for something outside itself, and this release refuses that",
    (
        Remedy("Look at it without loading it; take it only from whoever made it.", "keras-doctor check PATH"),
        INSPECT,
    ),
)
_NO_PATH = Reading("path-problem", "nothing that can be loaded is at the path", (PATH,), code="KD101")
_NO_CONFIG = Reading(
    "weights-only",
    "the checkpoint holds weights and no architecture",
    (REBUILD, Remedy("For the next time: save the whole model.", 'model.save("model.keras")')),
    code="KD109",
)
_REVIVED = Reading(
    "savedmodel-revive",
    "an object or function of the SavedModel could not be brought back",
    (CUSTOM_OBJECTS, SAME_VERSION, UPGRADE, SIGNATURE, REBUILD),
    "medium",
    code="KD905",
)
_CHECKPOINT = Reading(
    "weights-mismatch",
    "the checkpoint and the objects that it is restored into do not fit each other",
    (SAME_CODE, INSPECT, BUILD_FIRST),
    "medium",
)
_SAVING = Reading(
    "save-refused",
    "this release refuses to save (or export) this model in this way",
    (_SAVE_AGAIN, WEIGHTS_ONLY, UPGRADE),
    "medium",
    code="KD901",
)
_NO_GET_CONFIG = Reading(
    "save-refused",
    "a layer (or function) of the model has no config that could be written",
    (
        GET_CONFIG,
        REGISTER,
        WEIGHTS_ONLY,
    ),
    "medium",
    code="KD901",
)
_CONVERTING = Reading(
    "converter-incompatible",
    "the converter does not take this model, or not with these settings",
    (UPGRADE, LEGACY_KERAS, SIGNATURE, CHECK),
    "medium",
    code="KD902",
)
CALL = Reading(
    "wrong-api-use",
    "the call is one that Keras does not allow: what it wants is what the message says",
    (_MESSAGE, BUILD_FIRST),
    "medium",
    "your own code makes the call",
    "KD903",
)
_OPTIMIZER = Reading(
    "optimizer-unresolvable",
    "the optimizer of the training config cannot be made again here; the model itself is fine",
    (COMPILE_FALSE, SAME_VERSION, UPGRADE),
    "medium",
    "it was raised while a file was loaded",
)
_LOSS = Reading(
    "loss-or-metric-unresolvable",
    "a loss or metric of the training config cannot be made again here; the model itself is fine",
    (COMPILE_FALSE, CUSTOM_OBJECTS, SAME_VERSION, UPGRADE),
    "medium",
    "it was raised while a file was loaded",
)
_VALUE = Reading(
    "config-value",
    "a class of Keras's own refuses a value of its config: this release does not take it in that form",
    (SAME_VERSION, CHECK, UPGRADE, LEGACY_KERAS, REBUILD),
    "medium",
    "it was raised while a file was loaded",
)
_GRAPH = Reading(
    "graph-reconstruction",
    "a layer does not take the inputs that it is given when the model is put together again",
    (SAME_VERSION, LEGACY_KERAS, CHECK, REBUILD),
    "medium",
    "it was raised while a file was loaded",
)
_POLICY = Reading(
    "config-value",
    "the dtype policy of a layer is one that this release does not know",
    (UPGRADE, SAME_VERSION, CHECK, REBUILD),
    "medium",
    "it was raised while a file was loaded",
)

# What a place can only mean: "module.function" or ".function" (of any module), "module." (any function of it), all of
# the module's path that is needed; after @ the beginning of what is said, where a function says several things.
ONLY: tuple[tuple[Reading, tuple[str, ...]], ...] = (
    (MISMATCH, (
        ".load_weights_from_hdf5_group", ".load_weights_from_hdf5_group_by_name",
        ".load_subset_weights_from_hdf5_group", "legacy_h5_format._set_weights", "hdf5_format._set_weights",
        "base_layer._load_own_variables", "layer._load_own_variables", "layer.load_own_variables",
        "saving_lib._raise_loading_failure", "saving_lib.__getitem__", ".preprocess_weights_for_loading",
        "._convert_rnn_weights", "topology.set_weights", "base_layer.set_weights", "layer.set_weights",
        "base_layer_utils.set_weights", "variables.assign", "variables._direct_assign", "variable.assign",
        "backend.batch_set_value", "base_layer_v1.set_weights", "layer._check_load_own_variables",
    )),
    (_STATE, (
        "optimizers.set_weights", "optimizer.set_weights", "optimizer_v2.set_weights", "optimizer_v1.set_weights",
        "base_optimizer.load_own_variables", "optimizer.load_own_variables", "._create_or_restore_slot_variable",
        "optimizer._load_own_variables",
    )),
    (_REFUSED, (
        "saving_lib._reject_npz_bomb", "saving_lib._reject_zip_bomb", "saving_lib._reject_zip_extract_bomb",
        "saving_lib.safe_get_h5_dataset", "saving_lib.safe_get_h5_group@not allowed", "._full_path@invalid asset path",
        "file_utils.extract_open_archive", "file_utils.filter_safe_zipinfos", "file_utils.filter_safe_tarinfos",
        "file_editor._extract_weights_from_store",
    )),
    (_DAMAGED, (
        "saving_lib._verify_group", "saving_lib._verify_dataset", "saving_lib.safe_get_h5_group@invalid path",
        "saving_lib._load_model_from_dir@expected a", "saving_lib.load_model@expected a",
    )),
    (_NO_PATH, (
        "saving_lib._load_model_from_dir@directory doesnt exist", "saving_lib._load_model_from_dir@path isnt",
        ".find_latest_orbax_checkpoint", "loader_impl.", "loader_impl.parse_saved_model",
    )),
    (_SAVING, ("saved_model/save.", "signature_serialization.", "function_serialization.", "builder_impl.",
        "saved_model/save_impl.", "save_impl.", "saved_model/save_context.", "saved_model/tracing_utils.",
        "io_utils.__setitem__", "io_utils._setattr", "io_utils.create_dataset")),
    (_NO_CONFIG, ("._load_model_from_orbax_checkpoint",)),
    (_REVIVED, (
        "saved_model/load.", "function_deserialization.", "saved_model/utils.", "load_context.", "revived_types.",
        "saved_model/nested_structure_coder.", "function_def_to_graph.", "saved_model/registration/registration.",
        "wrap_function.",
    )),
    (_CHECKPOINT, (
        "checkpoint/checkpoint.", "checkpoint/restore.", "training/saving/", "training/saver.", "functional_saver.",
        "saveable_object_util.", "checkpoint_utils.", "py_checkpoint_reader.", "checkpoint/util.", "tracking/util.",
    )),
    (_NO_GET_CONFIG, (
        ".serialize_keras_object", "._get_class_or_fn_config", ".get_json_type", "._get_object_config",
        "object_registration.decorator@cannot register", "json_utils.",
    )),
    (_VALUE, ("sequential.build@sequential model …", "sequential.add@sequential model …")),
    (_GRAPH, ("feature_column/dense_features.call", "feature_column/dense_features_v2.call",
        "feature_column/feature_column_v2.call", "feature_column/sequence_feature_column.call")),
    (_CONVERTING, ("lite/python/", "export/litert.", "export/openvino.", "export/torch.", "export/onnx.")),
)  # fmt: skip

_SAVES = (
    "save", "_save", "serialize", "_serialize", "write", "_write", "export", "to_json", "to_yaml", "get_config",
    "model_metadata", "_get_config", "_detect_save", "get_save_format", "_export", "_upload", "set_and_validate",
    "_serving", "layer_call",
)  # fmt: skip
# Parts of Keras, by the beginning of the module's path, and what it means that they refuse something: when a thing is
# made from its config, and when it is used.
_PARTS: tuple[tuple[tuple[str, ...], Reading | None, Reading | None], ...] = (
    (("optimizer", "mixed_precision/loss_scale", "mixed_precision/experimental/loss_scale"), _OPTIMIZER, None),
    (("losses", "metrics", "objectives", "engine/compile_utils", "trainers/compile_utils"), _LOSS, None),
    (("dtype_policies", "mixed_precision", "quantizers"), _POLICY, None),
    (("trainers/", "engine/training", "callbacks", "utils/", "models/cloning", "training/", "quantizers/"), None, None),
    (("layers", "initializ", "regulariz", "constraint", "activation", "engine/", "backend", "ops/", "models",
      "legacy/layers", "legacy/", "cudnn_rnn", "legacy_tf_layers"), _VALUE, _GRAPH),
)  # fmt: skip
_MAKING = frozenset(("__init__", "get", "deserialize", "from_config", "__new__", "add", "Input", "_parse_name",
    "_process_kwargs", "standardize_data_format", "normalize_tuple", "standardize_tuple", "standardize_padding",
    "normalize_data_format", "normalize_padding", "conv_input_length", "_get_quantized_dtype_policy_by_str",
    "standardize_reduction", "trainable", "process_layer", "_check_quantization_mode", "add_weight",
    "validate_string_arg", "resolve_policy", "_conversion_guard", "standardize_dtype"))  # fmt: skip
# Functions through which everything goes: that one of them says something tells no cause.
_OF_MANY = frozenset(("deserialize_keras_object", "class_and_config_for_serialized_keras_object", "from_config",
    "_retrieve_class_or_fn", "load_model", "process_layer", "functional_from_config", "deserialize_node"))  # fmt: skip
_LOADS = ("load", "construct", "resolve", "graph", "compile", "weights", "revive", "assets", "open")
_LOAD_CALLS = ("load_model", "model_from_json", "model_from_config", "from_config", "load_weights", "model_from_yaml")


@record
class Told:
    """What the place of a raise tells. `strength`: as that of a symptom."""

    readings: tuple[Reading, ...]
    strength: int
    seen: str


def told(scene: Scene) -> Told | None:
    """Return what the place of a raise tells: of the message, when it is known, else of the last frames."""
    message = scene.message
    sites = scene.sites
    through = among(sites, scene.parsed.frames)
    framed = None if through else _by_frames(scene)
    for site in through or (() if framed else sites):
        only = _only(site.where, site.shape)
        if only is not None:
            return Told(_with(site, (only,)), 5 if site.own >= 24 else 3, _seen(site, message))
    if framed is not None:
        return framed
    if sites and max(site.own for site in sites) >= 20:
        site = (through or sites)[0]
        plain = site.own >= 32 and site.function not in _OF_MANY
        return Told(_with(site, _by_part(scene, site)), 3 if plain else 1, _seen(site, message))
    return None


def _by_frames(scene: Scene) -> Told | None:
    """Return what one of the last frames tells, where its function can fail for one cause alone."""
    for frame in reversed(scene.parsed.frames[-3:]):
        only = _only(f"{frame.path.rpartition('.')[0]}.{frame.function.rpartition('.')[2]}", "")
        if only is not None:
            return Told((only,), 2, f"it was raised in {frame.path.rpartition('/')[2]} {frame.function}")
    return None


def _only(where: str, shape: str) -> Reading | None:
    """Return the one cause that a place has, None for one with several."""
    for reading, words in ONLY:
        for word in words:
            place, mark, start = word.partition("@")
            if mark and not shape.startswith(start):
                continue
            if place.endswith((".", "/")):
                if where.startswith(place) or "/" + place in where:
                    return reading
            elif where.endswith(place) and (place[0] == "." or where[: -len(place)].endswith("/") or where == place):
                return reading
    return None


def _by_part(scene: Scene, site: Site) -> tuple[Reading, ...]:
    """Return what it means that a part of Keras says something that has no cause of its own."""
    loading = scene.passed(*_LOADS) or scene.calls(*_LOAD_CALLS)
    function = site.function
    if function.startswith(_SAVES) or site.module.startswith("export/"):
        return (_SAVING,)
    if site.module.startswith(("saving", "legacy/saving", "engine/saving")):
        stage = stage_of(site.module.rpartition("/")[2], function)
        reading = {"weights": MISMATCH, "compile": _LOSS, "graph": _GRAPH, "revive": _REVIVED}.get(stage, _VALUE)
        return (replace(reading, confidence="medium"), CALL)
    if loading and scene.passed("compile"):
        return (_OPTIMIZER if "optimizer" in site.module else _LOSS,)
    for starts, making, using in _PARTS:
        if site.module.startswith(starts):
            reading_ = making if function in _MAKING or using is None else using
            if reading_ is None or (making is not None and using is None and function not in _MAKING):
                return (CALL,)
            if loading:
                return (reading_,)
            return (reading_, CALL) if reading_ is not _GRAPH else (CALL, reading_)
    return (CALL,)


def _with(site: Site, readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """Return the readings with the place, and the releases, that say the message."""
    releases = site.releases
    where = f"{site.where} says so" + (f": {spans(releases.items())}" if releases else "")
    if not site.whole:
        readings = tuple(
            replace(one, confidence="medium" if one.confidence == "high" else one.confidence) for one in readings
        )
        where = f"{site.where} says nearly so"
    return (replace(readings[0], evidence=(*readings[0].evidence, where)), *readings[1:])


def _seen(site: Site, message: str) -> str:
    return f"the text says: {message[:300]}"
