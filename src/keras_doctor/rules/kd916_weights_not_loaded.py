"""No error was raised, and the weights were not loaded.

**What happens.** The model predicts at random after load_weights, otherwise in each session; the weights before and
after are the same.

**Why.** by_name=True loads what has a matching name and is silent about the rest. Variables that were made outside
build, or layers in a plain list, are not tracked. A multi-GPU wrapper holds the real model one level deeper.

**How to mend.** Compare the weights before and after. Load in order, or make the names match; make variables with
add_weight in build.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD916", "weights-not-loaded", "weights-not-loaded", "warning", ())

EXAMPLES = (
    Said(
        "I have a custom layer with add_weight, and after loading the model the results are different, it is "
        "not able to load all the weight values."
    ),
)
