"""How a release writes what every release means: objects with or without their module, policies as dicts or names.

`recast` brings a draft into the dialect of its target before anything is compared, so that fixes deal with what really
differs. Sources: `serialize_keras_object` of keras/src/saving/serialization_lib.py (3.15) and of
keras/utils/generic_utils.py (2.x).
"""

from __future__ import annotations

from keras_doctor.fixes.activations import compose
from keras_doctor.fixes.by_feature import compose_features, share_axes
from keras_doctor.fixes.dense_combined import combine, order_gates
from keras_doctor.fixes.dim_ordering import state_dim_ordering
from keras_doctor.fixes.fix import APPROXIMATE, EXACT, LOSSY, Change
from keras_doctor.fixes.graphs import rewrite
from keras_doctor.fixes.implicit_masks import leave_masks
from keras_doctor.fixes.inputs import declare
from keras_doctor.fixes.inputs_named import name_inputs
from keras_doctor.fixes.javascript import translate
from keras_doctor.fixes.kept_dimensions import keep
from keras_doctor.fixes.knowledge import written_by
from keras_doctor.fixes.lambda_rewritten import rewrite_lambdas
from keras_doctor.fixes.layers_composed import compose_layers
from keras_doctor.fixes.merged_by_cosine import merge_by_cosine
from keras_doctor.fixes.merged_by_function import merge_by_function
from keras_doctor.fixes.merged_dots import tell_products
from keras_doctor.fixes.merged_first import merge_first
from keras_doctor.fixes.naming import name_module
from keras_doctor.fixes.operations_composed import compose_operations
from keras_doctor.fixes.plain.composing import ROUNDED, compose_plainly
from keras_doctor.fixes.recurrent import unfold
from keras_doctor.fixes.training import Unknown, rewrite_training
from keras_doctor.fixes.upsampling import move
from keras_doctor.layers.stock import is_operation
from keras_doctor.loaders.nested import kind_of
from keras_doctor.releases.semantics import Semantics

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.masking import Key, Use
    from keras_doctor.releases.api import Api

DEPTH = 256
_POLICIES = ("Policy", "PolicyV1", "DTypePolicy", "FloatDTypePolicy")
# Keys of an entry that say how Keras built and compiled a layer: a loader finds it out again, and those of another
# release would stop it.
_LEFT_OUT = ("build_config", "compile_config", "shared_object_id")


def recast(draft: Draft, target: Target, masks: dict[Key, Use]) -> Iterator[Change]:
    """Bring a draft's config into the dialect of its target. `masks`: what each call goes by."""
    modern = target.api.line == "keras-3"
    _sequences(draft.config)
    if draft.config != draft.source.config:
        yield Change("sequential-config", "write the layers of a Sequential as a dict, as Keras does since 2.2.3")
    for message in translate(draft):
        yield Change("javascript-words", message)
    for name in name_inputs(draft):
        yield Change("input-named", f"take the input that {name} hands on for the model's input, not {name}")
    yield from state_dim_ordering(draft)
    for name in merge_first(draft.config):
        yield Change("merge-first", f"make the Sequential {name}, which begins with a Merge, a graph")
    yield from tell_products(draft)
    for name in merge_by_function(draft):
        yield Change("merge-function", f"call the Merge {name}, whose mode is a function, a Lambda")
    for message in declare(draft.config, target.api):
        yield Change("input-declared", message)
    place = "compile_config" if target.format == "keras-v3" else "training_config"
    if draft.training and (modern != (draft.era == "keras-3") or draft.training_path != place):
        yield from training(draft, target)
    before = draft.era
    if before == "keras-3":
        _name_operations(draft)
    cosines = list(merge_by_cosine(draft, target.api))
    for name in cosines:
        yield Change("merge-cosine", f"put the Merge {name} together from products and their roots")
    lambdas = list(rewrite_lambdas(draft.config, before, target.api, _centered(draft)))
    for name in lambdas:
        yield Change("lambda-rewritten", f"make the code of the Lambda {name} a model of the operations that it calls")
    for name in compose_operations(draft.config, before, target.api, _centered(draft)):
        yield Change("operation-composed", f"put the operation {name} together from several of the target's own")
    composed = list(compose(draft, target.api))
    for told, rounded in composed:
        kind, note = (APPROXIMATE, ROUNDED) if rounded else (EXACT, "")
        yield Change("activation-composed", f"put {told} together from what the target has", kind=kind, note=note)
    moved = list(move(draft, target))
    yield from moved
    for name in order_gates(draft):
        yield Change("dense-combined", f"order the arrays of the Highway {name}, whose bias stood between its kernels")
    combined = list(combine(draft, target.api))
    for told in combined:
        yield Change("dense-combined", f"make {told} of dense layers and what merges them")
    made = list(compose_layers(draft, target.api))
    yield from made
    features = list(compose_features(draft, target.api))
    for told in features:
        yield Change("features-composed", f"make {told} of layers that the target has")
    for told in share_axes(draft):
        yield Change("axes-shared", f"state the axes along which {told} shares its numbers, as they are stored")
    kept = list(keep(draft, target.api))
    for told in kept:
        yield Change("dimensions-kept", f"let a Reshape keep the dimensions that {told} pools over")
    if leave_masks(draft, target, masks):
        yield Change("masks-left", "leave the masks to the layers, which hand on the same ones there")
    plain = list(compose_plainly(draft, target, _centered(draft)))
    for told, rounded in plain:
        kind, note = (APPROXIMATE, ROUNDED) if rounded else (EXACT, "")
        yield Change("composed-plainly", f"put {told} together from layers", kind=kind, note=note)
    yield from unfold(draft, target, masks)
    rebuilt = (lambdas, composed, combined, made, features, cosines, kept, moved, plain)
    if any(rebuilt) or modern != (before == "keras-3"):
        for name in rewrite(draft.config, before, target.api):
            yield Change("operation-rewritten", f"make the operation {name} one of the target's own")
    elif modern:
        rewrite(draft.config, before, target.api, ends_only=True)
    for entry, kind in objects(draft.config):
        for key in _LEFT_OUT:
            entry.pop(key, None)
        config = entry.get("config")
        if kind == "layers" and isinstance(config, dict) and "output_layers" in config:
            _graph_class(entry, target.api)
        if isinstance(config, dict):
            _policy(config, modern)
            single = modern or (target.api.line == "keras-2" and entry["class_name"].startswith("BatchNormalization"))
            if single and isinstance(config.get("axis"), list) and len(config["axis"]) == 1:
                config["axis"] = config["axis"][0]  # as Keras 3 itself does when it reads HDF5
    state_modules(draft, target)


def training(draft: Draft, target: Target) -> Iterator[Change]:
    """Rewrite what the model was compiled with."""
    try:
        yield from rewrite_training(draft, target)
    except Unknown as error:
        yield drop_training(draft, str(error))


def drop_training(draft: Draft, why: str = "") -> Change:
    """Leave out what the model was compiled with: it is no reason not to predict."""
    draft.training = None
    note = "compile the model again before training it on"
    told = f": {why}" if why else ""
    return Change("training-dropped", f"leave out what the model was compiled with{told}", kind=LOSSY, note=note)


def state_modules(draft: Draft, target: Target) -> None:
    """State the module of every object where the target looks for it, and leave it out where it does not."""
    archive = target.format == "keras-v3"
    for entry, kind in objects(draft.config):
        if target.api.line == "keras-3" or archive:
            layer = kind == "activations" and target.api.find(entry["class_name"], kind) is None
            name_module(entry, "layers" if layer else kind, target.api, archive)  # Dense(activation=LeakyReLU())
        else:
            entry.pop("module", None)
            entry.pop("registered_name", None)


def objects(value: Any, kind: str = "layers", depth: int = 0) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every object of a config with its kind, those inside it first."""
    if depth > DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from objects(one, kind, depth + 1)
    elif isinstance(value, dict) and isinstance(value.get("class_name"), str):
        config = value.get("config")
        if isinstance(config, list):
            yield from objects(config, "layers", depth + 1)
        elif isinstance(config, dict):
            for key, inner in config.items():
                found = "layers" if key == "layers" else kind_of(key, inner)
                if found:
                    yield from objects(inner, found, depth + 1)
        yield value, kind


def _graph_class(entry: dict[str, Any], api: Api) -> None:
    """Call a graph of layers what the release calls it: Functional, or Model where there is no such class."""
    if entry["class_name"] in ("Model", "Functional", "Container", "Network"):
        entry["class_name"] = "Functional" if api.find("Functional", "layers") else "Model"


def _sequences(value: Any, depth: int = 0) -> None:
    """Give the bare lists of Sequentials up to Keras 2.2.2 their dicts. Those in one model get names of their own."""
    if depth > DEPTH or not isinstance(value, dict):
        return
    config = value.get("config")
    if value.get("class_name") == "Sequential" and isinstance(config, list):
        config = value["config"] = {"name": value.get("name") or "sequential", "layers": config}
    if isinstance(config, dict):
        for held in config.values():
            several = held if isinstance(held, list) else [held]
            bare = [one for one in several if isinstance(one, dict) and isinstance(one.get("config"), list)]
            for one in several:
                _sequences(one, depth + 1)
            for number, one in enumerate(bare[1:], 1):
                if not one.get("name") and isinstance(one["config"], dict):
                    one["config"]["name"] += f"_{number}"


def _policy(config: dict[str, Any], modern: bool) -> None:
    """Name a dtype policy: every release takes the name of a dtype, and no two the same dict. Of a policy that mixes
    two dtypes, releases before Keras 3 want the dict.
    """
    held = config.get("dtype")
    if isinstance(held, dict) and held.get("class_name") in _POLICIES and isinstance(held.get("config"), dict):
        held = held["config"].get("name")
    if isinstance(held, str):
        mixed = held.startswith("mixed_") and not modern
        config["dtype"] = {"class_name": "Policy", "config": {"name": held}} if mixed else held


def _centered(draft: Draft) -> bool:
    """Tell whether each release that may have written the file resizes images by the centers of pixels."""
    stated = draft.source.provenance
    if stated.library == "keras" or not stated.tensorflow:
        return False
    releases = {word for word in stated.tensorflow.split() if word != "to"}
    return all(Semantics("tf.keras", release, "tensorflow").get("image_resize") == "centered" for release in releases)


def _name_operations(draft: Draft) -> None:
    """State the module of operations, which the HDF5 files of Keras 3 leave out."""
    known = {one.class_name: one.module for one in written_by(draft.source.provenance).classes("operations")}
    for entry, kind in objects(draft.config):
        if kind == "layers" and not entry.get("module") and is_operation(entry) and entry["class_name"] in known:
            entry["module"] = known[entry["class_name"]]
