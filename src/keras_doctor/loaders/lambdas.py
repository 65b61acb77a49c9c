"""Lambda layers: Python code in a config, and what a loader makes of it."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition


def steps(load: Load, reference: Reference, definition: Definition) -> Iterator[Step]:
    """Yield what happens to the function of a Lambda layer while the layer is built."""
    yield Step("construct", (), Locus(path=reference.path), unexamined="what a Lambda layer computes is not known")
