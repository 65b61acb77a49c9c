"""How each era's loader goes about it: which steps, in which order, on what."""

from keras_doctor.loaders.tracing import LOADED, Options, Step, trace

__all__ = ["LOADED", "Options", "Step", "trace"]
