#!/usr/bin/env python3
"""Record the whole tracebacks with which real releases end failed loads, for tests/symptoms/test_tracebacks.py.

    record_tracebacks.py ENVIRONMENTS.json CORPUS tests/data/tracebacks.tsv > tests/data/tracebacks.jsonl

ENVIRONMENTS.json: name of an environment → {"python": its interpreter, "module": "keras", "tf.keras" or "tf_keras",
"variables": {…}, "versions": {"keras": "3.15.1", …}}. The table says which file (below CORPUS) is loaded in which, and
the cause, which was read off by hand from the exception, the loader's code and the file. Paths of this machine are
replaced in what is recorded.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

IMPORTS = {"keras": "import keras", "tf.keras": "from tensorflow import keras", "tf_keras": "import tf_keras as keras"}
SCRIPT = "{0}\n\nmodel = keras.models.load_model({1!r})\n"
HOME = "/home/me"


def main(environments: str, corpus: str, table: str) -> None:
    with open(environments, encoding="utf-8") as file:
        known = json.load(file)
    with open(table, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    for name, path, cause in rows:
        text = traceback(known[name], os.path.join(corpus, path))
        home = os.path.dirname(os.path.dirname(known[name]["python"]))
        for folder in sorted((home, *folders(known[name])), key=len, reverse=True):
            text = text.replace(folder, f"{HOME}/env")
        text = text.replace(corpus, f"{HOME}/models")
        versions = known[name]["versions"]
        print(json.dumps({"env": name, "versions": versions, "file": path, "cause": cause, "text": text}))
        print(f"{name} {path}: {text.strip().splitlines()[-1][:80] if text.strip() else 'loads'}", file=sys.stderr)


def folders(environment: dict[str, dict[str, str]]) -> list[str]:
    return [folder for folder in environment["variables"].get("PYTHONPATH", "").split(os.pathsep) if folder]


def traceback(environment: dict[str, dict[str, str]], path: str) -> str:
    """Return what a script that loads `path` prints from its last traceback chain on; "" when it loads."""
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "app.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(SCRIPT.format(IMPORTS[str(environment["module"])], path))
        done = subprocess.run(
            [str(environment["python"]), script],
            env={**os.environ, **environment["variables"]},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        start = done.stderr.find("Traceback (most recent call last)")
        return done.stderr[start:].replace(folder, HOME) if start >= 0 else ""


if __name__ == "__main__":
    main(*sys.argv[1:])
