"""What to install to load a model: the releases that suit who saved it, and a Python that they run on."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.catalog import MINORS, catalog, line_of
from keras_doctor.releases.clashes import bounds_for
from keras_doctor.releases.version import satisfies, version_key

# The last TensorFlow whose `tf.keras` is Keras 2: it reads what every tf.keras and most standalone Keras 2 releases
# saved.
_LAST_KERAS_2 = "2.15.1"
# For Keras 1, whose classes no later release knows all of: the last Keras that translates its keywords, with what it
# runs on.
_OLD = ("keras==2.3.1", "tensorflow==1.15.5", "h5py==2.10.0", "numpy==1.18.5", "protobuf==3.20.3")
_OLD_PYTHON = "3.7"
_UV_SINCE = "3.8"  # the oldest CPython that uv brings


@record
class Setup:
    """Requirements to install, and the Python minor for them."""

    python: str
    requirements: tuple[str, ...]

    def command(self) -> str:
        """Return a command that starts a Python which has all of it, in an environment of its own."""
        if satisfies(self.python, f"<{_UV_SINCE}"):
            packages = " ".join(f'"{requirement}"' for requirement in self.requirements)
            return (
                f"conda create -n old-keras python={self.python} pip && conda run -n old-keras pip install {packages}"
            )
        packages = " ".join(f'--with "{requirement}"' for requirement in self.requirements)
        return f"uv run --no-project --python {self.python} {packages} python"


def setup_for(era: str, keras_version: str = "", backend: str = "", zipped: bool = False, python: str = "") -> Setup:
    """Return what suits a model: `era` and `keras_version` of its provenance, `zipped` for a `.keras` archive.

    On `python` where that can be, else on the newest Python that the releases run on.
    """
    asked = (era, keras_version, backend, zipped, python)
    if asked not in _known:
        _known[asked] = _setup(*asked)
        if len(_known) > _MOST:  # versions come from files
            _known.pop(next(iter(_known)))
    return _known[asked]


_known: dict[tuple[str, str, str, bool, str], Setup] = {}
_MOST = 1000


def _setup(era: str, keras_version: str, backend: str, zipped: bool, python: str) -> Setup:
    index = catalog()
    version = keras_version.removesuffix("-tf")
    minor = line_of(python)
    if era == "keras-1" or satisfies(version, "<2.0.0rc0"):
        return Setup(_OLD_PYTHON, _OLD)
    if era not in ("keras-2", "tf.keras", "tf.keras-v3") and not satisfies(version, "<3.0.0.dev0"):
        return _keras_3(version, backend, minor)
    tensorflow = _LAST_KERAS_2
    if era != "keras-2" and zipped and satisfies(version, ">=2.12"):
        tensorflow = (
            index.newest("tensorflow", prefix=line_of(version)) or tensorflow
        )  # its archives load in its line alone
    return _tensorflow(tensorflow, minor)


def _keras_3(saved: str, backend: str, minor: str) -> Setup:
    """Return the newest Keras 3 that is not older than the one that saved, with its backend."""
    index = catalog()
    keras = index.newest("keras", python=minor) if minor else index.newest("keras")
    backend = backend if backend in ("jax", "torch") else "tensorflow"
    fits = bool(minor and keras) and satisfies(keras or "", ">=3") and not _before(keras or "", saved)
    if backend == "tensorflow" and not index.newest("tensorflow", python=minor, requirement=">=2.16"):
        fits = False
    python = minor if fits else _newest_python("tensorflow", index.newest("tensorflow") or "")
    keras = index.newest("keras", python=python) or "3"
    package = index.newest(backend, python=python)
    return Setup(python, (f"keras=={keras}", f"{backend}=={package}" if package else backend))


def _tensorflow(tensorflow: str, minor: str) -> Setup:
    """Return a TensorFlow with the bounds that it lacks, on `minor` where it runs there."""
    index = catalog()
    python = minor if minor in index.pythons("tensorflow", tensorflow) else _newest_python("tensorflow", tensorflow)
    newer = (
        (name, bound) for name, bound in bounds_for("tensorflow", tensorflow).items() if name in ("numpy", "protobuf")
    )
    bounds = tuple(f"{name}{bound}" for name, bound in newer if index.allows("tensorflow", tensorflow, name, bound[1:]))
    return Setup(python, (f"tensorflow=={tensorflow}", *bounds))


def _newest_python(name: str, version: str) -> str:
    return (catalog().pythons(name, version) or MINORS[-4:-3])[-1]


def _before(version: str, other: str) -> bool:
    ours, theirs = version_key(version), version_key(other)
    return ours is not None and theirs is not None and ours < theirs
