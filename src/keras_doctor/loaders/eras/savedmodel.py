"""tf.keras and tf-keras: `load_model` of SavedModel folders.

Source: keras/src/saving/legacy/saved_model/load.py.
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
