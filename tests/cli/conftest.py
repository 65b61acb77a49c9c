"""Fixtures of the command line's tests."""

import pytest

from keras_doctor.cli.entry import main


@pytest.fixture
def run(capsys, monkeypatch):
    """Return what runs a command and gives its exit status, output and errors."""
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*words):
        status = main([str(word) for word in words])
        out, err = capsys.readouterr()
        return status, out, err

    return call
