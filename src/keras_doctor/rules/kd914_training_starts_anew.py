"""Training does not go on where it stopped.

**What happens.** After loading and training on, the loss jumps; the optimizer's weights are empty.

**Why.** Only the weights were saved, or the model without its optimizer, or compile was called again after loading,
which makes a new optimizer.

**How to mend.** Save the whole model and load it with load_model, without compiling again; or use tf.train.Checkpoint
with model and optimizer.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD914", "training-starts-anew", "training-state-lost", "warning", ())

EXAMPLES = (Said("When I restart model training after loading the last weights my losses jump up"),)
