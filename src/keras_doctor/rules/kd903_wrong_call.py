"""The call cannot work, whatever the file.

**What happens.** load_model was given weights or load_weights a model; model_from_json was given an HDF5 file (`'utf-8'
codec can't decode byte 0x89 in position 0`); a path is used as if it were a model (`'str' object has no attribute
'predict'`); weights are loaded into a model without variables (`Unable to load weights saved in HDF5 format into a
subclassed Model which has not created its variables yet`); `by_name` with a .weights.h5.

**Why.** The functions for models, weights and architectures are different ones, and a subclassed model has variables
only after it was called.

**How to mend.** load_model takes what save wrote, load_weights what save_weights wrote, model_from_json what to_json
returned. Build a model, or call it on an example, before its weights are loaded.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD903", "wrong-call", "wrong-api-use", "error", ())

EXAMPLES = (
    Said("UnicodeDecodeError: 'utf-8' codec can't decode byte 0x89 in position 0: invalid start byte"),
    Said("AttributeError: 'str' object has no attribute 'predict'"),
    Said(
        "ValueError: Unable to load weights saved in HDF5 format into a subclassed Model which has not created "
        "its variables yet. Call the Model first, then load the weights."
    ),
)
