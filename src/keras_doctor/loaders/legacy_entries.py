"""What Keras 3 makes of an entry of a config that states no module: `model_from_config` of
keras/src/legacy/saving/saving_utils.py.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.releases.api import Definition

# Keywords of a Lambda that go before it is built.
_LAMBDA = ("module", "function_type", "output_shape_type", "output_shape_module")


def keywords(config: dict[str, Any], definition: Definition) -> dict[str, Any]:
    """Return the keywords as the class gets them: `batch_input_shape` under its newer name, an axis as a number, a
    Lambda without what tells how its function was stored.
    """
    found = config
    if found.get("batch_input_shape") is not None:
        renamed = "batch_shape" if definition.class_name == "InputLayer" else "input_shape"
        found = {**found, renamed: found["batch_input_shape"]}
    if "batch_input_shape" in found:
        found = {key: value for key, value in found.items() if key != "batch_input_shape"}
    axis = found.get("axis")
    if isinstance(axis, list) and len(axis) == 1 and isinstance(axis[0], (int, float)):
        found = {**found, "axis": int(axis[0])}
    elif "axis" in found and (axis is None or isinstance(axis, (list, str, dict))):
        found = {key: value for key, value in found.items() if key != "axis"}
    if definition.class_name == "Lambda":
        found = {key: value for key, value in found.items() if key not in _LAMBDA}
    return found
