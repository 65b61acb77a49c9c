"""Who would load the model: a requirement string, a lock file, this interpreter, another one."""

from keras_doctor.environments.environment import Environment

__all__ = ["Environment"]
