"""`ModelDocument`: everything a saved model says, in one immutable value."""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.document.provenance import Provenance
from keras_doctor.records import record
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.document.tensors import TensorRef, WeightGroup
    from keras_doctor.wire.errors import Damage, Oddity


@record
class TrainingState:
    """What the file keeps for going on with training. `config` is the raw training or compile config, None when there
    is none.

    `slots` are the optimizer's tensors in stored order, `metric_state` those of metrics (tf.keras 2.12 to 2.15 keeps
    them in `.keras`).
    """

    config: dict[str, Any] | None = None
    path: str = ""  # where the config stands: "training_config", "compile_config"
    slots: tuple[TensorRef, ...] = ()
    metric_state: tuple[TensorRef, ...] = ()

    @property
    def optimizer(self) -> Any:
        """The optimizer's config as stored: a dict, a name, or None."""
        if not self.config:
            return None
        return self.config.get("optimizer_config") or self.config.get("optimizer")

    @property
    def loss(self) -> Any:
        """The loss as stored."""
        return self.config.get("loss") if self.config else None

    @property
    def metrics(self) -> Any:
        """The metrics as stored."""
        return self.config.get("metrics") if self.config else None


@record
class Asset:
    """A file that belongs to the model: a vocabulary, a SavedModel's asset. `size` in bytes."""

    path: str
    size: int
    read: Callable[[], bytes]


@record
class LayerNode:
    """One layer of the config: a top-level layer, a layer of a nested model, or the layer that a wrapper holds.

    `path` leads to its entry in the config; `inbound` are the names of the layers that feed it, where the config says
    so; `depth` counts the models and wrappers around it.
    """

    name: str
    class_name: str
    module: str | None
    registered_name: str | None
    path: str
    depth: int
    inbound: tuple[str, ...]
    config: dict[str, Any]
    parent: str = ""  # path of the layer around it


class ModelDocument:
    """A saved model, whoever saved it.

    `format` names what the artifact is ("keras-v3", "hdf5-model", "savedmodel" …, see `artifacts.formats`),
    `container` what holds it ("zip", "hdf5", "directory", "text", "file", "none"). `config` is the model's config as
    plain JSON, or None. `weights` are the tensors by owner, in stored order. Nothing here raises for a damaged file:
    `damage` says what is lost, `oddities` what is strange. `architecture`: the document that the config is of, where
    weights are to be loaded into the model of another file (`joining.with_architecture`); else None.
    """

    def __init__(
        self,
        path: str,
        format: str,  # noqa: A002 - the field's name
        container: str,
        *,
        size: int = 0,
        title: str = "",
        config: Any = None,
        config_locus: Locus | None = None,
        provenance: Provenance | None = None,
        weights: tuple[WeightGroup, ...] = (),
        training: TrainingState | None = None,
        assets: tuple[Asset, ...] = (),
        damage: tuple[Damage, ...] = (),
        oddities: tuple[Oddity, ...] = (),
        facts: dict[str, Any] | None = None,
        unverified_bytes: int = 0,
        architecture: ModelDocument | None = None,
    ) -> None:
        self.path = path
        self.format = format
        self.container = container
        self.size = size
        self.title = title
        self.config = config
        self.config_locus = config_locus or Locus()
        self.provenance = provenance or Provenance()
        self.weights = weights
        self.training = training or TrainingState()
        self.assets = assets
        self.damage = damage
        self.oddities = oddities
        self.facts = facts or {}
        self.unverified_bytes = unverified_bytes
        self.architecture = architecture
        self._layers: tuple[LayerNode, ...] | None = None
        self.surveyed: tuple[Any, ...] | None = None  # what `loaders.survey` found, so that it looks once

    def __repr__(self) -> str:
        return f"ModelDocument({self.path!r}, {self.format!r})"

    def changed(self, **fields: Any) -> ModelDocument:
        """Return a copy in which the named fields have other values, as a fix makes it. Raises TypeError for others."""
        names = ("path", "format", "container", *(ModelDocument.__init__.__kwdefaults__ or ()))
        return ModelDocument(**{**{name: getattr(self, name) for name in names}, **fields})

    @property
    def root(self) -> ConfigNode:
        """The config as an addressable tree."""
        return ConfigNode(self.config)

    @property
    def layers(self) -> tuple[LayerNode, ...]:
        """Every layer of the config at every depth, parents first, in the order of the file."""
        if self._layers is None:
            self._layers = tuple(walk_layers(self.config))
        return self._layers

    def tensors(self) -> Iterator[TensorRef]:
        """Yield the model's tensors (not the optimizer's) in stored order."""
        for group in self.weights:
            yield from group.tensors

    @property
    def parameters(self) -> int:
        """The number of stored values, without the optimizer's."""
        return sum(tensor.size for tensor in self.tensors())


# Config keys under which a wrapper or a recurrent layer keeps the layers it is made of.
_INNER = ("layer", "cell", "cells", "forward_layer", "backward_layer", "layers")


def walk_layers(
    config: Any, limit: int = DEFAULT_LIMITS.objects, depth: int = DEFAULT_LIMITS.depth
) -> Iterator[LayerNode]:
    """Yield the layers of a model config, at every depth. The model itself is not one of them.

    Understands every era: Keras 1 lists, Functional dicts, wrappers, cells; ignores what has no `class_name`.
    """
    if not isinstance(config, dict):
        return
    stack = list(reversed([(node, "", 0) for node in _inner_layers(ConfigNode(config))]))
    count = 0
    while stack:
        node, parent, level = stack.pop()
        count += 1
        if count > limit:
            return
        entry = node.value
        inner = entry.get("config")
        inner = inner if isinstance(inner, dict) else {}
        name = entry.get("name") or inner.get("name") or ""
        yield LayerNode(
            name=str(name),
            class_name=str(entry["class_name"]),
            module=_text(entry.get("module")),
            registered_name=_text(entry.get("registered_name")),
            path=node.path,
            depth=level,
            inbound=tuple(dict.fromkeys(_producers(entry.get("inbound_nodes")))),
            config=inner,
            parent=parent,
        )
        if level < depth:
            stack.extend((child, node.path, level + 1) for child in reversed(list(_inner_layers(node))))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _inner_layers(node: ConfigNode) -> Iterator[ConfigNode]:
    """Yield the layer entries directly inside the entry at `node`."""
    config = node.value.get("config")
    path = f"{node.path}.config" if node.path else "config"
    if isinstance(config, list):  # a Sequential of Keras 1 and 2 up to 2.2.2
        holders = [ConfigNode(config, path)]
    elif isinstance(config, dict):
        holders = [ConfigNode(config[key], f"{path}.{key}") for key in _INNER if key in config]
    else:
        return
    for holder in holders:
        if isinstance(holder.value, list):
            for child in holder.children():
                if isinstance(child.value, dict) and isinstance(child.value.get("class_name"), str):
                    yield child
        elif isinstance(holder.value, dict) and isinstance(holder.value.get("class_name"), str):
            yield holder


def _producers(nodes: Any, depth: int = 0) -> Iterator[str]:
    """Yield the layer names that a value of `inbound_nodes` refers to, in any era's encoding."""
    if depth > 32:
        return
    if isinstance(nodes, dict):
        config = nodes.get("config") if nodes.get("class_name") == "__keras_tensor__" else None
        history = config.get("keras_history") if isinstance(config, dict) else None
        if isinstance(history, list) and history and isinstance(history[0], str):
            yield history[0]
        else:
            for value in nodes.values():
                yield from _producers(value, depth + 1)
    elif isinstance(nodes, list):
        if len(nodes) >= 3 and isinstance(nodes[0], str) and isinstance(nodes[1], int) and isinstance(nodes[2], int):
            if nodes[0] != "_CONSTANT_VALUE":
                yield nodes[0]
            nodes = nodes[3:]
        for value in nodes:
            yield from _producers(value, depth + 1)
