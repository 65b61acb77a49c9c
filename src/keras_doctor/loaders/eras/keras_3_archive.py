"""Keras 3: `load_model` of `.keras` archives and folders.

Source: keras/src/saving/saving_lib.py and serialization_lib.py of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.loaders.modules import ModuleWalk
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.load import Load


def steps(load: Load) -> Iterator[Step]:
    """Yield the steps from the parsed config to the model that can be called."""
    walk = ModuleWalk(load)
    yield from walk.entry(load.document.config, "layers", "")
    yield Step("weights", (), unexamined="weights were not compared with the release: not yet in this version")
