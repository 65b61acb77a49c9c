"""The loss is the same after loading, and the accuracy is not.

**What happens.** `loss: 0.15 - accuracy: 0.98` before, `loss: 0.15 - accuracy: 0.21` after loading.

**Why.** The string 'accuracy' is stored as it stands, and some releases (TensorFlow 2.3) restore it as plain Accuracy,
whatever the loss; the model is the same.

**How to mend.** Compile again with the metric by its full name, such as sparse_categorical_accuracy.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD915", "metric-differs", "metric-semantics", "warning", ())

EXAMPLES = (
    Said(
        "2984/2984 - 5s - loss: 0.1515 - accuracy: 0.9811\nafter loading:\n2984/2984 - 5s - loss: 0.1515 - "
        "accuracy: 0.2070"
    ),
)
