"""Keras 3: `load_model` of HDF5 files.

Source: keras/src/legacy/saving/legacy_h5_format.py and keras/src/legacy/saving/serialization.py.
"""

from __future__ import annotations

from keras_doctor.loaders.tables import TableWalk
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.load import Load


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    walk = TableWalk(load)
    yield from walk.entry(load.document.config, "layers", "")
    yield Step("weights", (), unexamined="weights were not compared with the release: not yet in this version")
