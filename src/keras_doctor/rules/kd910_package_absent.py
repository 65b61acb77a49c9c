"""A package that the code or the model needs is not installed.

**What happens.** `No module named 'tensorflow_hub'`, `No module named 'transformers'`, or a module of the script itself
that is not on the path.

**Why.** The Python that runs has its own packages: a notebook's kernel, a service or a virtual environment is often
another one than the terminal's.

**How to mend.** Install the package into the Python that runs (python -m pip install NAME), or put the folder of your
module on the path.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD910", "package-absent", "package-missing", "error", ())

EXAMPLES = (Said("ModuleNotFoundError: No module named 'segmentation_models'"),)
