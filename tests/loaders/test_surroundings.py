"""Environments that are well give no sign, so that no rule is imported for them; others give theirs."""

from __future__ import annotations

import pytest

from keras_doctor.document.model import ModelDocument
from keras_doctor.document.provenance import Provenance
from keras_doctor.environments import Environment
from keras_doctor.loaders.surroundings import reader_signs, signs
from keras_doctor.records import replace

MODEL = ModelDocument("model.keras", "keras-v3", "zip", provenance=Provenance(era="keras-3"))


def installed(spec):
    return replace(Environment.parse(spec), complete=True)


@pytest.mark.parametrize(
    "spec",
    [
        "python==3.11 keras==3.15.1 tensorflow==2.21.0 numpy==2.3.3 protobuf==6.32.1 h5py==3.15.0",
        "python==3.11 keras==3.15.1 jax==0.10.2 numpy==2.3.3 h5py==3.15.0 backend=jax",
        "python==3.12 keras==3.3.3 tensorflow==2.16.2 numpy==1.26.4 h5py==3.11.0",
    ],
)
def test_an_environment_that_is_well_gives_no_sign(spec):
    assert signs(installed(spec), MODEL) == ()
    assert reader_signs(installed(spec)) == ()


@pytest.mark.parametrize(
    ("environment", "sign"),
    [
        (Environment(problem="it is gone"), "environment:unreadable"),
        (Environment(complete=True), "environment:without-loader"),
        (Environment.parse("python==3.11 tensorflow==2.4.4"), "environment:imagined"),
        (installed("keras==2.15.0 tensorflow==2.16.2"), "clash:keras"),
        (installed("tf-keras==2.15.1 tensorflow==2.16.2"), "clash:tf-keras"),
        (installed("tensorflow==2.15.1 keras==2.15.0 numpy==2.0.2"), "clash:numpy"),
        (installed("tensorflow==2.10.1 keras==2.10.0 protobuf==4.25.0"), "clash:protobuf"),
        (installed("keras==3.15.1 tensorflow==2.21.0 tf-keras==2.21.0"), "environment:several-kerases"),
        (installed("keras==3.15.1 numpy==2.3.3"), "environment:backend"),
        (installed("keras==3.15.1 tensorflow==2.21.0 backend=theano"), "environment:backend"),
    ],
)
def test_what_may_be_wrong_gives_its_sign(environment, sign):
    assert sign in signs(environment, MODEL)


def test_a_model_of_another_era_is_a_sign_under_keras_3():
    model = ModelDocument("model.h5", "hdf5-model", "hdf5", provenance=Provenance(era="tf.keras"))
    assert signs(installed("keras==3.15.1 tensorflow==2.21.0"), model) == ("environment:another-era",)


def test_h5py_is_looked_at_where_hdf5_is_read():
    assert reader_signs(installed("keras==3.15.1 tensorflow==2.21.0")) == ("h5py:missing",)
    assert reader_signs(installed("tensorflow==2.4.4 h5py==3.1.0")) == ("h5py:decodes",)
