"""A number, or a list of them, that was written as an array of NumPy is written as what it is.

Keras 2.0 and 2.1 and TensorFlow up to 1.12 wrote `{"type": "ndarray", "value": 0.0}` where a constructor held an array:
the slope of a ReLU, the rows that an Embedding was given as a `Constant`. No release reads that back; each reads the
value.
"""

from __future__ import annotations

from keras_doctor.fixes.dialects import objects
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.loaders.numbers import is_array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("arrays-unwrapped", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the value in the place of each array."""
    for entry, _ in objects(draft.config):
        config = entry.get("config")
        if not isinstance(config, dict):
            continue
        for key, value in config.items():
            if isinstance(value, dict) and is_array(value):
                config[key] = value["value"]
                yield Change(
                    FIX.slug, f"write {key} of {entry['class_name']} as the number that it is, not as an array"
                )
