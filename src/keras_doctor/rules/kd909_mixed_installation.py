"""The code and the installed packages are not of one time.

**What happens.** `No module named 'keras.engine.topology'`, `cannot import name 'BatchNormalization' from
'keras.layers.normalization'`, `module 'tensorflow' has no attribute 'placeholder'`, `partially initialized module
'keras' has no attribute … (most likely due to a circular import)`, `load_model() got an unexpected keyword argument
'compile'`.

**Why.** Modules inside Keras and TensorFlow move from release to release; code that names them works with one of them.
A file of your own called keras.py or tensorflow.py stands in the place of the package. An upgrade over an old
installation leaves parts of both.

**How to mend.** Import from the public names (keras.layers, tensorflow.keras.layers). Rename your file. Install anew in
a fresh environment; keras-doctor env says which packages do not fit each other.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD909", "mixed-installation", "environment-broken", "error", ())

EXAMPLES = (
    Said("ModuleNotFoundError: No module named 'keras.engine.topology'"),
    Said("AttributeError: module 'tensorflow' has no attribute 'placeholder'"),
    Said("ImportError: cannot import name 'BatchNormalization' from 'keras.layers.normalization'"),
)
