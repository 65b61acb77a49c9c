"""Make the data of `keras_doctor.symptoms.sites`: what Keras and TensorFlow say when they raise, and where.

Run from the checkout, after tools/extract_releases.py:

    python tools/extract_messages.py                                 # from the sources of the releases (see there)
    python tools/extract_messages.py --packages ENV/lib/python3.11/site-packages …

With --packages the loaders of TensorFlow and h5py that are installed there are read too (SavedModels, checkpoints,
TFLite): of these the data says the function, not the releases. Sources are read with `ast`, never imported.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from extract_releases import CACHE
from extraction.messages import HOLE, keywords, said
from extraction.sources import ROOT, Sources, line_of, wanted
from extraction.store import Line, load_lines

DATA = ROOT / "src" / "keras_doctor" / "symptoms" / "sites.tsv"
CALLS = DATA.with_name("calls.tsv")
LONGEST = 100  # characters of a shape that are kept
LEAST = 16  # characters of its own that a message needs to be told from others

_PACKAGE = re.compile(
    r"^(?:tf_keras/|tensorflow(?:_core)?/(?:python/|contrib/)?|keras/)?(?:keras/|src/|_impl/|python/)*"
)
# Parts of Keras that no load, save or rebuilt model goes through.
_ELSEWHERE = (
    "datasets/", "wrappers/", "testing", "distribute/", "dtensor/", "distillation/", "visualization/", "estimator/",
    "preprocessing/", "keras_parameterized", "utils/dataset_utils", "utils/text_dataset",
    "utils/image_", "utils/audio_", "utils/timeseries", "utils/vis_utils", "utils/tf_inspect", "benchmark", "tree/",
    "legacy/preprocessing/", "premade", "backend/tests", "random/", "backend/jax/", "backend/torch/", "backend/numpy/",
    "backend/openvino/",
)  # fmt: skip
# What people call, and where it is defined.
_CALLED = frozenset((
    "load_model", "save_model", "load_weights", "save_weights", "save", "export", "fit", "fit_generator", "predict",
    "evaluate", "compile", "summary", "model_from_json", "model_from_config", "to_json", "clone_model", "add",
    "get_layer", "train_on_batch", "test_on_batch", "multi_gpu_model", "plot_model", "set_weights", "get_weights",
    "register_keras_serializable", "deserialize", "from_config",
))  # fmt: skip
_MODELS = ("engine/", "models", "saving", "legacy/saving", "trainers/", "export/", "utils/", "training/")
_INSTALLED = re.compile(
    r"(?:tensorflow(?:_core)?/(?:python/(?:saved_model|checkpoint|trackable|training/saving|training/tracking|lib/io|"
    r"eager/polymorphic_function)/|python/training/(?:saver|checkpoint_utils|py_checkpoint_reader|checkpoint_management|"
    r"monitored_session|session_manager)|python/framework/(?:load_library|function_def_to_graph|importer|graph_io|"
    r"meta_graph)|python/eager/(?:function|def_function|wrap_function|lift_to_graph)|lite/python/)|h5py/_hl/)"
)  # fmt: skip
_TESTS = re.compile(r"(?:_test|test_utils?|_pb2)\.py$|/tests?/")


def plain(shape: str) -> str:
    """Return a shape as texts are compared: lower case, no quotation marks, one space between words."""
    shape = shape.replace("…", "...").replace(HOLE, "…")
    shape = re.sub(r"[`'\"*]", "", shape.lower())
    shape = re.sub(r"(?:…\s*)+…", "…", " ".join(shape.split()))
    return shape.strip()


def kept(shape: str) -> str:
    """Return the beginning of a shape, "" for one that says too little to be known by it."""
    if len(shape) > LONGEST:
        shape = shape[:LONGEST].rpartition(" ")[0]
    own = [piece.strip(" .:,()[]") for piece in shape.split("…")]
    if sum(map(len, own)) < LEAST or max(map(len, own)) < 10:
        return ""
    return shape.strip("… ")


def site_of(path: str, function: str) -> str:
    """Return where a message is said, without what differs between the packages: "saving/saving_lib.load_model"."""
    return f"{_PACKAGE.sub('', path).removesuffix('.py').removesuffix('/__init__')}.{function}"


def merge(found: dict[str, dict[str, dict[str, set[str]]]]) -> None:
    """Tell what functions of one name say in several modules of one part of the package at the first of them alone."""
    first: dict[tuple[str, str, str], str] = {}
    for site in sorted(found):
        part, function = site.partition("/")[0], site.rpartition(".")[2]
        for shape in sorted(found[site]):
            key = (part, "" if part == "applications" else function, shape)
            if first.setdefault(key, site) != site:
                for line, versions in found[site].pop(shape).items():
                    found[first[key]][shape][line] |= versions
    for site in [site for site in found if not found[site]]:
        del found[site]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, default=CACHE, help="where sources are kept")
    parser.add_argument("--packages", type=Path, nargs="*", default=[], help="site-packages of environments")
    options = parser.parse_args()
    lines = {name: Line(name, []) for name in load_lines()}
    for name, releases in load_lines().items():
        lines[name].releases = releases
    found: dict[str, dict[str, dict[str, set[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    read: dict[str, list[tuple[str, str]]] = {}

    called: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    taken: dict[str, list[tuple[str, str]]] = {}

    def arguments(text: str) -> list[tuple[str, str]]:
        if text not in taken:
            taken[text] = list(keywords(text, _CALLED))
        return taken[text]

    def messages(text: str) -> list[tuple[str, str]]:
        if text not in read:
            shapes = ((kept(plain(one.shape)), one.function) for one in said(text))
            read[text] = [(shape, function) for shape, function in shapes if shape]
        return read[text]

    sources = Sources(options.cache)
    for package, version in wanted():
        line = line_of(package, version)
        for path, text in sources.read(package, version).items():
            if not _PACKAGE.sub("", path).startswith(_ELSEWHERE):
                for shape, function in messages(text):
                    found[site_of(path, function)][shape][line].add(version)
            if _PACKAGE.sub("", path).startswith(_MODELS):
                for call in arguments(text):
                    called[call][line].add(version)
        print(package, version, flush=True)
    for folder in options.packages:
        for path_ in sorted(folder.glob("tensorflow*/**/*.py")) + sorted(folder.glob("h5py/_hl/*.py")):
            name = path_.relative_to(folder).as_posix()
            if _INSTALLED.match(name) and not _TESTS.search(name):
                for shape, function in messages(path_.read_text(encoding="utf-8", errors="replace")):
                    found[site_of(name, function)][shape]  # so that it is there, in no release
    merge(found)
    rows = ["# what is said when something is raised, and in which releases: made by tools/extract_messages.py"]
    for site in sorted(found):
        rows.append(f"={site}")
        for shape in sorted(found[site]):
            where = found[site][shape]
            runs = ";".join(f"{line}={lines[line].runs(where[line])}" for line in sorted(where))
            rows.append(f"{shape}\t{runs}")
    calls = ["# what can be called with which keywords, in which releases: made by tools/extract_messages.py"]
    for (function, keyword), where in sorted(called.items()):
        runs = ";".join(f"{line}={lines[line].runs(where[line])}" for line in sorted(where))
        calls.append(f"{function}\t{keyword}\t{runs}")
    CALLS.write_text("\n".join(calls) + "\n", encoding="utf-8", newline="\n")
    DATA.write_text("\n".join(rows) + "\n", encoding="utf-8", newline="\n")
    print(f"{sum(map(len, found.values()))} messages at {len(found)} places, {DATA.stat().st_size} bytes")


if __name__ == "__main__":
    main()
