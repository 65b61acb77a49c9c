"""The inputs of a model: what its config says of them, and made ones that fit."""

from __future__ import annotations

from math import prod

import numpy as np

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.dtypes import policy_name
from keras_doctor.layers.inbound import read_nodes, read_refs, refs_in
from keras_doctor.layers.models import is_input, is_model, model_layers, stated_input
from keras_doctor.layers.shapes import read_number, read_shape
from keras_doctor.records import record
from keras_doctor.rescue.evaluation.limits import ELEMENTS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.layers.shapes import Shape
    from keras_doctor.rescue.evaluation.values import Array

BATCH = 2
LENGTHS = {3: 12, 4: 48, 5: 16}  # of an open dimension, by the rank of the input; longer than most windows
WORDS = ("the", "cat", "sat", "on", "a", "red", "mat", "and", "saw", "nothing")


@record
class InputSpec:
    """One input of a model. `shape` with the batch, None when it is not known; `dtype` as NumPy calls it, "string" for
    text. `entries`: whole numbers below this are meant, 0 for any numbers; `words`: strings that it may know.
    """

    name: str
    shape: Shape | None
    dtype: str
    entries: int = 0
    words: tuple[str, ...] = ()


def input_specs(document: ModelDocument) -> tuple[InputSpec, ...]:
    """Return the inputs of a model, in its order."""
    config = document.config
    if isinstance(config, dict) and not isinstance(config.get("class_name"), str):
        config = {**config, "class_name": "Sequential"}
    return tuple(specs_of(ConfigNode(config)))


def specs_of(model: ConfigNode, depth: int = 0) -> list[InputSpec]:
    """Return the inputs of the model whose entry stands at a node; of a layer, one."""
    layers = model_layers(model)
    if not layers or depth > 16:
        return [InputSpec("", None, "float32")]
    config = model.get("config")
    if isinstance(config, dict) and "input_layers" in config:
        named = {_name(layer.value): layer.value for layer in layers}
        found = []
        for ref in read_refs(config["input_layers"]):
            entry = named.get(ref.layer, {})
            takers = [layer.value for layer in layers if _takes(layer.value, ref.layer, frozenset(named))]
            found.append(_spec(ref.layer, entry, takers))
        return found
    first = layers[0]
    if is_model(str(first.get("class_name")), first.get("config")):
        return specs_of(first, depth + 1)
    if first.get("class_name") == "Merge":
        return [spec for branch in model_layers(first) for spec in specs_of(branch, depth + 1)]
    takers = [layer.value for layer in layers[1:2]] if is_input(first.value) else [first.value]
    spec = _spec(_name(first.value), first.value, takers)
    if spec.shape is None and isinstance(config, dict):
        spec = InputSpec(spec.name, read_shape(config.get("build_input_shape")), spec.dtype, spec.entries, spec.words)
    return [spec]


def _takes(entry: dict[str, Any], name: str, names: frozenset[str]) -> bool:
    return any(ref.layer == name for node in read_nodes(entry, names) for ref in refs_in([node.args, node.kwargs]))


def _spec(name: str, entry: Any, takers: list[Any]) -> InputSpec:
    config = entry.get("config") if isinstance(entry, dict) else None
    config = config if isinstance(config, dict) else {}
    stated = config.get("input_dtype") or (policy_name(config.get("dtype")) if is_input(entry) else "")
    dtype = stated if _is_numeric(stated) else "float32" if stated != "string" else "string"
    entries = 0
    words: tuple[str, ...] = ()
    for taker in takers:
        limit, known, text = _wanted(taker)
        entries = min(entries, limit) if entries and limit else entries or limit
        words = words or known
        dtype = "string" if text and not is_input(entry) else dtype
    return InputSpec(name, stated_input(entry), dtype, entries, words)


def _is_numeric(name: Any) -> bool:
    try:
        return isinstance(name, str) and np.dtype(name).kind in "biuf"
    except TypeError:
        return False


# Config entries that say which whole numbers a layer takes: below this.
_LIMITS = {"Embedding": ("input_dim",), "CategoryEncoding": ("num_tokens", "max_tokens")}
_TEXTUAL = ("StringLookup", "TextVectorization")


def _wanted(entry: Any, depth: int = 0) -> tuple[int, tuple[str, ...], bool]:
    """Return which whole numbers a layer takes (below a limit, 0 for any), which words it knows, and whether it takes
    text.
    """
    config = entry.get("config") if isinstance(entry, dict) else None
    if depth > 16:
        return 0, (), False
    class_name = entry.get("class_name") if isinstance(entry, dict) else None
    node = ConfigNode(entry)
    inner = model_layers(node)
    if inner:
        follow = next((layer.value for layer in inner if not is_input(layer.value)), None)
        return _wanted(follow, depth + 1)
    if not isinstance(config, dict):
        return 0, (), False
    if isinstance(config.get("layer"), dict):
        return _wanted(config["layer"], depth + 1)
    limit = next((n for key in _LIMITS.get(str(class_name), ()) if (n := read_number(config.get(key)))), 0)
    vocabulary = config.get("vocabulary")
    words = tuple(str(word) for word in vocabulary[:1000]) if isinstance(vocabulary, list) else ()
    return limit, words, class_name in _TEXTUAL


def _name(entry: Any) -> str:
    config = entry.get("config") if isinstance(entry, dict) else None
    name = entry.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return str(name) if name else ""


def make_inputs(document: ModelDocument, seed: int = 0) -> tuple[Array, ...]:
    """Return inputs that fit a model, the same for the same seed: numbers between -1 and 1, whole numbers that its
    embeddings know, words. Raises ValueError and TypeError for a config that asks for what no array can be.
    """
    generator = np.random.default_rng(seed)
    return tuple(_made(spec, generator) for spec in input_specs(document))


def _made(spec: InputSpec, generator: np.random.Generator) -> Array:
    shape = spec.shape if spec.shape is not None else (None, 8)
    length = LENGTHS.get(len(shape), 8)
    sizes = [size if size is not None else BATCH if axis == 0 else length for axis, size in enumerate(shape)]
    if prod(sizes) > ELEMENTS:
        raise ValueError(f"the input {spec.name[:80]!r} is too large")
    if spec.dtype == "string":
        words = np.array([*(spec.words or WORDS), "unheard"], dtype=object)
        return words[generator.integers(0, len(words), sizes)]
    if spec.entries:
        return generator.integers(0, spec.entries, sizes).astype(spec.dtype)
    if np.dtype(spec.dtype).kind in "iu":
        return generator.integers(0, 8, sizes).astype(spec.dtype)
    if spec.dtype == "bool":
        return generator.integers(0, 2, sizes).astype(bool)
    return generator.uniform(-1, 1, sizes).astype(spec.dtype)


def as_input(given: Any, spec: InputSpec) -> Array:
    """Return an array in the dtype of an input: texts as `str` objects."""
    array = np.asarray(given)
    if spec.dtype == "string" or array.dtype.kind in "OSU":
        texts = [one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in array.ravel()]
        made = np.empty(len(texts), object)
        made[:] = texts
        return made.reshape(array.shape)
    return array.astype(spec.dtype)
