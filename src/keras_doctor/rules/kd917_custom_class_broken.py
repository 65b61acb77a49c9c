"""The custom class was found, and does not take its own config.

**What happens.** `Scale.__init__() got an unexpected keyword argument 'trainable'`, `__init__() missing 2 required
positional arguments`, `Unable to revive model from config`, `Unable to decode config: None`.

**Why.** A layer is rebuilt from what its get_config returned: the arguments of __init__, with name, trainable and dtype
for every layer. A class without **kwargs does not take those; a get_config that leaves something out cannot bring it
back.

**How to mend.** Let __init__ take **kwargs and pass them to super().__init__; return every argument of __init__ in
get_config; save again. With the old file: rebuild the model and load the weights.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD917", "custom-class-broken", "custom-object-broken", "error", ())

EXAMPLES = (
    Said(
        "TypeError: Error when deserializing class 'Scale' using "
        "config={'factor': 2, 'trainable': True, 'dtype': 'float32'}.\n\nException encountered: "
        "Scale.__init__() got an unexpected keyword argument 'trainable'"
    ),
    Said("TypeError: __init__() missing 2 required positional arguments: 'localization_net' and 'grid_size'"),
)
