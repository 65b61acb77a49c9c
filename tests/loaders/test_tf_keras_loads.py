"""Whole diagnoses for tf.keras and tf-keras, against what plain loads there came to (tools/record_loads.py)."""

import collections

import pytest
from recorded_loads import disagreements, loads_of

from keras_doctor import Environment
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument
from keras_doctor.document.tensors import TensorRef, WeightGroup
from keras_doctor.rules.engine import diagnose

READERS = (".h5", ".keras")  # what the name of a file ends with: SavedModels have a test of their own
LOADS = loads_of("tf-keras-loads.tsv.xz", READERS)


@pytest.mark.parametrize("environment", LOADS, ids=lambda text: text.split()[1])
def test_plain_loads(environment, documents):
    assert not disagreements(LOADS[environment], environment, documents)


def test_what_is_recorded():
    files = {file for rows in LOADS.values() for file, _, _ in rows}
    verdicts = collections.Counter(verdict for rows in LOADS.values() for _, verdict, _ in rows)
    assert len(LOADS) >= 18
    assert len(files) > 150
    assert min(verdicts[verdict] for verdict in ("loads", "fails", "loads-not-runnable", "loads-differently")) > 0


# TensorFlow 1.14 wrote `Sequential([InputLayer((7, 7, 2)), …])` without any shape. To such a file 2.4 said "You are
# trying to load a weight file containing 2 layers into a model with 0 layers"; one whose layers own nothing loaded.
@pytest.mark.parametrize(("layer", "shapes", "verdict"), [("Dense", [(4, 3), (3,)], "fails"), ("Flatten", [], "loads")])
def test_model_that_waits_for_its_input(layer, shapes, verdict):
    keywords = {"name": "first", **({"units": 3} if layer == "Dense" else {})}
    config = {
        "class_name": "Sequential",
        "config": {"name": "s", "layers": [{"class_name": layer, "config": keywords}]},
    }
    tensors = tuple(
        TensorRef(f"first/{n}", f"first/{n}", shape, "float32", 0, Locus(), lambda: iter(()))
        for n, shape in enumerate(shapes)
    )
    document = ModelDocument(
        "model.h5",
        "hdf5-model",
        "hdf5",
        config=config,
        weights=(WeightGroup("first", "/model_weights/first", tensors),),
        facts={"weights_complete": True, "layer_names": 1},
    )
    found = diagnose(document, Environment.parse("python==3.7 tensorflow==2.4.4 h5py==2.10.0"))
    assert found.verdict == verdict
    assert found.cause == ("weights-mismatch" if shapes else None)


def test_number_that_is_an_array():
    """TensorFlow 1.12 wrote a ReLU so. 2.15 said "'<' not supported between instances of 'dict' and 'float'"."""
    zero = {"type": "ndarray", "value": 0.0}
    layers = [
        {"class_name": "ReLU", "config": {"name": "r", "batch_input_shape": [None, 4], "threshold": zero}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    document = ModelDocument("model.h5", "hdf5-model", "hdf5", config=config)
    found = diagnose(document, Environment.parse("python==3.11 tensorflow==2.15.1"))
    assert (found.verdict, found.cause) == ("fails", "config-value")
