"""A `.keras` archive whose weights are an .npz of pickles, as Keras up to 3.8 can write it."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from keras_doctor.artifacts import read
from keras_doctor.wire.source import BytesSource

STORE = {
    "layers/dense/vars": {"0": np.arange(12, dtype="f4").reshape(3, 4), "1": np.ones(4, "f4")},
    "optimizer/vars": {"0": np.array(7, dtype="i8")},
}


def archive(corpus, weights):
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(corpus / "py311_tf221_k3151/mlp_seq/model.keras") as good,
        zipfile.ZipFile(buffer, "w") as made,
    ):
        for name in ("metadata.json", "config.json"):
            made.writestr(name, good.read(name))
        made.writestr("model.weights.npz", weights)
    return BytesSource(buffer.getvalue())


def test_tensors_are_those_that_numpy_stored(corpus):
    buffer = io.BytesIO()
    np.savez(buffer, **STORE)
    document = read("model.keras", archive(corpus, buffer.getvalue()))
    assert not document.damage
    assert document.facts["weights_npz"]
    (group,) = document.weights
    assert group.owner == "layers/dense"
    for tensor, wanted in zip(group.tensors, STORE["layers/dense/vars"].values(), strict=True):
        assert (tensor.shape, tensor.dtype, tensor.read()) == (wanted.shape, wanted.dtype.name, wanted.tobytes())
    assert [slot.read() for slot in document.training.slots] == [np.array(7, dtype="i8").tobytes()]


def test_a_pickle_that_is_more_than_arrays_is_damage_and_not_run(corpus):
    class Evil:
        def __reduce__(self):
            return print, ("this must not be printed",)

    buffer = io.BytesIO()
    np.savez(buffer, **{"layers/dense/vars": np.array({"0": Evil()}, dtype=object)})
    document = read("model.keras", archive(corpus, buffer.getvalue()))
    assert document.damage
    assert not document.weights
