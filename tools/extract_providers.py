"""Make src/keras_doctor/symptoms/provided.tsv: which package has which class that a model's config can name.

    python -m pip download --no-deps -d WHEELS tensorflow-addons keras-hub spektral …
    python tools/extract_providers.py WHEELS

The archives (wheels and source archives) are read, nothing of them is imported or run. A class counts when a base of it
is, through the classes of the same archive, one of Keras's; a function when it is registered as serializable. Rows:
`@` package, version, what it is imported as, prefixes under which it registers; then module and names. A trailing ~
marks a name that is made of words so usual in the field that others will have called something of their own so.
"""

from __future__ import annotations

import argparse
import ast
import re
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from keras_doctor.symptoms.names import library

OUT = Path(__file__).parents[1] / "src/keras_doctor/symptoms/provided.tsv"
ROOTS = {
    "Layer", "Model", "Metric", "Loss", "Optimizer", "Initializer", "Regularizer", "Constraint",
    "LearningRateSchedule", "LossFunctionWrapper", "MeanMetricWrapper", "AbstractRNNCell", "Wrapper", "Task",
    "Backbone", "Tokenizer", "Preprocessor", "TFPreTrainedModel", "OptimizerV2", "Sequential", "Functional", "Network",
}  # fmt: skip
NOT_SHIPPED = r"(?:conf)?tests?$|.*_tests?$|test_|examples?$|docs$|benchmarks?$|setup$"
MADE_OF = ("layers", "optimizers", "losses", "metrics", "schedules", "initializers")
USUAL = set((Path(__file__).parent / "usual_words.txt").read_text(encoding="utf-8").split())


def files(archive: Path) -> Iterator[tuple[str, str]]:
    """Yield the Python files of an archive and their text."""
    if archive.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                if name.endswith(".py"):
                    yield (
                        re.sub(r"^[^/]+\.data/(?:pure|plat)lib/", "", name),
                        opened.read(name).decode("utf-8", "replace"),
                    )
        return
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.name.endswith(".py") and member.isfile():
                read = opened.extractfile(member)
                assert read is not None
                name = re.sub(r"^(?:src|lib)/", "", member.name.partition("/")[2])
                yield name, read.read().decode("utf-8", "replace")


def last(node: ast.expr) -> str:
    """Return the last name of a base or a decorator: "Layer" of tf.keras.layers.Layer."""
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Subscript):
        node = node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def registered(node: ast.ClassDef | ast.FunctionDef) -> str | None:
    """Return the prefix under which something is registered ("" when it is not said), None when it is not."""
    for decorator in node.decorator_list:
        if "register_keras_serializable" in last(decorator):
            values = (
                [*decorator.args[:1], *(k.value for k in decorator.keywords if k.arg == "package")]
                if isinstance(decorator, ast.Call)
                else []
            )
            return next((v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)), "")
    return None


def read(archive: Path) -> tuple[dict[str, set[str]], set[str], set[str]]:
    """Return module → names, the prefixes, and the packages that the archive brings."""
    bases: dict[str, set[str]] = {}
    places: dict[str, str] = {}
    kept: dict[str, set[str]] = {}
    prefixes: set[str] = set()
    for path, text in files(archive):
        words = path[:-3].split("/")
        if any(
            re.match(r"(?:conf)?tests?$|.*_tests?$|test_|examples?$|docs$|benchmarks?$|setup$", word) for word in words
        ):
            continue
        if not re.search(r"keras|tensorflow", text, re.IGNORECASE):
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        module = ".".join(words[:-1] if words[-1] == "__init__" else words)
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                prefix = registered(node)
                if prefix is not None:
                    prefixes.add(prefix)
                    kept.setdefault(module, set()).add(node.name)
            if isinstance(node, ast.ClassDef):
                bases.setdefault(node.name, set()).update(last(base) for base in node.bases)
                places.setdefault(node.name, module)
    grown = True
    ours: set[str] = set()
    while grown:
        grown = False
        for name, parents in bases.items():
            if name not in ours and any(p in ROOTS or p in ours or is_class(p) for p in parents):
                ours.add(name)
                grown = True
    for name in ours:
        kept.setdefault(places[name], set()).add(name)
    return kept, prefixes, {module.partition(".")[0] for module in kept}


def is_class(name: str) -> bool:
    """Tell whether Keras has a class of that name that others derive from."""
    known = library(name) if name[:1].isupper() else None
    return known is not None and known.kind in (
        "layers",
        "optimizers",
        "losses",
        "metrics",
        "schedules",
        "initializers",
    )


def usual(name: str) -> bool:
    """Tell whether a name is made of usual words only, so that it says little about whose it is."""
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z]|\d|\b|_)|[A-Z]?[a-z]+\d?d?|\d+[dD]?", name)
    return len(name) < 4 or all(word.lower() in USUAL or len(word) <= 2 for word in words)


def rows(archive: Path) -> list[str]:
    """Return the rows of one archive."""
    match = re.match(r"(?P<name>.+?)-(?P<version>\d[^-]*?)(?:-|\.tar|\.zip|$)", archive.name)
    assert match is not None, archive
    package = match["name"].replace("_", "-").lower()
    kept, prefixes, roots = read(archive)
    prefixes -= {"", "Custom", "my_package", "custom", "keras", "Keras", "Text" if package == "tensorflow-hub" else ""}
    seen: set[str] = set()
    lines = []
    for module in sorted(kept, key=lambda module: (module.count("."), module)):
        names = sorted(
            name for name in kept[module] if not name.startswith("_") and name not in seen and library(name) is None
        )
        seen.update(names)
        if names:
            lines.append("\t".join((module, " ".join(name + "~" * usual(name) for name in names))))
    head = "\t".join((f"@{package}", match["version"], " ".join(sorted(roots)), ",".join(sorted(prefixes))))
    return [head, *lines] if lines or prefixes else []


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    lines = ["# Made by tools/extract_providers.py from released archives. Do not edit."]
    for archive in sorted(options.folder.iterdir(), key=lambda path: path.name.lower()):
        if archive.name.endswith((".whl", ".tar.gz", ".zip")):
            lines += rows(archive)
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
