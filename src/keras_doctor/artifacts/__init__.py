"""Bytes to document: one module a format, picked by what the file holds, never by its name."""

from keras_doctor.artifacts.opening import read, sniff

__all__ = ["read", "sniff"]
