"""The command line: `keras-doctor COMMAND …`."""

from keras_doctor.cli.entry import main

__all__ = ["main"]
