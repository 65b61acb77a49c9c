"""What real releases said of their layers, and how our answer is compared with it.

`tests/data/layers/recorded.jsonl.xz` holds models and what the releases that its first line names saw in them
(`tools/record_layer_shapes.py`); `known_differences.json` where we differ, in which releases, and why.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "layers"


@cache
def models() -> tuple[dict[str, Any], ...]:
    lines = lzma.decompress((DATA / "recorded.jsonl.xz").read_bytes()).decode().splitlines()
    return tuple(json.loads(line) for line in lines[1:])


@cache
def known_differences() -> dict[str, list[dict[str, Any]]]:
    return json.loads((DATA / "known_differences.json").read_text(encoding="utf8"))


def is_known(model: dict[str, Any]) -> bool:
    """Whether a difference in this model is one that is explained, in each release that recorded it."""
    name = model["name"].partition("/")[2]
    patterns = [pattern for entry in known_differences().get(name, []) for pattern in entry["releases"]]
    return all(any(re.match(pattern, release) for pattern in patterns) for release in model["releases"])


def name_of(entry: dict[str, Any]) -> str | None:
    config = entry.get("config")
    return entry.get("name") or (config.get("name") if isinstance(config, dict) else None)


def aligned(entry: dict[str, Any], path: str, rows: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path of each layer of the config that a release recorded, and what it recorded."""
    config = entry.get("config")
    place = f"{path}.config" if path else "config"
    inner: list[tuple[dict[str, Any], str, dict[str, Any]]] = []
    if isinstance(config, list) or "layers" in config:
        place = place if isinstance(config, list) else f"{place}.layers"
        recorded = {row["name"]: row for row in rows if row["key"] == "layers"}
        for index, child in enumerate(config if isinstance(config, list) else config["layers"]):
            if name_of(child) in recorded:
                inner.append((child, f"{place}[{index}]", recorded[name_of(child)]))
    else:
        by_key = {row["key"]: row for row in rows}
        keys = [
            key for key in ("layer", "cell", "backward_layer") if key in by_key and isinstance(config.get(key), dict)
        ]
        inner += [(config[key], f"{place}.{key}", by_key[key]) for key in keys]
        cells = [row for row in rows if row["key"] == "cells"]
        for index, (child, row) in enumerate(zip(config.get("cells", []), cells, strict=False)):
            inner.append((child, f"{place}.cells[{index}]", row))
    for child, where, row in inner:
        yield where, row
        yield from aligned(child, where, row.get("inner", []))


def outputs(shape: Any) -> tuple[Any, ...]:
    """Return the shapes of an output as a tuple of them, also when it is one."""
    if shape is not None and (not shape or not all(size is None or isinstance(size, int) for size in shape)):
        return tuple(shape) if shape else ((),)
    return (shape,)


def plain(name: str) -> str:
    """Return a variable's name without the number that a graph appended to it."""
    return re.sub(r"_\d+$", "", name)


def differences(row: dict[str, Any], shape: Any) -> list[str]:
    """Return in what our answer differs from the recorded one."""
    seen = [tuple(tuple(size) if size is not None else None for size in call[1]) for call in row.get("calls", [])]
    if "calls" in row and not seen and not row.get("weights"):
        return []  # the release itself had not built it
    found = []
    if seen and list(dict.fromkeys(seen)) != list(dict.fromkeys(outputs(call.output_shape) for call in shape.calls)):
        found.append(f"outputs are {seen}, not {[call.output_shape for call in shape.calls]}")
    if not shape.known:
        found.append(f"not known: {shape.reason}")
    if "weights" not in row:
        return found
    theirs = [(tuple(size), dtype, bool(trainable)) for _, size, dtype, trainable in row["weights"]]
    ours = [(variable.shape, variable.dtype, variable.trainable) for variable in shape.variables]
    if theirs != ours:
        found.append(f"variables are {row['weights']}, not {ours}")
    else:
        named = zip((name for name, *_ in row["weights"]), (variable.name for variable in shape.variables), strict=True)
        wrong = [
            (their, our) for their, our in named if our not in (their, plain(their)) and not their.endswith(f"_{our}")
        ]
        found += [f"a variable is called {their!r}, not {our!r}" for their, our in wrong]
    return found
