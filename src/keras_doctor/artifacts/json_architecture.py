"""The architecture of a model as JSON: what `model.to_json()` gave in any era, and what people make of it.

Sources: keras/models.py (0.x), keras/engine/topology.py (1.x), keras/engine/network.py (2.x), keras/engine/training.py
(2.6 and later), keras/src/models/model.py (3.x). Texts that no reader of Keras takes are read here all the same, and
the damage says why they are not taken: JSON inside a JSON string, a byte order mark, Python's own notation.
"""

from __future__ import annotations

from keras_doctor.artifacts.dating import date
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.document.provenance import Evidence
from keras_doctor.records import replace
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.jsontext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.wire.limits import Limits

FORMATS = ("json-architecture", "json-config", "keras-tokenizer")
KIND = "text"
MAGIC = ()
PRIORITY = 42  # after TensorFlow.js, whose model.json holds the same keys further in

_BOM = b"\xef\xbb\xbf"
_LOOK = 1 << 16  # how far the key is looked for: keys may be sorted, and a config comes before its class_name
_CONVERTED = 8 << 20  # texts in Python's notation are converted up to this many bytes
_MODELS = ("Sequential", "Functional", "Model", "Graph", "Container", "Network")
_TOKENIZERS = ("Tokenizer",)
_MODULES = ("keras.", "tensorflow.", "tf_keras.")  # of the classes that Keras itself brings
_BARE = " (the result of get_config, without class_name)"


def recognises(probe: Probe) -> bool:
    """Tell whether the text is JSON (or nearly) with the keys of a Keras config."""
    start = probe.head.removeprefix(_BOM).lstrip()
    if start[:1] not in (b"{", b'"', b"[") or (start[:1] == b'"' and start[1:].lstrip()[:1] not in (b"{", b"[")):
        return False
    text = probe.head if b"class_name" in probe.head else probe.source.read_up_to(0, _LOOK)
    if b"class_name" in text:
        return b"'class_name'" in text or b'class_name"' in text or b'class_name\\"' in text
    return _has_keras_0(text)


def _has_keras_0(text: bytes) -> bool:
    """Tell whether the text can be of Keras 0.x, whose configs have no class_name."""
    graph = b'"node_config"' in text and b'"input_config"' in text
    return graph or (b'"name": "Sequential"' in text and b'"layers"' in text)


def read(probe: Probe) -> ModelDocument:
    """Read the architecture; texts that turn out to be something else become documents that say so."""
    damage: list[Damage] = []
    config = _parse(probe, damage)
    shape = _shape(config) if config is not None else "model"
    if shape in ("tokenizer", "object"):
        from keras_doctor.artifacts.foreign_kinds import document

        name = str(config["class_name"])[:60]
        kind = "keras-tokenizer" if shape == "tokenizer" else "json-config"
        return document(probe, kind, f" ({name})" if shape == "object" else "", "text", class_name=name)
    if shape == "other":
        from keras_doctor.artifacts import foreign_json

        return foreign_json.read(probe)
    return _architecture(probe, config, shape, damage)


def _architecture(probe: Probe, config: Any, shape: str, damage: list[Damage]) -> ModelDocument:
    stated = config if isinstance(config, dict) else {}
    compiled = stated.get("compile_config")
    compiled = compiled if isinstance(compiled, dict) and compiled else None
    facts: dict[str, Any] = {"shape": shape}
    provenance = date(
        config=config,
        training=compiled,
        stated_version=_text(stated.get("keras_version")),
        stated_backend=_text(stated.get("backend")),
        facts=facts,
        format=FORMATS[0],
    )
    title = ""
    if shape == "bare":
        title = f"architecture of a Keras model in JSON{_BARE}"
    if shape == "keras-0":
        title = "architecture of a Keras 0.x model in JSON, without weights"
        seen = Evidence("layers without class_name, as before Keras 1.0", "config")
        provenance = replace(provenance, era="keras-0", library="keras", evidence=(seen, *provenance.evidence))
    return ModelDocument(
        probe.path,
        FORMATS[0],
        "text",
        size=probe.source.size,
        title=title,
        config=config,
        config_locus=Locus(),
        provenance=provenance,
        training=TrainingState(compiled, "compile_config" if compiled else ""),
        damage=tuple(damage),
        facts=facts,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _parse(probe: Probe, damage: list[Damage]) -> Any:
    """Return the config that the text holds, None when it cannot be read; `damage` says why Keras does not take it."""
    raw = probe.source.read_up_to(0, probe.limits.text_bytes + 1)
    if raw.startswith(_BOM):
        what = "the text begins with a byte order mark, which Python's JSON reader refuses (open it with utf-8-sig)"
        damage.append(Damage("text", what, offset=0, length=3))
    try:
        value = loads(raw, probe.limits)
    except FormatError as error:
        return _nearly(raw, error, probe.limits, damage)
    if isinstance(value, str):
        damage.append(Damage("text", "the JSON is stored as a string inside JSON: encoded twice", offset=0))
        try:
            return loads(value, probe.limits)
        except FormatError as error:
            damage.append(Damage("text", error.what))
            return None
    return value


def _nearly(raw: bytes, error: FormatError, limits: Limits, damage: list[Damage]) -> Any:
    """Return the config of a text that is no JSON: Python's notation of a dict, or None."""
    converted = None
    if len(raw) <= _CONVERTED:
        from keras_doctor.artifacts.python_notation import to_json

        converted = to_json(raw.decode("utf-8-sig", "replace"))
    if converted is not None:
        try:
            value = loads(converted, limits)
        except FormatError:
            pass
        else:
            what = "Python's notation (single quotes, True, None), as str(config) writes it, where JSON is wanted"
            damage.append(Damage("text", f"not JSON but {what}", offset=0))
            return value
    cut = raw.count(b"{") > raw.count(b"}")
    damage.append(Damage("text", error.what + (": the text ends too early" if cut else ""), offset=error.offset))
    return None


def _shape(config: Any) -> str:
    """Return what the JSON describes.

    "model": as to_json writes it; "bare": a model's get_config alone; "keras-0"; "object": some other Keras object;
    "tokenizer"; "other": nothing of Keras.
    """
    if isinstance(config, list):
        return "bare" if config and all(_is_entry(entry) for entry in config) else "other"
    if not isinstance(config, dict):
        return "other"
    name = config.get("class_name")
    if isinstance(name, str):
        return _shape_of_object(config, name)
    layers = config.get("layers")
    if isinstance(layers, list) and layers and all(_is_entry(entry) for entry in layers):
        return "bare"
    if isinstance(layers, list) and config.get("name") == "Sequential":
        return "keras-0"
    return "keras-0" if {"node_config", "input_config"} <= set(config) else "other"


def _shape_of_object(config: dict[str, Any], name: str) -> str:
    inner = config.get("config")
    if name in _TOKENIZERS and isinstance(inner, dict) and "word_index" in inner:
        return "tokenizer"
    if not isinstance(inner, (dict, list)):
        return "other"
    layers = inner.get("layers") if isinstance(inner, dict) else inner
    if name in _MODELS or "keras_version" in config or config.get("compile_config"):
        return "model"
    if isinstance(layers, list) and any(_is_entry(entry) for entry in layers):
        return "model"
    module = config.get("module")
    own = config.get("registered_name")  # of a class that is not Keras's own: a model class, as far as one can see
    return "model" if isinstance(own, str) and not str(module).startswith(_MODULES) else "object"


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("class_name"), str)
