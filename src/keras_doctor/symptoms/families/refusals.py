"""Plain messages with which Keras refuses to save."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import (
    CALL_FIRST,
    OWN_NAMES,
    UPGRADE,
)

_KERAS_FORMAT = Remedy("Save in the .keras format.", 'model.save("model.keras")')
_WEIGHTS = Remedy(
    "Or save the weights alone, and rebuild the model from its code.", 'model.save_weights("model.weights.h5")'
)


SYMPTOMS = (
    row(
        "save-refused",
        "KD901",
        "this release cannot save a layer with a table (TextVectorization, a lookup)",
        (
            "saving is not yet supported for textvectorization",
            "saving is not yet supported",
            "'trackableweighthandler' object has no attribute 'numpy'",
        ),
        UPGRADE,
        Remedy("Or save the vocabulary apart, and the model without that layer.", "words = layer.get_vocabulary()"),
        _WEIGHTS,
    ),
    row(
        "save-refused",
        "KD901",
        "this release does not save in that format",
        ("unknown model format:", "supported formats: 'tf', 'keras'"),
        _KERAS_FORMAT,
        _WEIGHTS,
    ),
    row(
        "save-refused",
        "KD901",
        "the names of the layers or weights are longer than an attribute of HDF5 can be",
        ("cannot be saved to hdf5 file because they are larger", "cannot be saved to hdf5"),
        _KERAS_FORMAT,
        OWN_NAMES,
        _WEIGHTS,
        UPGRADE,
    ),
    row(
        "save-refused",
        "KD901",
        "an optimizer (or a model) that was loaded from a SavedModel cannot be saved again by this release",
        ("optimizers loaded from savedmodel cannot be saved", "optimizers loaded from a savedmodel cannot be saved"),
        Remedy("Leave it out.", "model.save(PATH, include_optimizer=False)"),
        _WEIGHTS,
        UPGRADE,
    ),
    row(
        "save-refused",
        "KD901",
        "the name and the format of the weights contradict each other, or the name has no type that can be a path",
        (
            "looks like an hdf5 file. omit the",
            "unexpected type for filepath",
            'was expecting one of {"tf", "h5"}',
            "was expecting one of {'tf', 'h5'}",
            "expecting one of ('tf', 'h5')",
            'expecting one of "tf" or "h5"',
        ),
        Remedy("Name weights so that they end in .weights.h5.", 'model.save_weights("model.weights.h5")'),
        _KERAS_FORMAT,
    ),
    row(
        "save-refused",
        "KD901",
        "the weights do not exist yet: the model was never called or built",
        (
            "weights for sequential model have not yet been created",
            "unable to save weights that have not yet",
            "weights for model have not yet been created",
            "weights have not yet been created",
            "subclassed models can only be exported for serving",
        ),
        CALL_FIRST,
        _WEIGHTS,
        sure="medium",
    ),
    row(
        "save-refused",
        "KD901",
        "something that TensorFlow tracks in the model is no variable or layer that it can store",
        (
            "save or restore weights that is not an instance of",
            "missing from serialized function dict",
            "missing from serialized object dict",
            "contained a non-trackable object",
            "contained a non-function object",
            "internal error during serialization",
            "unexpected object type while saving",
        ),
        _KERAS_FORMAT,
        _WEIGHTS,
        UPGRADE,
    ),
)
