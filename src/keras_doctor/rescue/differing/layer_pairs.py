"""Which layer of one model is which of another: by name, else by class and position, within the same model."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from keras_doctor.document.model import LayerNode, ModelDocument


@record
class Pair:
    """A layer of A, the layer of B that it corresponds to, or one of them alone. `label`: its name, through the models
    and wrappers around it.
    """

    label: str
    a: LayerNode | None
    b: LayerNode | None


def layer_pairs(a: ModelDocument, b: ModelDocument) -> list[Pair]:
    """Return the layers of both, each before the ones inside it, in the order of A; those that B alone has come last
    among their siblings.
    """
    below_a, below_b = _by_parent(a.layers), _by_parent(b.layers)
    pairs: list[Pair] = []
    waiting = _paired(below_a.get("", []), below_b.get("", []), "")[::-1]
    while waiting:
        pair = waiting.pop()
        pairs.append(pair)
        if pair.a is not None and pair.b is not None:
            waiting += _paired(below_a.get(pair.a.path, []), below_b.get(pair.b.path, []), pair.label)[::-1]
    return pairs


def _by_parent(layers: Iterable[LayerNode]) -> dict[str, list[LayerNode]]:
    below: dict[str, list[LayerNode]] = {}
    for layer in layers:
        below.setdefault(layer.parent, []).append(layer)
    return below


def holder(layer: LayerNode) -> str:
    """Return where the layer around it holds a layer: "layers" for all of a list of layers, "cell", "cells[0]" …."""
    inside = layer.path[len(layer.parent) :].removeprefix(".").removeprefix("config").removeprefix(".")
    return "layers" if inside.startswith(("layers[", "[")) else inside


def _paired(first: list[LayerNode], second: list[LayerNode], around: str) -> list[Pair]:
    """Pair siblings: by name and class, by name, by class in their order; what a wrapper holds by where it does."""
    partners: dict[str, LayerNode] = {}
    taken: set[str] = set()
    for key in (_name_and_class, _name, _class):
        waiting: dict[tuple[str, ...], list[LayerNode]] = {}
        for layer in second:
            if layer.path not in taken:
                waiting.setdefault(key(layer), []).append(layer)
        for layer in first:
            if layer.path not in partners and waiting.get(key(layer)):
                found = waiting[key(layer)].pop(0)
                partners[layer.path] = found
                taken.add(found.path)
    pairs = [Pair(_label(around, layer), layer, partners.get(layer.path)) for layer in first]
    return pairs + [Pair(_label(around, layer), None, layer) for layer in second if layer.path not in taken]


def _name_and_class(layer: LayerNode) -> tuple[str, ...]:
    return holder(layer), layer.name, layer.class_name


def _name(layer: LayerNode) -> tuple[str, ...]:
    return holder(layer), layer.name


def _class(layer: LayerNode) -> tuple[str, ...]:
    own = holder(layer)
    return (own, layer.class_name) if own == "layers" else (own,)


def _label(around: str, layer: LayerNode) -> str:
    own = holder(layer)
    own = layer.name if own == "layers" and layer.name else own
    return f"{around}/{own}" if around else own
