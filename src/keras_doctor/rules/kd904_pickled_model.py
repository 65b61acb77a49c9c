"""The model went through pickle, joblib or a deep copy.

**What happens.** Unpickling fails: `No module named 'keras.src'`, `Can't get attribute 'unpack' on <module
'__main__'>`, `cannot pickle '_thread.RLock' object`, `File format not supported: filepath=ram://…`.

**Why.** A pickle holds names of modules and classes, not their code, and Keras's modules move from release to release
(keras.engine, keras.src.engine, keras.src.models). Keras 2 pickles a model as a SavedModel in memory, which Keras 3
does not load.

**How to mend.** Unpickle it once with the releases that pickled it, and save it with model.save; let the pickle hold
the path. Copy models with clone_model and set_weights. keras-doctor never unpickles anything.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD904", "pickled-model", "pickled-model", "error", ())

EXAMPLES = (
    Said("AttributeError: Can't get attribute 'unpack' on <module '__main__' from 'serve.py'>"),
    Said(
        "ValueError: File format not supported: filepath=ram://6f3c. Keras 3 only supports V3 `.keras` files "
        "and legacy H5 format files"
    ),
    Said("joblib.dump(model, 'model.pkl')\nTypeError: cannot pickle '_thread.RLock' object"),
)
