"""What differs in the configs of two models: layer by layer, key by key."""

from __future__ import annotations

from bisect import bisect_left

from keras_doctor.rescue.differing.entries import Entry
from keras_doctor.rescue.differing.layer_pairs import holder
from keras_doctor.rescue.differing.plain import differences, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from keras_doctor.document.model import LayerNode, ModelDocument
    from keras_doctor.rescue.differing.layer_pairs import Pair

# Keys of the model's own entry that are told elsewhere: its training state, and who saved it.
_ELSEWHERE = ("compile_config", "keras_version", "backend")
_CALLS = "inbound_nodes"


def config_entries(a: ModelDocument, b: ModelDocument, pairs: list[Pair]) -> tuple[list[Entry], list[Entry]]:
    """Return what differs, and what only is written down in another way."""
    found: list[Entry] = []
    notation: list[Entry] = []
    if a.config is None or b.config is None:
        if a.config is not b.config:
            found.append(Entry("config", "", "", "only-b" if a.config is None else "only-a"))
        return found, notation
    inside_a, inside_b = _held(a.layers), _held(b.layers)
    _compare("", _own(a.config, inside_a.get("", ())), _own(b.config, inside_b.get("", ())), found, notation)
    places: dict[str, list[tuple[str, str, str]]] = {}
    for pair in pairs:
        first, second = pair.a, pair.b
        if first is None or second is None:
            present = first or second
            change = "only-b" if first is None else "only-a"
            shown = None if present is None else present.class_name
            sides = (None, shown) if first is None else (shown, None)
            found.append(Entry("config", pair.label, "", change, *sides))
            continue
        own_a = _entry(a, first, inside_a.get(first.path, ()))
        own_b = _entry(b, second, inside_b.get(second.path, ()))
        _compare(pair.label, own_a, own_b, found, notation)
        if holder(first) == "layers":
            places.setdefault(first.parent, []).append((pair.label, first.path, second.path))
    found += _moved(places.values())
    return found, notation


def _held(layers: Iterable[LayerNode]) -> dict[str, set[str]]:
    """Return the keys of each entry's config under which other layers stand."""
    held: dict[str, set[str]] = {}
    for layer in layers:
        held.setdefault(layer.parent, set()).add(holder(layer).partition("[")[0])
    return held


def _own(entry: Any, held: Iterable[str]) -> dict[str, Any]:
    """Return an entry of a config without the layers inside it."""
    if not isinstance(entry, dict):
        return {"config": entry}
    kept = {key: value for key, value in entry.items() if key not in _ELSEWHERE}
    inner = entry.get("config")
    if isinstance(inner, dict):
        kept["config"] = {key: value for key, value in inner.items() if key not in held}
    elif isinstance(inner, list) and held:
        kept["config"] = {}
    return kept


def _entry(document: ModelDocument, layer: LayerNode, held: Iterable[str]) -> dict[str, Any]:
    own = _own(document.root.at(layer.path).value, held)
    if own.get("name") == layer.name:  # Functional models note the name twice
        own["config"] = {"name": layer.name, **own["config"]} if isinstance(own.get("config"), dict) else own["config"]
        del own["name"]
    if _CALLS in own:
        own[_CALLS] = _calls(own[_CALLS], layer)
    return own


def _calls(nodes: Any, layer: LayerNode) -> Any:
    """Return the calls of a layer, those of every era as lists of (layer, node, tensor); who feeds it where one cannot
    be read so.
    """
    made = []
    for node in nodes if isinstance(nodes, list) else [nodes]:
        found = list(_tensors(node))
        if not found:
            return list(layer.inbound)
        made.append(found)
    return made


def _tensors(node: Any, depth: int = 0) -> Iterator[list[Any]]:
    if depth > 32:
        return
    if isinstance(node, dict):
        history = node.get("config", {}).get("keras_history") if node.get("class_name") == "__keras_tensor__" else None
        if isinstance(history, list):
            yield history[:3]
        else:
            for value in node.values():
                yield from _tensors(value, depth + 1)
    elif isinstance(node, list):
        if len(node) >= 3 and isinstance(node[0], str) and isinstance(node[1], int):
            yield [*node[:3], *([node[3]] if len(node) > 3 and node[3] else [])]
        else:
            for value in node:
                yield from _tensors(value, depth + 1)


def _compare(label: str, a: dict[str, Any], b: dict[str, Any], found: list[Entry], notation: list[Entry]) -> None:
    real = {key.removeprefix("config."): rest for key, *rest in differences(plain(a), plain(b))}
    found += (Entry("config", label, key, *rest) for key, rest in real.items())
    for key, *rest in differences(a, b):
        short = key.removeprefix("config.")
        if not any(short == other or short.startswith((f"{other}.", f"{other}[")) for other in real):
            notation.append(Entry("config", label, short, *rest))


def _moved(siblings: Iterable[list[tuple[str, str, str]]]) -> Iterator[Entry]:
    """Yield the layers that stand elsewhere among those of both: the fewest whose move explains the other order."""
    for group in siblings:
        places = [_number(path) for _, _, path in group]
        order = {place: number for number, place in enumerate(sorted(places))}
        ranks = [order[place] for place in places]
        kept = _rising(ranks)
        for number, ((label, _, _), rank) in enumerate(zip(group, ranks, strict=True)):
            if rank not in kept:
                yield Entry("config", label, "position", "moved", number, rank)


def _rising(ranks: list[int]) -> set[int]:
    """Return the longest run of ranks, not of neighbours, that rises."""
    tails: list[int] = []  # the places of the lowest ends of runs of each length
    before: list[int] = []
    for place, rank in enumerate(ranks):
        at = bisect_left(tails, rank, key=ranks.__getitem__)
        before.append(tails[at - 1] if at else -1)
        tails[at : at + 1] = [place]
    kept = set()
    place = tails[-1] if tails else -1
    while place >= 0:
        kept.add(ranks[place])
        place = before[place]
    return kept


def _number(path: str) -> int:
    digits = path.rpartition("[")[2].rstrip("]")
    return int(digits) if digits.isdigit() else 0
