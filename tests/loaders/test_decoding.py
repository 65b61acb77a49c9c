"""Files whose text another program wrote anew, in the releases that decode it themselves.

Recorded on 2026-11-28: what `load_model` of each release says of the model "cnn" of the saver that a row names, written
anew by `rewritten`. The last test: TensorFlow 2.4.4 with h5py 3.8.0.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from keras_doctor import Environment, diagnose

ALL = {"model_config", "training_config", "weights/keras_version", "weights/layer_names", "weights/weight_names"}

# Which rewritten attributes stop a load: "weights/" are those of the group model_weights.
LOADS = [
    ("keras==1.2.2 tensorflow==1.4.1 h5py==2.10.0", "py36_keras122_tf14", ALL - {"weights/keras_version"}),
    ("keras==2.0.8 tensorflow==1.4.1 h5py==2.10.0", "py36_keras122_tf14", ALL),
    ("keras==2.2.4 tensorflow==1.13.1 h5py==2.10.0", "py36_keras224_tf113", ALL - {"weights/layer_names"}),
    (
        "keras==2.3.1 tensorflow==1.15.0 h5py==2.10.0",
        "py36_keras224_tf113",
        ALL - {"weights/layer_names", "weights/weight_names"},
    ),
    ("tensorflow==1.15.0 h5py==2.10.0", "py36_keras224_tf113", ALL),
    ("tensorflow==2.4.4 h5py==2.10.0", "py37_tf24", ALL),
    ("tensorflow==2.5.3 h5py==3.1.0", "py37_tf24", set()),
]


def rewritten(source: Path, target: Path, name: str) -> Path:
    """Write a model in which an attribute is text marked as UTF-8, of variable length, as h5py stores a str."""
    shutil.copyfile(source, target)
    with h5py.File(target, "r+") as file:
        place = file["model_weights"] if name.startswith("weights/") else file
        key = name.removeprefix("weights/")
        for group in place.values() if key == "weight_names" else [place]:
            held = group.attrs[key] if key != "keras_version" else "2.2.4"
            if isinstance(held, np.ndarray):
                if len(held):
                    group.attrs[key] = [text.decode() for text in held]
            else:
                group.attrs[key] = held if isinstance(held, str) else held.decode()
    return target


@pytest.mark.parametrize(("environment", "saver", "refused"), LOADS)
def test_a_release_decodes_what_is_decoded(
    corpus: Path, tmp_path: Path, environment: str, saver: str, refused: set[str]
) -> None:
    source = corpus / saver / "cnn" / "model.h5"
    told = set()
    for name in sorted(ALL):
        found = diagnose(rewritten(source, tmp_path / "model.h5", name), Environment.parse(environment))
        told |= {name} if found.cause == "h5py-incompatible" else set()
        assert found.verdict == ("fails" if name in refused else "loads"), (name, found.cause)
    assert told == refused


def test_h5py_3_decodes_the_version_even_where_the_config_has_a_fixed_length(corpus: Path, tmp_path: Path) -> None:
    target = tmp_path / "model.h5"
    shutil.copyfile(corpus / "py37_tf24" / "cnn" / "model.h5", target)
    with h5py.File(target, "r+") as file:
        config = file.attrs["model_config"]
        file.attrs["model_config"] = np.bytes_(config if isinstance(config, bytes) else config.encode())
    found = diagnose(target, Environment.parse("tensorflow==2.4.4 h5py==3.8.0"))
    assert (found.verdict, found.cause) == ("fails", "h5py-incompatible")
    assert found.decisive
    assert "keras_version" in found.decisive.message
