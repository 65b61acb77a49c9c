"""`Environment`: the versions that decide what a loader does."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOADERS = ("keras", "tf.keras", "tf_keras")
BACKENDS = ("tensorflow", "jax", "torch", "numpy", "theano", "openvino", "cntk")


@record
class Environment:
    """Who would load the model.

    `python`: version, "" when not given. `packages`: distribution name (lower case, with hyphens) to version, for what is given or installed.
    `loader`: "keras", "tf.keras" or "tf_keras". `backend`: as Keras would take it, "" when not known. `origin`: how this is known, in words.
    """

    python: str = ""
    packages: tuple[tuple[str, str], ...] = ()
    loader: str = "keras"
    backend: str = ""
    origin: str = ""
    interpreter: str = ""

    @classmethod
    def parse(cls, spec: str) -> Environment:
        """Return the environment that a string like "python==3.11 keras==3.15.1 tensorflow==2.21.0" describes.

        Raises ValueError when a word of it is not `name==version`.
        """
        raise NotImplementedError

    @classmethod
    def current(cls) -> Environment:
        """Return the environment of the interpreter that runs this."""
        raise NotImplementedError

    def package(self, name: str) -> str | None:
        """Return the version of a distribution, None when it is not given or not installed."""
        return dict(self.packages).get(name)

    @property
    def keras(self) -> str | None:
        """Version of the distribution `keras`."""
        return self.package("keras")

    def as_json(self) -> dict[str, Any]:
        """Return the environment as plain JSON."""
        return {
            "python": self.python,
            "packages": dict(self.packages),
            "loader": self.loader,
            "backend": self.backend,
            "origin": self.origin,
        }
