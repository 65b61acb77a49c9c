"""Make the data of `keras_doctor.releases.api`: what each release of Keras, tf-keras and TensorFlow's Keras accepts.

Run from the checkout, with a network:

    python tools/fetch_release_index.py                 # which releases exist
    python tools/extract_releases.py --new              # those that are not in the data yet
    python tools/extract_releases.py keras==3.15.1 …    # these, or all of a package ("tf-keras"), or all

Sources are read with `ast`, never imported. They are kept in --cache; tools/extraction/manifest.tsv says which files
they came from.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from extraction.release import extract
from extraction.sources import Sources, line_of, wanted
from extraction.store import Line, load_lines, save_lines

# TensorFlow 2.0 imports the table of layers before it turns its new behaviour on: files get the layers of 1.x, whose
# GRU has reset_after=False, while `tf.keras.layers.GRU` is the new one (seen in 2.0.4 with
# `tf.keras.layers.deserialize`).
EARLY = {"tensorflow 2.0": frozenset({"tensorflow.python.keras.layers.serialization"})}

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keras-doctor" / "sources"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("releases", nargs="*", help="PACKAGE or PACKAGE==VERSION (default: all)")
    parser.add_argument("--new", action="store_true", help="only releases that the data does not have yet")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where sources are kept")
    options = parser.parse_args()
    gc.disable()  # syntax trees are many and have no cycles worth looking for
    sources = Sources(options.cache)
    known = load_lines()
    todo: dict[str, list[tuple[str, str]]] = {}
    for package, version in wanted(options.releases):
        line = line_of(package, version)
        if not (options.new and version in known.get(line, [])):
            todo.setdefault(line, []).append((package, version))
    for name, pairs in todo.items():
        line = Line(name, list(known.get(name, [])))
        for package, version in pairs:
            start = time.perf_counter()
            early = EARLY.get(f"{package} {version.rpartition('.')[0]}", frozenset())
            tf2 = not (package == "tensorflow" and version[0] == "1")
            facts = extract(sources.read(package, version), tf2, early)
            line.replace(version, facts)
            classes = sum(len(s) for f, s in facts.items() if f not in ("modules", "tables", "exports", "functions"))
            print(f"{name}: {package} {version}: {classes} classes, {time.perf_counter() - start:.1f} s", flush=True)
        line.save()
        save_lines({**load_lines(), name: line.releases})
        sources.save_manifest()


if __name__ == "__main__":
    main()
