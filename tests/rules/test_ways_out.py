"""The command that mends a file chooses the same environment again, and can be pasted."""

from __future__ import annotations

import shlex

import pytest

from keras_doctor.artifacts import read
from keras_doctor.environments import Environment
from keras_doctor.records import replace
from keras_doctor.rules import diagnose

MODEL = "py36_keras224_tf113/lstm/model.h5"


def command(document, environment):
    found = diagnose(document, environment).decisive
    commands = [shlex.split(remedy.command) for remedy in found.remedies if "keras-doctor repair" in remedy.command]
    return commands[0][2:] if commands else None


@pytest.mark.parametrize(
    ("spec", "ending"),
    [
        ("python==3.11 keras==3.15.1 tensorflow==2.21.0", ".keras"),
        ("keras==3.15.1 jax==0.6.2", ".keras"),
        ("keras==3.15.1 tensorflow==2.21.0 loader=tf.keras", ".keras"),
    ],
)
def test_the_environment_is_named_again(corpus, spec, ending):
    environment = Environment.parse(spec)
    source, result, option, words = command(read(str(corpus / MODEL)), environment)
    assert source == str(corpus / MODEL)
    assert result == source.removesuffix(".h5") + "-mended" + ending
    assert option == "--env"
    again = Environment.parse(words)
    assert (again.release, again.loader, again.python) == (environment.release, environment.loader, environment.python)


def test_an_interpreter_is_named_again(corpus):
    environment = replace(Environment.parse("keras==3.15.1"), interpreter="/a folder/bin/python")
    assert command(read(str(corpus / MODEL)), environment)[2:] == ["--python", "/a folder/bin/python"]


def test_an_older_release_gets_hdf5(corpus):
    document = read(str(corpus / "py311_tf221_k3151/cnn/model.h5"))
    assert command(document, Environment.parse("tensorflow==2.4.4"))[1].endswith("-mended.h5")


def test_standard_input_is_no_file_to_mend(corpus):
    document = read(str(corpus / MODEL))
    document.path = "<standard input>"
    assert command(document, Environment.parse("keras==3.15.1")) is None
