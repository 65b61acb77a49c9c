"""Saving was refused: there is no model at the path, or only half of one.

**What happens.** The save raises. Keras 3: `Invalid filepath extension for saving`, `The filename must end in
`.weights.h5``, `The filepath provided must end in `.keras``. All: `must override `get_config``, `Not JSON
Serializable`, `Unable to create dataset (name already exists)`, `object header message is too large`, `Model cannot be
saved because the input shapes have not been set`.

**Why.** Keras 3 goes by the name's ending, and has no other formats than .keras and .h5. A custom layer is saved by its
config: without get_config there is none, and tensors, arrays and functions are no config. HDF5 keeps the names of
layers in an attribute of 64 KB at most, and under each name one thing only.

**How to mend.** Name the file model.keras; call model.export for a SavedModel. Give custom layers a get_config that
returns plain values. For names that clash or are too many: save as .keras, or only the weights.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD901", "save-refused", "save-refused", "error", ())

EXAMPLES = (
    Said(
        "ValueError: Invalid filepath extension for saving. Please add either a `.keras` extension for the "
        "native Keras format (recommended) or a `.h5` extension. Received: filepath=model."
    ),
    Said("NotImplementedError: Layer Scale has arguments in `__init__` and therefore must override `get_config`."),
    Said("RuntimeError: Unable to create attribute (object header message is too large)"),
    Said("TypeError: ('Not JSON Serializable:', <tf.Tensor: shape=(), dtype=int32, numpy=5>)"),
)
