"""What real releases resize otherwise, and no repair makes the same: it says so. Seen in Keras 3.0.5: images of 2×3×4
with channels first, made 2 by 3 times as large, become 2×8×6 (2×6×12 in tf.keras 2.4 and Keras 3.15); in Keras 3.0.5,
3.4.1, 3.8.0 and 3.15.1: whole numbers in a Resizing stay whole when the model is called, and not in predict.
"""

import pytest

from keras_doctor import Environment
from keras_doctor.document.provenance import Provenance
from keras_doctor.fixes.planning import plan
from keras_doctor.rules.samples import entry, sample

KERAS_305, KERAS_315 = "keras==3.0.5 tensorflow==2.16.2", "keras==3.15.1 tensorflow==2.21.0"
TF_24 = "python==3.7 tensorflow==2.4.4"


def _model(dtype, layer, keywords, version):
    shape = [None, 2, 3, 4]
    layers = [
        entry("InputLayer", {"batch_shape": shape, "dtype": dtype, "name": "a"}),
        entry(layer, {"name": "b", **keywords}),
    ]
    config = entry("Sequential", {"name": "sequential", "layers": layers}, "keras")
    return sample(config=config, provenance=Provenance(version, version, version, "keras", "keras-3"))[0]


def _kinds(document, environment):
    form = "keras-v3" if environment.startswith("keras") else "hdf5-model"
    planned = plan(document, Environment.parse(environment), form, "out")
    return {change.fix: change.kind for change in planned.changes if change.kind != "exact"}


@pytest.mark.parametrize(
    ("saved", "loads", "interpolation", "kind"),
    [
        ("3.0.5", KERAS_315, "bilinear", "lossy"),
        ("3.15.1", KERAS_305, "bilinear", "lossy"),
        ("3.15.1", KERAS_305, "bicubic", "lossy"),
        ("3.0.5", KERAS_305, "bilinear", None),
        ("3.0.5", KERAS_315, "nearest", None),
        ("3.4.1", KERAS_315, "bilinear", None),
    ],
)
def test_images_with_channels_first(saved, loads, interpolation, kind):
    keywords = {"size": [2, 3], "data_format": "channels_first", "interpolation": interpolation}
    found = _kinds(_model("float32", "UpSampling2D", keywords, saved), loads)
    assert found.get("upsampling-moved") == kind


@pytest.mark.parametrize(
    ("dtype", "interpolation", "kind"),
    [("uint8", "bilinear", "approximate"), ("uint8", "nearest", None), ("float32", "bilinear", None)],
)
def test_whole_numbers(dtype, interpolation, kind):
    keywords = {"height": 5, "width": 4, "interpolation": interpolation, "data_format": "channels_last"}
    assert _kinds(_model(dtype, "Resizing", keywords, "3.15.1"), TF_24).get("resampled") == kind
