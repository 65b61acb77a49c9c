"""What is known of names that an import misses: which package has a module, and where a thing has gone."""

from __future__ import annotations

import os

from keras_doctor.findings import Remedy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

# Modules that newer Pythons (and the tools that are installed with them) do not bring any more.
GONE = frozenset(
    (
        "asynchat",
        "asyncore",
        "binhex",
        "cgi",
        "distutils",
        "formatter",
        "imp",
        "parser",
        "pipes",
        "pkg_resources",
        "smtpd",
        "symbol",
    )
)
_UNPICKLING = (
    "pickle.load", "pickle.py", "_pickle", "unpickl", "joblib.load", "dill.load", ".pkl", ".pickle", "read_pickle",
    "cloudpickle", "loading pickle", "load pickle", "pickle file", "from pickle", "numpy_pickle", ".joblib", "pickled",
)  # fmt: skip
_hints: dict[str, Remedy] = {}


def _read() -> dict[str, Remedy]:
    if not _hints:
        with open(os.path.join(os.path.dirname(__file__), "imports.tsv"), encoding="utf-8") as file:
            for row in file:
                if not row.startswith("#"):
                    name, text, command = row.rstrip("\n").split("\t")
                    _hints[name] = Remedy(text, command)
    return _hints


def package(root: str) -> Remedy | None:
    """Return how to come by a package whose module is not there, None when it is called as its module is."""
    return _read().get(f"package:{root}")


def owner(module: str) -> Remedy | None:
    """Return how to mend a package that is there, and is not the release that others want."""
    return _read().get(f"owner:{module.partition('.')[0]}")


def moved(module: str, *names: str) -> tuple[Remedy, ...]:
    """Return where a module, or things of it, are today: the longest path that is known, then the names."""
    hints = _read()
    if module not in hints:
        module = module.replace("tensorflow.keras", "keras")
    found = []
    words = module.split(".")
    for length in range(len(words), 1, -1):
        hint = hints.get(".".join(words[:length]))
        if hint is not None:
            found.append(hint)
            break
    found += [hints[f"name:{name}"] for name in names if f"name:{name}" in hints]
    return tuple(dict.fromkeys(found))


def standard(module: str) -> bool:
    """Tell whether a module is of Python's own library, of any release."""
    import sys

    root = module.partition(".")[0]
    return root in GONE or root in sys.stdlib_module_names


def first_generation() -> frozenset[str]:
    """Return the names that the module tensorflow had in its first generation and lost in the second."""
    return frozenset(_read()["first generation"].text.split(" "))


def unpickled(scene: Scene) -> bool:
    """Tell whether a text is about something that comes out of a pickle."""
    return scene.passed("pickle") or scene.calls(*_UNPICKLING)
