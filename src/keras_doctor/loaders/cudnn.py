"""CuDNNLSTM and CuDNNGRU, whose operations exist on NVIDIA's GPUs alone.

TensorFlow 1 places all operations of the graph when it first runs any, which is when the weights are filled; TensorFlow
2 misses the kernel when the model is called. Seen in Keras 2.2.4 and 2.3.1 and in TensorFlow 1.13 to 2.15 on CPUs.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record
from keras_doctor.releases.version import satisfies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Api

CLASSES = ("CuDNNLSTM", "CuDNNGRU")


@record
class OnGpu:
    """A layer that a CPU cannot run. `fatal`: the load itself fails."""

    api: Api
    name: str
    class_name: str
    fatal: bool


def steps(load: Load) -> Iterator[Step]:
    """Yield one step about the first layer, at any depth, that needs a GPU."""
    for node in load.document.layers:
        if node.class_name in CLASSES:
            tensorflow = load.environment.tensorflow or (load.api.version if load.api.line == "tensorflow" else "")
            fatal = bool(tensorflow) and satisfies(tensorflow, "<2")
            told = OnGpu(load.api, node.name, node.class_name, fatal)
            yield Step("weights" if fatal else "call", ("cudnn:device",), Locus(path=node.path), told)
            return
