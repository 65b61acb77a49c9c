"""Writes src/keras_doctor/releases/published.tsv: each release of Keras, and what it would be installed with today.

    python tools/make_published.py [--check]

The releases are those of releases/api/lines.tsv. What stands beside them follows from the catalog's requirements and
from what is known to clash (releases/clashes.tsv); for a standalone Keras before 2.4, whose metadata say nothing, from
tools/standalone_keras.tsv. To be run again after fetch_release_index.py or extract_releases.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from keras_doctor.releases.api_text import lines
from keras_doctor.releases.catalog import MINORS, catalog, line_of
from keras_doctor.releases.clashes import bounds_for
from keras_doctor.releases.version import is_final, satisfies

TARGET = Path(__file__).parents[1] / "src/keras_doctor/releases/published.tsv"
STANDALONE = Path(__file__).parent / "standalone_keras.tsv"
HEAD = """\
# Every release of Keras with a complete environment for it, newest first: made by tools/make_published.py, do not edit.
# family, loader, what the release is called, Python, packages, what an installer must be asked for to come to them
"""
# Line of releases → family, loader, and which of the line belong to it. Keras 2.4 is a door to the tf.keras beside it,
# no loader of its own.
FAMILIES = (
    ("keras-3", "Keras 3", "keras", ""),
    ("tf-keras", "tf_keras", "tf_keras", ""),
    ("keras-2.6", "tf.keras of TensorFlow 2.6 to 2.15", "tf.keras", ""),
    ("tensorflow", "tf.keras of TensorFlow up to 2.5", "tf.keras", ""),
    ("keras-2", "Keras 2.0 to 2.3", "keras", "<2.4.0"),
    ("keras-1", "Keras 1", "keras", ""),
)
BESIDE = ("numpy", "h5py", "protobuf")
TABLES = catalog()


def text() -> str:
    """Return the whole file."""
    rows = [
        "\t".join(row(line, release, family, loader))
        for line, family, loader, wanted in FAMILIES
        for release in reversed(lines()[line])
        if satisfies(release, wanted)
    ]
    return HEAD + "".join(row + "\n" for row in rows)


def row(line: str, release: str, family: str, loader: str) -> tuple[str, ...]:
    """Return the fields of one release."""
    python = ""
    if line == "keras-3":
        main, tensorflow = {"keras": release}, newest_that_asks_for("keras", release)
    elif line == "tf-keras":
        main, tensorflow = {"tf-keras": release}, newest_that_suits("tf-keras", release)
    elif line == "keras-2.6":
        main, tensorflow = {}, TABLES.tensorflows_of(release)[-1]
    elif line == "tensorflow":
        main, tensorflow = {}, release
    else:
        main = {"keras": release}
        tensorflow, python = companions(release)
    asked = {**main, "tensorflow": tensorflow}
    python = python or [m for m in MINORS if all(TABLES.runs_on(*each, m) is not False for each in asked.items())][-1]
    packages = {**main, **keras_beside(release, tensorflow, python, main), "tensorflow": tensorflow}
    extra = []
    for name in BESIDE:
        bounds = sorted({bound for each in packages.items() if (bound := bounds_for(*each).get(name))})
        wanted = TABLES.requirement("tensorflow", tensorflow, name, python)
        version = TABLES.newest(name, python=python, requirement=",".join(filter(None, [wanted, *bounds])))
        # What an installer would not come to by itself is to be asked for.
        loose = [bound for bound in bounds if TABLES.allows("tensorflow", tensorflow, name, bound[1:]) is not False]
        if loose or (name == "h5py" and all(TABLES.requirement(*each, "h5py") is None for each in packages.items())):
            extra.append(name + ",".join(loose))
        packages[name] = version or ""
    called = {
        "keras": f"Keras {release}",
        "tf_keras": f"tf_keras {release}",
        "tf.keras": f"tf.keras of TensorFlow {tensorflow}",
    }[loader]
    return family, loader, called, python, words(packages), " ".join(filter(None, [words(asked), *extra]))


def newest_that_asks_for(package: str, release: str) -> str:
    """Return the newest TensorFlow whose metadata accept a release of Keras."""
    return next(v for v in finals() if TABLES.allows("tensorflow", v, package, release))


def newest_that_suits(package: str, release: str) -> str:
    """Return the newest TensorFlow that a release's metadata accept; of the same line when they say nothing."""
    found = next((v for v in finals() if TABLES.allows(package, release, "tensorflow", v)), None)
    return found or TABLES.newest("tensorflow", prefix=line_of(release)) or ""


def finals() -> Iterator[str]:
    """Yield the newest patch of each line of TensorFlow, newest line first."""
    versions = [version for version in reversed(TABLES.versions("tensorflow")) if is_final(version)]
    for line in dict.fromkeys(map(line_of, versions)):
        yield TABLES.newest("tensorflow", prefix=line) or ""


def companions(keras: str) -> tuple[str, str]:
    """Return the TensorFlow and the Python with which an old standalone Keras is at home."""
    for line in STANDALONE.read_text().splitlines():
        if not line.startswith("#"):
            wanted, tensorflow, python, _ = line.split("\t")
            if satisfies(keras, wanted):
                return tensorflow, python
    raise SystemExit(f"{STANDALONE} says nothing of Keras {keras}")


def keras_beside(release: str, tensorflow: str, python: str, main: dict[str, str]) -> dict[str, str]:
    """Return the package keras that an installer adds because the TensorFlow asks for it."""
    wanted = TABLES.requirement("tensorflow", tensorflow, "keras")
    if wanted is None or "keras" in main:
        return {}
    return {"keras": (TABLES.newest("keras", python=python, requirement=wanted) or "") if main else release}


def words(packages: dict[str, str]) -> str:
    """Return packages as an installer takes them."""
    return " ".join(f"{name}=={version}" for name, version in packages.items())


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(TARGET.read_text() != text() and f"{TARGET} is not up to date")
    TARGET.write_text(text())
