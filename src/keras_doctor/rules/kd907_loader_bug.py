"""The file is good, and this release has a bug.

**What happens.** `'_thread._local' object has no attribute 'value'` (Keras 2.3 in another thread), `No cast function
available` or `Invalid dtype: void16` (bfloat16 weights in HDF5 files, Keras 3).

**Why.** Keras 2.3 kept its state for the thread that imported it. HDF5 has no bfloat16: h5py gives such weights back as
raw two-byte values, and the release does not turn them back.

**How to mend.** Take another release; the file needs no repair. For threads: tf.keras, or load and predict in one
thread.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD907", "loader-bug", "loader-bug", "error", ())

EXAMPLES = (
    Said("AttributeError: '_thread._local' object has no attribute 'value'"),
    Said("ValueError: No cast function available."),
)
