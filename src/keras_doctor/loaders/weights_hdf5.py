"""Legacy HDF5 weights (`model_weights`, `layer_names`, `weight_names`) as each era's loader gives them to the layers.

Sources: keras/engine/topology.py `load_weights_from_hdf5_group` (1.x to 2.1), keras/engine/saving.py (2.2, 2.3),
keras/saving/hdf5_format.py (2.6 to 2.12), keras/src/legacy/saving/legacy_h5_format.py (3.x).
"""

from __future__ import annotations

from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.load import Load


def steps(load: Load, shapes: tuple[LayerShape, ...]) -> Iterator[Step]:
    """Yield what the loader does with the weights of an HDF5 file. `shapes`: what is inferred of every layer of the
    config, as the release builds it.
    """
    yield Step("weights", (), unexamined="weights were not compared with the release: not yet in this version")
