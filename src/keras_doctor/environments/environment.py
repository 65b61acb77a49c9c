"""`Environment`: the versions that decide what a loader does."""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.names import TENSORFLOWS, canonical
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.catalog import Catalog

LOADERS = ("keras", "tf.keras", "tf_keras")
BACKENDS = ("tensorflow", "jax", "torch", "numpy", "theano", "openvino", "cntk")

# Distributions that are told about in reports: those that decide a load.
_TOLD = (
    "keras", "tf-keras", "jax", "jaxlib", "torch", "theano", "cntk", "openvino", "h5py", "numpy", "protobuf",
    "ml-dtypes", "optree", "keras-applications", "keras-preprocessing", "tensorflow-hub", "tensorflow-addons",
    "tensorflow-text", "tensorflow-estimator", "keras-hub", "keras-cv", "keras-nlp", "transformers",
)  # fmt: skip


@record
class Environment:
    """Who would load the model.

    `python`: version, "" when not given. `packages`: distribution name (lower case, with hyphens) and version, for
    what is given or installed. `loader`: "keras", "tf.keras" or "tf_keras". `backend`: as Keras would take it, "" when
    not known. `origin`: how this is known, in words. `interpreter`: path of the Python, "" when there is none.
    `complete`: what is not in `packages` is not there (installed, looked at), else it is only not known (a string, a
    requirements file). `problem`: why the environment could not be looked at, "" when it could. `variables`: those
    that change what is loaded or whether it can be (`settings.COUNTING`), where they are set.
    """

    python: str = ""
    packages: tuple[tuple[str, str], ...] = ()
    loader: str = "keras"
    backend: str = ""
    origin: str = ""
    interpreter: str = ""
    complete: bool = False
    problem: str = ""
    variables: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, spec: str) -> Environment:
        """Return the environment that a string like "python==3.11 keras==3.15.1 tensorflow==2.21.0" describes.

        Also says `loader=tf.keras` and `backend=jax`. `keras==3.12` is the newest patch of that line. Raises
        ValueError, with one line that names the nearest existing version or word, for what does not exist.
        """
        from keras_doctor.environments.spec import parse

        return parse(spec)

    @classmethod
    def current(cls) -> Environment:
        """Return the environment of the interpreter that runs this."""
        from keras_doctor.environments.installed import current

        return current()

    @classmethod
    def default(cls) -> Environment:
        """Return the user's environment, not the tool's own: VIRTUAL_ENV, CONDA_PREFIX, or the `python` on PATH, in
        that order.

        Read from its folders without starting it where that can be done. Never raises: `problem` says what is wrong.
        """
        from keras_doctor.environments.chosen import default

        return default()

    @classmethod
    def of(cls, python: str) -> Environment:
        """Return the environment of an interpreter (or of an environment's folder), asked by a small script that it
        runs.

        Never raises: `problem` says what is wrong.
        """
        from keras_doctor.environments.interpreter import environment_of

        return environment_of(python)

    @classmethod
    def from_requirements(cls, path: str) -> Environment:
        """Return the environment that a requirements or lock file describes: pip, uv, poetry, Pipenv, conda,
        pyproject.toml.

        A range counts as the newest release in it; `origin` says so. Raises OSError when the file cannot be read,
        ValueError when it cannot be understood.
        """
        from keras_doctor.environments.requirements import read

        return read(path)

    def package(self, name: str) -> str | None:
        """Return the version of a distribution, None when it is not given or not installed. "tensorflow" counts its
        other builds in.
        """
        return self._version(canonical(name))

    def _version(self, name: str) -> str | None:
        if name != "tensorflow":
            return next((version for known, version in self.packages if known == name), None)
        found = {known: version for known, version in self.packages if known in TENSORFLOWS}
        return next((found[known] for known in TENSORFLOWS if known in found), None)

    def variable(self, name: str) -> str:
        """Return the value of a variable that counts, "" when it is not set."""
        return next((value for known, value in self.variables if known == name), "")

    def lacks(self, name: str) -> bool:
        """Tell whether a distribution is known not to be there."""
        return self.complete and not self.problem and self.package(name) is None

    @property
    def keras(self) -> str | None:
        """Version of the distribution `keras`."""
        return self._version("keras")

    @property
    def tensorflow(self) -> str | None:
        """Version of TensorFlow, under whichever name it is installed."""
        return self._version("tensorflow")

    @property
    def jax(self) -> str | None:
        """Version of JAX."""
        return self._version("jax")

    @property
    def torch(self) -> str | None:
        """Version of PyTorch."""
        return self._version("torch")

    @property
    def h5py(self) -> str | None:
        """Version of h5py."""
        return self._version("h5py")

    @property
    def numpy(self) -> str | None:
        """Version of NumPy."""
        return self._version("numpy")

    @property
    def release(self) -> tuple[str, str]:
        """The library whose loader really runs, and its version; ("", "") when that is not known or there is none.

        - ("keras", "3.15.1"): the package `keras`, up to 2.3.1 and from 3.0 on; also behind `tf.keras` of TensorFlow
          from 2.15 on where Keras 3 is installed
        - ("tf.keras", "2.4.4"): the Keras that is part of a TensorFlow up to 2.5, by the TensorFlow's version
        - ("tf.keras", "2.10.0"): the Keras of TensorFlow 2.6 to 2.15, by the version of the package `keras`
        - ("tf-keras", "2.21.0"): the package `tf-keras`

        Where only the TensorFlow is given, the rest is what it would be installed with.
        """
        tensorflow, keras = self.tensorflow, self.keras
        if self.loader == "tf_keras":
            version = self.package("tf-keras") or (
                None if self.complete else _beside(tensorflow, "tf-keras", self.python)
            )
            return ("tf-keras", version) if version else ("", "")
        if self.loader == "keras" and keras:
            if satisfies(keras, "<2.4.0rc0") or satisfies(keras, ">=3.0.0.dev0"):
                return "keras", keras
            if satisfies(keras, ">=2.5.0rc0"):
                return "tf.keras", keras
        elif self.loader == "keras" and (self.complete or not tensorflow):
            return "", ""
        if not tensorflow:
            return "", ""
        if satisfies(tensorflow, "<2.6.0rc0"):
            return "tf.keras", tensorflow
        if self.loader == "keras" and keras and satisfies(keras, "<2.5.0rc0"):  # 2.4: a door to TensorFlow's own copy
            return "tf.keras", _catalog().tensorflow_keras(tensorflow) or ""
        if keras and satisfies(keras, ">=2.5.0rc0"):
            return ("keras" if satisfies(keras, ">=3.0.0.dev0") else "tf.keras"), keras
        if self.complete:
            return "", ""
        own = _catalog().tensorflow_keras(tensorflow)
        if own:
            return "tf.keras", own
        keras = _beside(tensorflow, "keras", self.python)
        return ("keras", keras) if keras else ("", "")

    @property
    def keras_version(self) -> str:
        """What `__version__` of the Keras that runs says: "2.2.4-tf" for the one in TensorFlow 1.15; "" when not
        known.
        """
        library, version = self.release
        if library == "tf.keras" and version == self.tensorflow:
            return _catalog().tensorflow_keras(version) or version
        return version

    @property
    def uncatalogued(self) -> tuple[str, ...]:
        """The packages whose versions the catalog does not list: newer than it, or never published."""
        index = _catalog()
        return tuple(name for name, version in self.packages if index.versions(name) and not index.knows(name, version))

    @property
    def deciding(self) -> dict[str, str]:
        """Of the packages, those that decide a load."""
        return {name: version for name, version in self.packages if name in _TOLD or name in TENSORFLOWS}

    def as_json(self) -> dict[str, Any]:
        """Return the environment as plain JSON; of the packages, those that decide a load."""
        library, version = self.release
        return {
            "python": self.python,
            "packages": self.deciding,
            "loader": self.loader,
            "backend": self.backend,
            "variables": dict(self.variables),
            "library": library,
            "version": version,
            "origin": self.origin,
            "interpreter": self.interpreter,
            "complete": self.complete,
            "problem": self.problem,
        }


def _catalog() -> Catalog:
    from keras_doctor.releases.catalog import catalog  # most environments need none of it

    return catalog()


def _beside(tensorflow: str | None, name: str, python: str) -> str | None:
    """Return the newest release of `keras` or `tf-keras` that would be installed with a TensorFlow, for a Python."""
    index = _catalog()
    if not tensorflow:
        return index.newest(name, python=python)
    if name == "keras":
        return index.newest(
            "keras", python=python, requirement=index.requirement("tensorflow", tensorflow, "keras") or ""
        )
    fitting = (v for v in reversed(index.versions(name)) if index.allows(name, v, "tensorflow", tensorflow))
    return next(fitting, None)
