"""Every HDF5 file of the corpus fits the release that wrote it: none of their layers goes unfilled."""

from __future__ import annotations

from pathlib import Path

import pytest

from keras_doctor import Environment, read
from keras_doctor.loaders import Options, trace
from keras_doctor.rules.samples import in_hdf5

# Which release wrote what stands in a folder of the corpus.
WRITERS = {
    "py36_keras122_tf14": "python==3.6 keras==1.2.2 tensorflow==1.4.1 backend=tensorflow",
    "py36_keras122_theano": "python==3.6 keras==1.2.2 backend=theano",
    "py36_keras208_tf14": "python==3.6 keras==2.0.8 tensorflow==1.4.1",
    "py36_keras216_tf18": "python==3.6 keras==2.1.6 tensorflow==1.8.0",
    "py36_keras224_tf113": "python==3.6 keras==2.2.4 tensorflow==1.13.1",
    "py37_keras231_tf115": "python==3.7 keras==2.3.1 tensorflow==1.15.0",
    "py37_tf115": "python==3.7 tensorflow==1.15.0",
    "py37_tf24": "python==3.7 tensorflow==2.4.4",
    "py37_tf25": "python==3.7 tensorflow==2.5.3",
    "py311_tf215": "python==3.11 tensorflow==2.15.1",
    "py311_tf221_k380": "python==3.11 keras==3.8.0 tensorflow==2.21.0",
}


def arrays_of(path: Path, environment: str) -> list[tuple[str, ...]]:
    steps = trace(read(str(path)), Environment.parse(environment), Options())
    return [step.tags for step in steps if any(tag.startswith("arrays:") for tag in step.tags)]


@pytest.mark.parametrize("writer", WRITERS)
def test_a_release_fills_the_layers_of_its_own_files(corpus: Path, writer: str) -> None:
    files = sorted(corpus.glob(f"{writer}/*/model.h5"))
    assert len(files) > 10
    ill = {path.parent.name: found for path in files if (found := arrays_of(path, WRITERS[writer]))}
    # Keras 3 reads axis 1 of a BatchNormalization as the last one, also in its own files.
    assert set(ill) <= ({"channels_first"} if "_k3" in writer else set())


@pytest.mark.parametrize(
    ("file", "environment", "tag"),
    [
        # Each was loaded there, and stopped with the message.
        (
            "py36_keras208_tf14/gru_default",
            "python==3.7 tensorflow==2.4.4",
            "arrays:conversion",
        ),  # is not compatible with
        ("py36_keras208_tf14/bilstm", "python==3.11 tensorflow==2.15.1", "arrays:conversion"),
        ("py37_tf24/discretization", "python==3.7 tensorflow==2.5.3", "arrays:layers"),  # 2 layers into … 3 layers
        ("py37_tf25/discretization", "python==3.11 tensorflow==2.14.1", "arrays:layers"),
        ("py311_tf221_k333/bilstm", "python==3.11 keras==3.0.5 tensorflow==2.16.2", "arrays:count"),  # 9 … Received 6
        ("pathology/a_wrong_shape-k3h5", "python==3.11 keras==3.15.1 tensorflow==2.21.0", "arrays:shape"),
    ],
)
def test_what_did_not_fit_does_not_fit(corpus: Path, file: str, environment: str, tag: str) -> None:
    assert (tag,) in arrays_of(corpus / file / "model.h5", environment)


def test_a_gru_of_keras_2_fits_tensorflow_2_0_which_reads_files_with_the_layers_of_1_x(corpus: Path) -> None:
    assert not arrays_of(corpus / "py36_keras208_tf14/gru_default/model.h5", "python==3.7 tensorflow==2.0.4")


_DENSE, _INPUT = ("Dense", {"units": 3, "name": "a"}), ("InputLayer", {"batch_input_shape": [None, 4], "name": "in"})
_SHAPED = ("Dense", {"units": 3, "name": "a", "batch_input_shape": [None, 4]})


def _nested(*layers, **stated):
    held = [{"class_name": name, "config": keywords} for name, keywords in layers]
    return ("Sequential", {"name": "inner", "layers": held, **stated})


@pytest.mark.parametrize(
    "environment",
    [
        "python==3.7 tensorflow==1.15.0",
        "python==3.7 tensorflow==2.4.4",
        "python==3.11 tensorflow==2.15.1",
        "python==3.11 tensorflow==2.21.0 tf-keras==2.21.0",
    ],
)
@pytest.mark.parametrize(
    ("first", "fits"),
    [
        # Configs of such files of TensorFlow 2.4.4 were changed to these, and each was loaded in the four releases:
        # "a weight file containing 2 layers into a model with 1 layers" (the last in 1.15: "Weights for model mid
        # have not yet been created"), or it predicts.
        ((_nested(_INPUT, _DENSE),), False),
        ((_nested(_INPUT, _SHAPED),), True),
        ((_nested(_SHAPED),), True),
        ((_INPUT, _nested(_INPUT, _DENSE)), True),
        ((_nested(_nested(_INPUT, _DENSE)),), False),
    ],
)
def test_a_sequential_is_not_built_on_the_input_that_hides_in_another(environment, first, fits):
    groups = {"inner": ((4, 3), (3,)), "b": ((3, 2), (2,))}
    document, env = in_hdf5(groups, *first, ("Dense", {"units": 2, "name": "b"}), env=environment)
    tags = [step.tags for step in trace(document, env, Options())]
    assert (("arrays:layers",) in tags) is not fits
