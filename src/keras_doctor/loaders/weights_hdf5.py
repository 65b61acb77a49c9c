"""Legacy HDF5 weights (`model_weights`, `layer_names`, `weight_names`) as each era's loader gives them to the layers.

Names do not count: the first group with arrays goes to the first layer that owns variables, and so on; in each, the
first array to the first variable. Sources: keras/engine/topology.py `load_weights_from_hdf5_group` (1.x to 2.1),
keras/engine/saving.py (2.2, 2.3), keras/saving/hdf5_format.py (tf.keras), keras/src/legacy/saving/legacy_h5_format.py
(3.x).
"""

from __future__ import annotations

from keras_doctor.artifacts.legacy_hdf5 import TOP_LEVEL
from keras_doctor.document.locus import Locus
from keras_doctor.layers.models import is_model
from keras_doctor.loaders import cudnn
from keras_doctor.loaders.owners import Owners
from keras_doctor.loaders.surroundings import reader_signs
from keras_doctor.loaders.tracing import Step
from keras_doctor.loaders.weights_conversion import Conversion, ConversionError, fits
from keras_doctor.records import record, replace
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.tensors import WeightGroup
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.owners import Owner
    from keras_doctor.releases.api import Api

_TABLES = ("StringLookup", "IntegerLookup", "TextVectorization")
_MOST = 50  # misfits of one file that are told


@record
class Misfit:
    """Weights that do not go into the model.

    `layer` is the model's layer, `group` the group of the file that its place leads to. `expected` and `found` are
    numbers of layers or arrays, or a shape each; `variable` is the one that has that shape. `says`: what the loader
    says when a conversion raises. `names`: of the layers that want weights.
    """

    api: Api
    layer: str = ""
    group: str = ""
    expected: int | Shape = 0
    found: int | Shape = 0
    variable: str = ""
    says: str = ""
    names: tuple[str, ...] = ()


def steps(load: Load, shapes: tuple[LayerShape, ...], config: Any = None) -> Iterator[Step]:
    """Yield what the loader does with the weights of an HDF5 file.

    `shapes`: what is inferred of every layer of `config`, which is the model's config as the loader makes use of it
    (None: as it stands in the file).
    """
    yield from cudnn.steps(load)
    if reader_signs(load.environment):
        from keras_doctor.loaders import decoding

        yield from decoding.weights(load)
    document = load.document
    if document.damage or "weights_complete" not in document.facts:
        yield Step("weights", (), unexamined="the weights are not known: they were not read, or not to the end")
        return
    root = document.config if config is None else config
    if not isinstance(root, dict) or not is_model(str(root.get("class_name")), root.get("config")):
        yield Step("weights", (), unexamined="what the model owns is known to the code of its class alone")
        return
    owners = Owners(load, root, shapes)
    listed = list(owners.listed())
    groups = [group for group in document.weights if group.owner != TOP_LEVEL]
    names = document.facts.get("layer_names")  # how many, None where the list is not there
    numbered = "layer_names" not in document.facts  # Keras 0.3 and 1.0: layer_0, layer_1 …
    if names is None and not (numbered and load.does("reads-numbered-layers")):
        yield Step("weights", ("arrays:unlisted",), Locus(part="/model_weights"), Misfit(load.api))
        return
    for owner in listed:
        if owner.class_name in _TABLES and _counts_table(load, owner):
            where = Locus(path=owner.node.path)
            yield Step("weights", ("arrays:table",), where, Misfit(load.api, owner.name))
    if _from_elsewhere(load):
        from keras_doctor.loaders.theano_kernels import misaligned

        yield from misaligned(load, owners, listed)
    if not numbered:
        groups = [group for group in groups if group.tensors]
        held = {group.owner for group in groups}
        listed = [owner for owner in listed if (owner.variables if owner.known else owner.name in held)]
    if len(groups) == len(listed):
        yield from _filled(load, owners, listed, groups)
    elif any(not owner.known for owner in listed):
        yield _unknown(next(owner for owner in listed if not owner.known))
    else:
        misfit = Misfit(
            load.api, expected=len(listed), found=len(groups), names=tuple(owner.name for owner in listed[:_MOST])
        )
        yield Step("weights", ("arrays:layers",), Locus(part="/model_weights"), misfit)
    yield from _top_level(load)


def _filled(load: Load, owners: Owners, listed: list[Owner], groups: list[WeightGroup]) -> Iterator[Step]:
    """Yield the layers that cannot be filled, one after the other."""
    stated = load.document.facts.get("weights_keras_version") or "1"  # as the loaders take it where nothing is stated
    conversion = Conversion(load, owners, stated == "1")
    lenient = _lenient(load)
    told = 0
    for owner, group in zip(listed, groups, strict=True):
        arrays = [tensor.shape for tensor in group.tensors]
        if not owner.known:
            from keras_doctor.loaders.weights_guess import plausible

            if owner.name != group.owner or not plausible(load, conversion, owner, arrays):
                yield _unknown(owner)
            continue
        told += 1
        if any(variable.dtype == "bfloat16" for variable in owner.variables) and not load.does("sets-bfloat16"):
            says = "data type 'bfloat16' not understood"
            yield _misfit("arrays:conversion", owner, group, Misfit(load.api, says=says))
            continue
        try:
            arrays = conversion.converted(owner, arrays)
        except ConversionError as error:
            yield _misfit("arrays:conversion", owner, group, Misfit(load.api, says=str(error)))
            continue
        if len(arrays) != len(owner.variables):
            misfit = Misfit(load.api, expected=len(owner.variables), found=len(arrays))
            yield _misfit("arrays:count", owner, group, misfit)
            continue
        told -= 1
        for variable, shape in zip(owner.variables, arrays, strict=True):
            if fits(variable.shape, shape):
                continue
            if lenient and len(variable.shape) == len(shape):
                reason = f"the backend fills {owner.name[:80]} with an array of another size, and what comes of it"
                yield Step("weights", (), Locus(path=owner.node.path), unexamined=reason + " is not known")
                continue
            told += 1
            misfit = Misfit(load.api, expected=variable.shape, found=shape, variable=variable.name)
            yield _misfit("arrays:shape", owner, group, misfit)
            break
        if told >= _MOST:
            return
    if _from_elsewhere(load):
        from keras_doctor.loaders.theano_kernels import unflipped

        yield from unflipped(load, owners, listed)


def _counts_table(load: Load, owner: Owner) -> bool:
    """Tell whether the release takes the table of a lookup layer for a weight."""
    if load.does("counts-tables"):
        return True
    given = owner.config.get("has_input_vocabulary", owner.config.get("vocabulary") is not None)
    return not given and load.does("counts-learned-tables")


def _from_elsewhere(load: Load) -> bool:
    """Tell whether another backend than the one that reads wrote the model, or may have: Keras 1 does not say which."""
    document = load.document
    stated = document.facts.get("weights_backend")
    return document.provenance.era == "keras-1" or bool(stated and stated != (load.environment.backend or "tensorflow"))


def _lenient(load: Load) -> bool:
    """Tell whether the backend puts an array into a variable of another size, as long as the rank is right."""
    if load.environment.backend == "theano" or load.does("assigns-any-sizes"):
        return True
    tensorflow = load.environment.tensorflow
    return (
        load.does("assigns-through-tensorflow")
        and bool(tensorflow)
        and has("assigns-any-sizes", "tf.keras", tensorflow)
    )


def _unknown(owner: Owner) -> Step:
    reason = f"what the layer {owner.name[:80]} owns is not known: {owner.reason}"
    return Step("weights", (), Locus(path=owner.node.path), unexamined=reason)


def _misfit(tag: str, owner: Owner, group: WeightGroup, misfit: Misfit) -> Step:
    told = replace(misfit, layer=owner.name, group=group.owner)
    return Step("weights", (tag,), Locus(path=owner.node.path, part=group.path), told)


def _top_level(load: Load) -> Iterator[Step]:
    """Yield a clash about the variables that belong to the model itself, of which a graph of layers has none."""
    group = load.document.weights[-1] if load.document.weights else None
    if group is None or group.owner != TOP_LEVEL or not group.tensors or not load.does("reads-top-level-weights"):
        return
    misfit = Misfit(load.api, group=group.owner, found=len(group.tensors))
    yield Step("weights", ("arrays:top-level",), Locus(part=group.path), misfit)
