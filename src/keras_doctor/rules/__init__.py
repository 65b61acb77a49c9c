"""Steps and document to findings. One module a rule; its docstring is its documentation page."""

from keras_doctor.rules.engine import diagnose

__all__ = ["diagnose"]
