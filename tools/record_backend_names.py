"""Record which functions TensorFlow and the backends of Keras have: src/keras_doctor/releases/backend_names.tsv.

What a Lambda layer calls must be there. Run in each installation, then put what they said together:

    /path/to/python tools/record_backend_names.py tell > one.json        # once for each
    python tools/record_backend_names.py merge *.json
"""

import json
import sys

SPACES = ("", "nn", "math", "image", "linalg", "signal", "strings", "random", "keras.backend")
HEAD = """\
# Functions that a Lambda layer may call, by library and namespace: name, releases that were looked at and have it.
# Made by tools/record_backend_names.py. "tensorflow": of the package; "keras": the backend of Keras 1 and 2.
"""


def tell():
    """Print the names of this installation."""
    import os

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    found = {}
    import tensorflow as tf

    for space in SPACES:
        held = tf
        for part in space.split(".") if space else ():
            held = getattr(held, part, None)
        if held is not None:
            found["tensorflow " + space] = sorted(name for name in dir(held) if name[:1] != "_")
    versions = {"tensorflow": ".".join(tf.__version__.split(".")[:2])}
    try:
        import keras
        from keras import backend

        if int(keras.__version__.split(".")[0]) < 3:
            found["keras keras.backend"] = sorted(name for name in dir(backend) if name[:1] != "_")
            versions["keras"] = ".".join(keras.__version__.split(".")[:2])
    except ImportError:
        pass
    print(json.dumps([versions, found]))


def merge(paths):
    """Write the table from what installations said."""
    from pathlib import Path

    rows = {}
    told = {}
    for path in paths:
        versions, found = json.loads(Path(path).read_text())
        for space, names in found.items():
            library, _, namespace = space.partition(" ")
            version = versions[library]
            if version in told.setdefault((library, namespace), []):
                continue
            told[library, namespace].append(version)
            for name in names:
                rows.setdefault((library, namespace, name), []).append(version)
    lines = []
    for library, namespace in sorted(told):
        order = sorted(told[library, namespace], key=lambda version: [int(part) for part in version.split(".")])
        lines.append(f"={library}\t{namespace}\t{' '.join(order)}")
        own = [key for key in sorted(rows) if key[:2] == (library, namespace)]
        lines += [f"{key[2]}\t{runs(rows[key], order)}" for key in own]
    target = Path(__file__).parents[1] / "src/keras_doctor/releases/backend_names.tsv"
    target.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(target, len(lines))


def runs(versions, order):
    """Return releases as runs over the order: "1.4-1.15 2.4", "" for all of them."""
    if len(versions) == len(order):
        return ""
    found = []
    for position, version in enumerate(order):
        if version in versions:
            if found and position and order[position - 1] == found[-1][1]:
                found[-1][1] = version
            else:
                found.append([version, version])
    return " ".join(first if first == last else f"{first}-{last}" for first, last in found)


if __name__ == "__main__":
    tell() if sys.argv[1] == "tell" else merge(sys.argv[2:])
