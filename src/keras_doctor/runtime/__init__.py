"""keras-doctor beside a running Keras: the diagnosis under the traceback of a failed load.

Nothing here imports Keras: what is looked at are the frames of an exception that has already ended the program.
"""

from keras_doctor.runtime.hooks import install, uninstall

__all__ = ["install", "uninstall"]
