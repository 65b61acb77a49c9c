"""Packs what `record_layer_shapes.py` printed into the data of `tests/layers`: tests/data/layers/recorded.jsonl.xz.

python tools/pack_layer_shapes.py tests/data/layers/recorded.jsonl.xz RECORDED.jsonl …

The first line says which releases recorded how many models; every other line is a model: its name, its era, the
releases that recorded exactly this, the config, and the layers as the releases saw them. Compiled code of Lambda layers
is left out.
"""

from __future__ import annotations

import json
import lzma
import sys
from collections import Counter
from pathlib import Path

KEPT = 4  # configs of one model with the same layers: releases write the same thing in ever new forms
LONGEST = 300  # characters of a text that is kept: what is longer is code


def without_code(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_code(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_code(item) for item in value]
    return "" if isinstance(value, str) and (len(value) > LONGEST or not value.isprintable()) else value


def release_of(release: dict[str, str]) -> str:
    """Return "keras 3.15.1 jax"; "tensorflow 2.0.0" for tf.keras, which gave several releases one number."""
    if release["module"] == "tf.keras":
        return f"tensorflow {release['tensorflow']}"
    backend = release.get("backend", "tensorflow")
    return " ".join([release["module"], release["keras"], *([] if backend == "tensorflow" else [backend])])


def name_of(source: str) -> str:
    return source if source.startswith("case/") else "corpus/" + Path(source).parent.name


def spread(configs: list[str]) -> list[str]:
    """Return at most KEPT of these, the first and the last among them."""
    steps = min(KEPT, len(configs))
    return [configs[round(step * (len(configs) - 1) / max(steps - 1, 1))] for step in range(steps)]


def pack(target: Path, recordings: list[Path]) -> None:
    models: dict[tuple[str, str, str, str], list[str]] = {}
    counts: Counter[str] = Counter()
    for recording in recordings:
        for line in recording.read_text(encoding="utf8").splitlines():
            row = json.loads(line)
            release = release_of(row["release"])
            counts[release] += 1
            key = (
                name_of(row["source"]),
                row["release"]["era"],
                json.dumps(without_code(row["config"])),
                json.dumps(row["layers"]),
            )
            seen = models.setdefault(key, [])
            if release not in seen:
                seen.append(release)
    same: dict[tuple[str, str, str], list[str]] = {}
    for name, era, config, layers in models:
        same.setdefault((name, era, layers), []).append(config)
    kept = {(name, era, config, layers) for (name, era, layers), configs in same.items() for config in spread(configs)}
    lines = [
        json.dumps({"recorded by": "tools/record_layer_shapes.py", "models by release": dict(sorted(counts.items()))})
    ]
    for key, releases in sorted(models.items()):
        if key not in kept:
            continue
        name, era, config, layers = key
        head = json.dumps({"name": name, "era": era, "releases": releases})
        lines.append(f'{head[:-1]}, "config": {config}, "layers": {layers}}}')
    target.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(kept)} of {len(models)} distinct of {sum(counts.values())} models, {target.stat().st_size} bytes")


if __name__ == "__main__":
    pack(Path(sys.argv[1]), [Path(one) for one in sys.argv[2:]])
