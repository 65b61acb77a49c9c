"""The v3 store (`model.weights.h5` of a `.keras` archive): which group each layer of the target looks for, and whether
what it holds fits.

A loader goes through the layers as it would to save them, and takes of each group what it finds there: what no layer
looks for stays where it is. Sources: `_load_state` of keras/src/saving/saving_lib.py (2.13 to 3.15),
`load_own_variables` of keras/src/layers/layer.py, `load_assets` of keras/src/layers/preprocessing/index_lookup.py.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.layers.stored_order import WEIGHTS, v3_groups, v3_places, weighed_places
from keras_doctor.loaders.graphs import era_of
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import Asset
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Built
    from keras_doctor.releases.api import Api

MOST_WRAPPERS = 16  # around one layer
SHORT = 256  # bytes: longer vocabularies have words
# Layers whose vocabulary stands among the assets when it does not stand in their config, and where below the layer.
_VOCABULARIES = {
    "TextVectorization": ("", "/_lookup_layer"),
    "StringLookup": ("",),
    "IntegerLookup": ("",),
}


@record
class Misfit:
    """A group of variables that is not what the layer takes.

    `group`: its inner path. `expected` and `found`: shapes; `found` is None where the file has no such group.
    `elsewhere`: groups of the file in which just such variables stand.
    """

    api: Api
    group: str
    path: str
    expected: tuple[tuple[int | None, ...], ...]
    found: tuple[tuple[int, ...], ...] | None
    elsewhere: tuple[str, ...] = ()


@record
class NoAsset:
    """A layer whose vocabulary is not where the release looks for it, or has no words."""

    api: Api
    place: str
    elsewhere: str = ""


def steps(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield what happens when the layers take their variables: stage "weights"."""
    document = load.document
    if document.facts.get("weights_npz") and not load.does("reads-pickled-arrays"):
        yield Step("weights", ("weights:pickled",), subject=load.api)
    stored = {group.owner: tuple(tensor.shape for tensor in group.tensors) for group in document.weights}
    for group in v3_groups(document.config, era_of(load), load.api.version, shapes):
        expected = tuple(variable.shape for variable in group.variables)
        found = stored.get(group.name)
        if found is not None and _fits(expected, found):
            continue
        tag = "weights:absent" if found is None else "weights:count" if len(found) != len(expected) else "weights:shape"
        elsewhere = tuple(name for name, held in stored.items() if found is None and _fits(expected, held))
        misfit = Misfit(load.api, group.name, group.path, expected, found, elsewhere[:4])
        yield Step("weights", (tag,), Locus(path=group.path), misfit)
    yield from _unweighed(load, shapes)
    yield from _left_over(load, shapes)
    yield from _assets(load, shapes)


def optimizer(load: Load, made: list[Built], shapes: tuple[LayerShape, ...], config: Any) -> Iterator[Step]:
    """Yield what happens when the optimizer that the model was compiled with takes its variables."""
    if made and load.document.training.slots:
        from keras_doctor.loaders.optimizer_state import in_archive

        yield from in_archive(load, made[-1], shapes, config)


def _unweighed(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the lookups whose words weigh, and that do not find the weights under the name that they ask for."""
    named = {group.owner for group in load.document.weights if any(one.name == WEIGHTS for one in group.tensors)}
    for node, groups in weighed_places(load.document.config, load.api.version, shapes):
        for group in groups:
            if group not in named:
                misfit = Misfit(load.api, group, node.path, ((None,),), None)
                yield Step("weights", ("weights:absent",), Locus(path=node.path), misfit)
                break


def _left_over(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the layers that a Bidirectional is made of, where the release keeps them, built, beside its two copies."""
    if not load.does("misbuilds-bidirectional"):
        return
    owned = {shape.path: shape.variables for shape in shapes}
    for outer, outer_place in v3_places(load.document.config, load.api.version, shapes):
        for node, place in _wrapped(outer, outer_place):
            layer = ConfigNode(node.get("config")).get("layer")
            if node.get("class_name") == "Bidirectional" and isinstance(layer, dict) and layer.get("build_config"):
                side = [one.shape for one in owned.get(node.path, ()) if one.part.startswith("forward_layer")]
                misfit = Misfit(load.api, f"{place}/layer/cell", node.path, tuple(side), None)
                yield Step("weights", ("weights:absent",), Locus(path=node.path), misfit)


def _wrapped(node: ConfigNode, place: str) -> Iterator[tuple[ConfigNode, str]]:
    """Yield a layer and, where it is a wrapper, the layer that it holds, with the inner path of each."""
    for _ in range(MOST_WRAPPERS):
        yield node, place
        layer = ConfigNode(node.get("config")).get("layer")
        if not isinstance(layer, dict):
            return
        node, place = ConfigNode(layer, f"{node.path}.config.layer"), f"{place}/layer"


def _fits(expected: tuple[tuple[int | None, ...], ...], found: tuple[tuple[int, ...], ...]) -> bool:
    """Tell whether variables have the shapes that are expected; None stands for any size."""
    if len(expected) != len(found):
        return False
    return all(
        len(want) == len(have) and all(size is None or size == held for size, held in zip(want, have, strict=True))
        for want, have in zip(expected, found, strict=True)
    )


def _assets(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield the layers whose vocabulary is not among the assets."""
    present = {asset.path: asset for asset in load.document.assets}
    if not present:
        return  # no loader looks for assets then
    for node, place in v3_places(load.document.config, load.api.version, shapes):
        config = node.get("config")
        parts = _VOCABULARIES.get(str(node.get("class_name")))
        if parts is None or not isinstance(config, dict) or config.get("vocabulary"):
            continue
        for part in parts:
            asset = present.get(f"assets/{place}{part}/vocabulary.txt")
            if asset is None:
                elsewhere = next((path for path in sorted(present) if path.endswith("/vocabulary.txt")), "")
                missing = NoAsset(load.api, f"assets/{place}{part}", elsewhere)
                yield Step("weights", ("asset:absent",), Locus(path=node.path), missing)
                break
            if config.get("output_mode") in ("tf_idf", "tf-idf") and not load.does("reads-tf-idf-vocabulary"):
                yield Step("weights", ("asset:weighted",), Locus(path=node.path), NoAsset(load.api, asset.path))
                break
            if asset.size <= SHORT and not _words(asset, str(config.get("oov_token", "[UNK]"))):
                yield Step("weights", ("asset:empty",), Locus(path=node.path), NoAsset(load.api, asset.path))
                break


def _words(asset: Asset, unknown: str) -> list[str]:
    """Return the words of a vocabulary without those that stand for padding and for unknown words."""
    try:
        text = asset.read().decode("utf-8", "replace")
    except (FormatError, OSError):
        return [""]
    return [word for word in text.split() if word not in (unknown, "[UNK]", "-1")]
