"""The Keras v3 format, as an archive or as a folder: `metadata.json`, `config.json`, `model.weights.h5`, `assets/`.

Source: keras/saving/saving_lib.py since 2.12, keras/src/saving/saving_lib.py in 3.x. Loaders never read
`metadata.json`.
"""

from __future__ import annotations

from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.v3_store import read_store
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import Asset, ModelDocument, TrainingState
from keras_doctor.wire.errors import Damage, FormatError, Oddity
from keras_doctor.wire.jsontext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.document.tensors import TensorRef, WeightGroup
    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source

METADATA, CONFIG = "metadata.json", "config.json"
WEIGHTS_H5, WEIGHTS_NPZ, WEIGHTS_SHARDED = "model.weights.h5", "model.weights.npz", "model.weights.json"
PARTS = (METADATA, CONFIG, WEIGHTS_H5, WEIGHTS_NPZ, WEIGHTS_SHARDED)
ASSETS = "assets/"


class Parts:
    """The parts of a model in the v3 format, wherever they lie.

    `names` are relative, with slashes; `open` gives a part's bytes, `size` their number, `first_byte` where they begin
    in the artifact's file, None when they do not lie there as they are.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        open_part: Callable[[str], Source],
        sizes: Callable[[str], int],
        first_byte: Callable[[str], int | None],
    ) -> None:
        self.names = names
        self.open = open_part
        self.size = sizes
        self.first_byte = first_byte
        self._present = frozenset(names)

    def __contains__(self, name: str) -> bool:
        return name in self._present


class Reading:
    """A document in the making: what was read, and what was found wrong on the way."""

    def __init__(self, parts: Parts, limits: Limits) -> None:
        self.parts = parts
        self.limits = limits
        self.damage: list[Damage] = []
        self.oddities: list[Oddity] = []
        self.facts: dict[str, Any] = {}
        self.weights: tuple[WeightGroup, ...] = ()
        self.slots: tuple[TensorRef, ...] = ()
        self.metric_state: tuple[TensorRef, ...] = ()

    def json(self, name: str) -> Any:
        """Return the JSON of a part; None, with the damage recorded, when it is missing or broken."""
        if name not in self.parts:
            self.damage.append(Damage("missing", f"{name} is not there", name))
            return None
        try:
            source = self.parts.open(name)
            if source.size > self.limits.text_bytes:
                raise FormatError(f"{source.size:,} bytes of JSON, more than {self.limits.text_bytes:,}")
            return loads(source.read(0, source.size), self.limits)
        except FormatError as error:
            self.damage.append(Damage("text", f"{name}: {error.what}", name, offset=error.offset))
            return None

    def store(self) -> None:
        """Read the variables."""
        if WEIGHTS_H5 in self.parts:
            self._hdf5()
        elif WEIGHTS_NPZ in self.parts:
            from keras_doctor.artifacts.v3_npz import read_npz

            try:
                self.weights, self.slots = read_npz(self.parts.open(WEIGHTS_NPZ), WEIGHTS_NPZ, self.limits)
            except FormatError as error:
                self.damage.append(Damage("structure", f"{WEIGHTS_NPZ}: {error.what}", WEIGHTS_NPZ, error.offset))
            self.facts["weights_npz"] = True
        elif WEIGHTS_SHARDED not in self.parts:
            self.damage.append(Damage("missing", "the weights (model.weights.h5) are not there", WEIGHTS_H5))

    def _hdf5(self) -> None:
        from keras_doctor.wire.hdf5 import File

        prefix = f"{WEIGHTS_H5}:"
        try:
            source = self.parts.open(WEIGHTS_H5)
        except FormatError as error:
            self.damage.append(Damage("structure", f"{WEIGHTS_H5}: {error.what}", WEIGHTS_H5, error.offset))
            return
        try:
            file = File(source, self.limits)
        except FormatError as error:
            self.damage.append(Damage("structure", f"{WEIGHTS_H5}: {error.what}", WEIGHTS_H5, error.offset))
            try:
                file = File.salvage(source, self.limits)
            except FormatError:  # nothing of it is left; the config may be whole
                return
        found = read_store(file, prefix, self.parts.first_byte(WEIGHTS_H5))
        self.weights, self.slots, self.metric_state = found.weights, found.slots, found.metric_state
        self.facts.update(found.facts)
        self.damage += (Damage(d.kind, d.what, prefix + d.part, d.offset, d.length) for d in found.damage)
        self.oddities += (Oddity(o.kind, o.what, prefix + o.part, o.offset, o.detail) for o in found.oddities)

    def assets(self) -> tuple[Asset, ...]:
        """Return the files under `assets/`."""
        return tuple(
            Asset(name, self.parts.size(name), lambda name=name: _all(self.parts.open(name)))  # type: ignore[misc]
            for name in self.parts.names
            if name.startswith(ASSETS) and not name.endswith("/")
        )

    def document(
        self, path: str, form: str, container: str, size: int, unverified: int = 0, unverified_words: str = ""
    ) -> ModelDocument:
        """Return the finished document."""
        metadata = self.json(METADATA) if METADATA in self.parts else None
        metadata = metadata if isinstance(metadata, dict) else {}
        config = self.json(CONFIG)
        self.store()
        compiled = config.get("compile_config") if isinstance(config, dict) else None
        compiled = compiled if isinstance(compiled, dict) and compiled else None
        self.facts["metadata"] = metadata
        self.facts["mended_by"] = _text(metadata.get("mended_by"))
        if unverified:
            self.facts["unverified"] = unverified_words
        return ModelDocument(
            path,
            form,
            container,
            size=size,
            title=_preset(metadata),
            config=config,
            config_locus=Locus(part=CONFIG),
            provenance=date(
                config=config,
                training=compiled,
                stated_version=_text(metadata.get("keras_version")),
                saved_at=_text(metadata.get("date_saved")),
                facts=self.facts,
                format=form,
            ),
            weights=self.weights,
            training=TrainingState(compiled, "compile_config" if compiled else "", self.slots, self.metric_state),
            assets=self.assets(),
            damage=tuple(self.damage),
            oddities=tuple(self.oddities),
            facts=self.facts,
            unverified_bytes=unverified,
        )


def _preset(metadata: dict[str, Any]) -> str:
    """Return the title of a preset of KerasHub (KerasNLP before it), "" for anything else: its folder has the same
    parts, with tokenizer.json, task.json and the like beside them (keras_hub/src/utils/preset_utils.py).
    """
    for package, name in (("keras_hub_version", "KerasHub"), ("keras_nlp_version", "KerasNLP")):
        if isinstance(metadata.get(package), str):
            return f"preset of {name} {metadata[package][:20]}, which from_preset loads"
    return ""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _all(source: Source) -> bytes:
    return source.read(0, source.size)
