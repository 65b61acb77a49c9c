"""Make tests/data/dating/cases.jsonl.xz: what many real releases wrote, with who wrote it.

    python tools/pack_dating_cases.py CORPUS [CORPUS …]

CORPUS as for `check_dating.py`. One line an artifact: "version", "library" and "tensorflow" of the writer, "format",
"config", "training", what it states and the facts that date.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

from check_dating import cases
from keras_doctor.artifacts import read
from keras_doctor.artifacts.dating_writers import order

TARGET = Path(__file__).parent.parent / "tests/data/dating/cases.jsonl.xz"
ARCHITECTURES = (
    *(
        "mlp_seq",
        "func_two_input",
        "cnn",
        "lstm",
        "nested",
        "compile_dense_metrics",
        "mha_ln",
        "mlp_uncompiled",
        "regs",
    ),
    *("op_layers", "bilstm", "activations", "merges", "custom_layer", "opt_schedule", "mixed_fp16"),
)
FORMATS = ("hdf5-model", "keras-v3", "json-architecture", "v3-weights", "savedmodel")
FACTS = (
    *("weights_complete", "has_top_level_model_weights", "weight_names", "optimizer_weight_names", "attribute_storage"),
    *("v3_containers", "vars_have_name_attribute", "doubled_numbering", "metadata", "tensorflow_version"),
)


def main() -> None:
    found: dict[tuple[str, ...], dict] = {}
    for path, label, version, library, tensorflow in cases([Path(argument) for argument in sys.argv[1:]], ""):
        architecture = path.parent.name
        if label or architecture not in ARCHITECTURES:
            continue
        document = read(str(path))
        key = (library, version, tensorflow if library == "tf.keras" else "", architecture, document.format)
        if document.format not in FORMATS or document.damage or key in found:
            continue
        laid_over = library != "keras" and order(version) >= (2, 6) and order(version)[:2] != order(tensorflow)[:2]
        if laid_over and document.format == "savedmodel":
            continue  # says which TensorFlow it was measured with: nobody's file
        facts = {name: document.facts[name] for name in FACTS if document.facts.get(name) is not None}
        for name in ("weight_names", "optimizer_weight_names"):
            if name in facts:
                facts[name] = facts[name][:8]
        given = document.provenance
        found[key] = {
            "version": version,
            "library": library,
            "tensorflow": "" if laid_over or library == "keras" else tensorflow,
            "format": document.format,
            "architecture": architecture,
            "stated_version": given.keras_version,
            "stated_backend": given.backend,
            "saved_at": (document.facts.get("metadata") or {}).get("date_saved"),
            "facts": facts,
            "training": document.training.config,
            "config": document.config,
        }
    keys = sorted(found, key=lambda key: (key[3], key[4], *key[:3]))
    lines = [json.dumps(found[key], separators=(",", ":")) for key in keys]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9 | lzma.PRESET_EXTREME))
    print(len(lines), "artifacts of", len({key[:2] for key in found}), "releases,", TARGET.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
