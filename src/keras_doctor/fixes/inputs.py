"""Where a model says what goes into it: a layer of its own in Keras 3, a keyword of the first layer before.

Keras 3 has no `batch_input_shape` of a layer; reading HDF5 it even takes the batch for a dimension of the data. A
Sequential of Keras 2 needs no InputLayer, and some releases write none. Behind a model that brings the input, Keras 2
builds a Sequential at once; tf.keras may not, nor does Keras 3 before 3.5: it has no weights then when they are loaded.
Sources: keras/src/layers/core/input_layer.py (3.15), keras/src/legacy/saving/serialization.py (3.15),
keras/engine/input_layer.py (2.x).
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.fixes.draft import layers_of
from keras_doctor.layers.models import is_input, is_model, stated_input
from keras_doctor.loaders.owners import hides_input
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.releases.api import Api

_SHAPES = ("batch_input_shape", "input_shape", "input_dim", "batch_size", "input_dtype")


def declare(config: Any, api: Api, held_by: bool = False) -> Iterator[str]:
    """Write the inputs of a model, and of the models in it, as Keras 3 or its predecessors have them; yield what was
    done where that is more than a word for another. `held_by`: a wrapper holds the model, and tells it its input.
    """
    for layer in layers_of(config):
        held, wrapped = layer, False
        while isinstance(held, dict) and not layers_of(held):
            inner = held.get("config")
            held, wrapped = inner.get("layer") if isinstance(inner, dict) else None, True
        if isinstance(held, dict):
            yield from declare(held, api, wrapped)
    layers = layers_of(config)
    modern = api.line == "keras-3"
    if isinstance(config, dict) and config.get("class_name") == "Sequential" and not held_by:
        if modern:
            yield from _insert(config, layers)
        if layers and _waits(config, layers[0], api):
            yield from _repeat(layers)
    for layer in layers:
        held = layer.get("config") if isinstance(layer, dict) else None
        if not isinstance(held, dict):
            continue
        if is_input(layer):
            _rename(held, modern)
        elif modern:
            _undeclare(layer, api)


def _undeclare(layer: Any, api: Api) -> None:
    """Leave out what a layer, and the one that it wraps, says of its input."""
    held = layer.get("config") if isinstance(layer, dict) else None
    while isinstance(held, dict) and not layers_of(layer):
        for key in _SHAPES:
            if key != "input_dim" or not _is_own(layer, api):
                held.pop(key, None)
        layer = held.get("layer")
        held = layer.get("config") if isinstance(layer, dict) else None


def _is_own(layer: dict[str, Any], api: Api) -> bool:
    """Tell whether `input_dim` is a keyword of a layer's own, as it is of an Embedding and may be of a user's layer."""
    definition = api.find(str(layer.get("class_name")), "layers")
    return definition is None or "input_dim" in api.accepts(definition).names()


def _insert(config: Any, layers: list[Any]) -> Iterator[str]:
    """Put an InputLayer before the first layer of a Sequential that says its input's shape itself."""
    first = layers[0] if layers else None
    if not isinstance(first, dict) or is_input(first) or layers_of(first):
        return
    shape = stated_input(first)
    if shape is None:
        built = config["config"].get("build_input_shape") if isinstance(config.get("config"), dict) else None
        shape = tuple(built) if isinstance(built, list) else None
    if shape is None:
        return
    held = first["config"]
    name = f"{held.get('name', 'first')}_input"
    dtype = held.get("input_dtype") or held.get("dtype")
    if first.get("class_name") == "Embedding":
        dtype = "float32"
    declared = {
        "batch_shape": list(shape),
        "dtype": dtype if isinstance(dtype, str) and "mixed" not in dtype else "float32",
        "name": name,
    }
    layers.insert(0, {"class_name": "InputLayer", "config": declared})
    yield f"declare the input {list(shape)} of the Sequential in a layer of its own"


def _waits(config: Any, first: Any, api: Api) -> bool:
    """Tell whether a release does not see the input that the first layer of a Sequential, a model, brings."""
    if not isinstance(first, dict) or not is_model(str(first.get("class_name")), first.get("config")):
        return False
    if isinstance(config.get("config"), dict) and config["config"].get("build_input_shape"):
        return False
    if has("looks-past-inputs", api.library, api.version):
        return hides_input(ConfigNode(first))
    return api.line == "keras-3" and not has("builds-behind-models", api.library, api.version)


def _repeat(layers: list[Any]) -> Iterator[str]:
    """Put the input of a Sequential's first layer, a model, before it as well."""
    brought = _brought(layers[0])
    shape = stated_input(brought)
    if shape is None:
        return
    held = layers[0]["config"] if isinstance(layers[0]["config"], dict) else {}
    dtype = brought["config"].get("dtype")
    declared = {
        "batch_shape": list(shape),
        "dtype": dtype if isinstance(dtype, str) else "float32",
        "name": f"{held.get('name') or 'first'}_input",
    }
    layers.insert(0, {"class_name": "InputLayer", "config": declared})
    yield f"declare the input {list(shape)} of the Sequential, which its first layer has, in a layer of its own"


def _brought(entry: Any) -> Any:
    """Return the one layer that states what goes into a model; None where there are several or none."""
    while isinstance(entry, dict) and not is_input(entry) and layers_of(entry):
        held = layers_of(entry)
        if entry.get("class_name") != "Sequential":
            inputs = [layer for layer in held if is_input(layer)]
            return inputs[0] if len(inputs) == 1 else None
        entry = held[0]
    return entry if isinstance(entry, dict) else None


def _rename(held: dict[str, Any], modern: bool) -> None:
    """Call the shape and dtype of an InputLayer as the target does."""
    new, old = ("batch_shape", "batch_input_shape") if modern else ("batch_input_shape", "batch_shape")
    if old in held:
        held[new] = held.pop(old)
    if "input_dtype" in held:
        held["dtype"] = held.pop("input_dtype")
