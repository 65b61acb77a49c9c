"""Every release of Keras that a model could be loaded with, each with a complete environment for it.

Newest first, in families: Keras 3, tf_keras, tf.keras of TensorFlow 2.6 to 2.15, tf.keras before it, standalone Keras 2
and 1. The table `published.tsv` is made from the catalog by tools/make_published.py.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.setups import Setup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@record
class Published:
    """One release, and what it would be installed with today, without what no load needs (JAX, PyTorch).

    `family`: which loaders it belongs to, in words. `loader`: as in `Environment`. `name`: "Keras 3.15.1", "tf.keras of
    TensorFlow 2.4.4". `python`: a minor. `packages`: name and version of all that decides a load. `requirements`: what
    must be asked of an installer so that it comes to them.
    """

    family: str
    loader: str
    name: str
    python: str
    packages: tuple[tuple[str, str], ...]
    requirements: tuple[str, ...]

    @property
    def version(self) -> str:
        """The release alone: of TensorFlow for tf.keras."""
        return self.name.rpartition(" ")[2]

    @property
    def setup(self) -> Setup:
        """How to make that environment."""
        return Setup(self.python, self.requirements)


def published() -> Iterator[Published]:
    """Yield every release, family by family, the newest first."""
    data: bytes = __spec__.loader.get_data(__file__[: -len(".py")] + ".tsv")  # type: ignore[union-attr]
    for line in data.decode("utf-8").splitlines():
        if not line.startswith("#"):
            family, loader, name, python, packages, requirements = line.split("\t")
            pairs = (word.partition("==") for word in packages.split())
            yield Published(
                family,
                loader,
                name,
                python,
                tuple((package, version) for package, _, version in pairs),
                tuple(requirements.split()),
            )
