"""Options of layers that a release refuses, against what each did with a model of that one layer."""

import pytest

from keras_doctor.rules.engine import diagnose
from keras_doctor.rules.samples import sample

KERAS_224, KERAS_231 = "keras==2.2.4 tensorflow==1.13.1", "keras==2.3.1 tensorflow==1.15.5"
TF_215, TF_24 = "python==3.11 tensorflow==2.15.0", "python==3.7 tensorflow==2.4.4"
FIRST = {"data_format": "channels_first"}
CAUSAL = ("Conv1D", [4, 13], {"filters": 6, "kernel_size": [3], "padding": "causal", **FIRST})
SAME = ("Conv1D", [4, 13], {"filters": 6, "kernel_size": [3], "padding": "same", **FIRST})
LOCAL = ("LocallyConnected1D", [3, 11], {"filters": 4, "kernel_size": [3], **FIRST})
UNEQUAL = ("Conv2DTranspose", [5, 4, 3], {"filters": 4, "kernel_size": [3, 3], "dilation_rate": [1, 2]})
EQUAL = ("Conv2DTranspose", [5, 4, 3], {"filters": 4, "kernel_size": [3, 3], "dilation_rate": [2, 2]})
CASES = [  # layer, release, whether it made and called the layer
    (CAUSAL, KERAS_224, False),
    (CAUSAL, KERAS_231, False),
    (CAUSAL, TF_215, True),
    (SAME, KERAS_224, True),
    (SAME, KERAS_231, True),
    (UNEQUAL, KERAS_224, False),
    (UNEQUAL, KERAS_231, False),
    (UNEQUAL, TF_24, False),
    (UNEQUAL, TF_215, False),
    (EQUAL, KERAS_224, True),
    (EQUAL, TF_24, True),
    (EQUAL, TF_215, True),
    (LOCAL, KERAS_224, False),  # Dimension 0 in both shapes must be equal, [1,33,4] and [9,9,4]
    (LOCAL, TF_24, True),
    (LOCAL, TF_215, True),
]


@pytest.mark.parametrize(("layer", "release", "taken"), CASES)
def test_options(layer, release, taken):
    name, shape, config = layer
    config = {"name": "layer", "batch_input_shape": [None, *shape], "dtype": "float32", **config}
    layers = [{"class_name": name, "config": config}]
    model = {"class_name": "Sequential", "config": {"name": "sequential", "layers": layers}}
    document, environment = sample("hdf5-model", config=model, env=release)
    found = diagnose(document, environment)
    told = [finding.code for finding in found.findings if finding.effect == "fails"]
    assert (not told) == taken, found.findings
