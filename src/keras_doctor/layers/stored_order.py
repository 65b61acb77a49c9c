"""Where a model's variables stand in its files: the groups of each format, in their order, with the variables that
belong into each.

Nothing is read here: it follows from the config what the files must hold.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.graph import infer
from keras_doctor.layers.models import is_input, model_layers
from keras_doctor.layers.stock import is_operation
from keras_doctor.records import record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.signature import Variable


@record
class StoredGroup:
    """One group of a weights file. `name`: the layer's name (legacy HDF5) or the inner path (v3 store); `path`: the
    layer's place in the config.

    `known` is False when the variables could not be inferred.
    """

    name: str
    path: str
    variables: tuple[Variable, ...]
    known: bool = True


@record
class Layout:
    """How a writer names the groups of the v3 store.

    `container`: under which attribute a model keeps its layers. `twice`: a layer with variables is listed twice there,
    so that the next one of its class gets a number too high by one. `walk`: in which order the attributes of an object
    are saved: by their "names", by these "backwards", or those that begin with _ last ("private-last").
    """

    container: str
    twice: bool = False
    walk: str = "names"


# The releases of tf.keras that wrote the v3 store, and all that came after: `_walk_trackable` and `_save_state` of
# keras/saving/saving_lib.py of each.
LAYOUTS = {
    "2.12": Layout("_layer_checkpoint_dependencies", twice=True),
    "2.13": Layout("_layer_checkpoint_dependencies", twice=True),
    "2.14": Layout("_layer_checkpoint_dependencies"),
    "2.15": Layout("layers", walk="backwards"),
    "3": Layout("layers", walk="private-last"),
}


def hdf5_groups(config: Any, era: str, inferred: tuple[LayerShape, ...] | None = None) -> tuple[StoredGroup, ...]:
    """Return the groups of a legacy HDF5 file of this model: one for each of its layers, also those without variables.

    A Merge in a Sequential of Keras 1 is stored as the layers of the models that it holds. Inputs of a Sequential, and
    operations, have no group. `inferred`: what `infer(config, era)` returned, where that is at hand.
    """
    shapes = {shape.path: shape for shape in (infer(config, era) if inferred is None else inferred)}
    return tuple(_legacy(ConfigNode(config), shapes))


def _legacy(model: ConfigNode, shapes: dict[str, LayerShape]) -> Iterator[StoredGroup]:
    sequential = model.get("class_name") == "Sequential"
    for node in model_layers(model):
        if (sequential and is_input(node.value)) or is_operation(node.value):
            continue
        if sequential and node.get("class_name") == "Merge":
            for branch in model_layers(node):
                yield from _legacy(branch, shapes) if model_layers(branch) else [_group(branch, shapes)]
        else:
            yield _group(node, shapes)


def _group(node: ConfigNode, shapes: dict[str, LayerShape]) -> StoredGroup:
    name = node.get("name") or ConfigNode(node.get("config")).get("name") or ""
    shape = shapes.get(node.path)
    variables, known = (shape.variables, shape.known) if shape is not None else ((), False)
    return StoredGroup(str(name), node.path, variables, known)


def v3_groups(
    config: Any, era: str, release: str, inferred: tuple[LayerShape, ...] | None = None
) -> tuple[StoredGroup, ...]:
    """Return the groups of a v3 store (`.keras`, `.weights.h5`) of this model that hold variables, as a writer of
    `release` ("2.13.1", "3.15.1") names them.

    A group holds the variables of one object: trainable ones first. Layers of classes that Keras does not ship are left
    out. `inferred`: what `infer(config, era)` returned, where that is at hand.
    """
    layout = layout_of(release)
    shapes = {shape.path: shape for shape in (infer(config, era) if inferred is None else inferred)}
    found: dict[str, StoredGroup] = {}
    for node, place in _numbered(ConfigNode(config), shapes, layout):
        for variable in shapes[node.path].variables if node.path in shapes else ():
            path = "/".join([f"{layout.container}/{place}", *rendered(node, variable.part, shapes, layout)])
            before = found[path].variables if path in found else ()
            if variable.name == "vector_u":  # a SpectralNormalization holds its layer's kernel, too
                inside = f"{variable.part}/layer" if variable.part else "layer"
                owned = shapes[node.path].variables
                before = tuple(one for one in owned if one.name in KERNELS and one.part == inside)
            found[path] = StoredGroup(path, node.path, (*before, variable))
    return tuple(replace(group, variables=_as_saved(group.variables)) for group in found.values())


def writes_store(release: str) -> bool:
    """Tell whether a release of tf.keras or Keras writes the v3 store, and reads weights from it."""
    first, *_ = LAYOUTS
    return _line(release) >= _line(first)


def _line(release: str) -> tuple[int, ...]:
    return tuple(int(number) for number in release.split(".")[:2] if number.isdecimal())


def layout_of(release: str) -> Layout:
    """Return how a release names the groups of the v3 store."""
    return LAYOUTS.get(".".join(release.split(".")[:2]), LAYOUTS["3"])


def v3_places(config: Any, release: str, inferred: tuple[LayerShape, ...]) -> Iterator[tuple[ConfigNode, str]]:
    """Yield the layers of a model, and of the models in it, with the inner path of each: "layers/dense_1"."""
    layout = layout_of(release)
    shapes = {shape.path: shape for shape in inferred}
    models = [(ConfigNode(config), "")]
    for model, path in models:  # grows while it is walked
        for node, name in _numbered(model, shapes, layout):
            place = f"{path}{layout.container}/{name}"
            yield node, place
            if model_layers(node):
                models.append((node, f"{place}/"))


LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")
WEIGHTS = "idf_weights"  # save_own_variables of keras/src/layers/preprocessing/index_lookup.py (2.13 to 3.15)
WEIGHED = ("tf_idf", "tf-idf")


def weighed_places(
    config: Any, release: str, inferred: tuple[LayerShape, ...]
) -> Iterator[tuple[ConfigNode, tuple[str, ...]]]:
    """Yield the lookups that weigh their words, with the groups of the v3 store that hold the weights: those of a
    TextVectorization stand there twice, as its own and as those of the lookup that it holds.
    """
    for node, place in v3_places(config, release, inferred):
        kind, held = node.get("class_name"), node.get("config")
        if kind in LOOKUPS and isinstance(held, dict) and held.get("output_mode") in WEIGHED:
            yield node, (place, f"{place}/_lookup_layer") if kind == "TextVectorization" else (place,)


def _as_saved(variables: tuple[Variable, ...]) -> tuple[Variable, ...]:
    """Return the variables of one object as Keras 3 saves them: a quantized array before the bias, LoRA's factors
    merged into it.
    """
    if not any(variable.dtype == "int8" or variable.name.startswith("lora_") for variable in variables):
        return variables
    kept = (variable for variable in variables if not variable.name.startswith("lora_"))
    return tuple(sorted(kept, key=lambda variable: _SAVED_FIRST.get(variable.name, len(_SAVED_FIRST))))


# The first entries of the `save_own_variables` of Dense, EinsumDense, Embedding and the convolutions.
_SAVED_FIRST = {"kernel": 0, "embeddings": 0, "bias": 1}


def _numbered(model: ConfigNode, shapes: dict[str, LayerShape], layout: Layout) -> Iterator[tuple[ConfigNode, str]]:
    """Yield the layers of a model with their names in its container: the class in snake case, numbered from the second
    on.
    """
    counts: dict[str, int] = {}
    for node in model_layers(model):
        base = _python_name(node)
        number = counts.get(base, 0)
        yield node, f"{base}_{number}" if number else base
        shape = shapes.get(node.path)
        counts[base] = number + (2 if layout.twice and shape is not None and shape.variables else 1)


def rendered(node: ConfigNode, part: str, shapes: dict[str, LayerShape], layout: Layout) -> Iterator[str]:
    """Yield the steps of a path inside a layer: attributes as they are, places in a list by class and number."""
    for step in part.split("/") if part else ():
        attribute, _, place = step.partition("[")
        inside = _inside(node, attribute)
        if not place:
            yield attribute
            node = inside[0] if inside else node
            continue
        number = int(place[:-1])
        names: dict[str, tuple[ConfigNode, str]] = {}
        if attribute == "layers":
            yield layout.container
            names = {str(i): pair for i, pair in enumerate(_numbered(node, shapes, layout))}
        else:
            yield attribute
            names = {str(i): pair for i, pair in enumerate(_counted(inside))}
        node, name = names.get(str(number), (node, "dense"))
        yield name


def _counted(nodes: list[ConfigNode]) -> Iterator[tuple[ConfigNode, str]]:
    counts: dict[str, int] = {}
    for node in nodes:
        base = _python_name(node)
        number = counts.get(base, 0)
        counts[base] = number + 1
        yield node, f"{base}_{number}" if number else base


# Classes that configs call otherwise than Python does: by the one name under which Keras exports them.
_EXPORTED_AS = {"GroupQueryAttention": "GroupedQueryAttention"}


def _python_name(node: ConfigNode) -> str:
    """Return the name of a layer's class as paths have it."""
    name = str(node.get("class_name")).rpartition(">")[2]  # "Package>Layer" of legacy configs
    return snake_case(_EXPORTED_AS.get(name, name))


# What a SpectralNormalization divides: whichever of these its layer has.
KERNELS = ("kernel", "embeddings", "depthwise_kernel")

# Attributes that the config keeps under another name: both sides of a Bidirectional are made of its `layer`.
_KEPT_AS = {"forward_layer": "layer"}


def _inside(node: ConfigNode, attribute: str) -> list[ConfigNode]:
    """Return the objects that a layer keeps under an attribute, as far as its config has them."""
    config = ConfigNode(node.get("config"), f"{node.path}.config")
    key = _KEPT_AS.get(attribute, attribute)
    if attribute == "backward_layer" and not isinstance(config.get(key), dict):
        key = "layer"
    value = config.get(key)
    if isinstance(value, list):
        return list(ConfigNode(value, f"{config.path}.{key}").children())
    return [ConfigNode(value, f"{config.path}.{key}")] if isinstance(value, dict) else []


def snake_case(name: str) -> str:
    """Return a class name as Keras writes it into paths: "Conv2DTranspose" gives "conv2d_transpose", "LSTMCell" gives
    "lstm_cell".
    """
    name = "".join(letter for letter in name if letter.isalnum() or letter == "_")
    text = ""
    for place, letter in enumerate(name):
        follows = name[place + 1 : place + 2]
        if place and letter.isupper() and (name[place - 1].islower() or follows.islower()):
            text += "_"
        text += letter
    return text.lower()
