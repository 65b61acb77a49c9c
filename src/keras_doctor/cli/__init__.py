"""The command line: `keras-doctor COMMAND …`."""

from keras_doctor.cli.entry import main, script

__all__ = ["main", "script"]
