"""The dtype of a layer's variables, from the `dtype` entry of its config in any era's form."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Policies that compute in one type and keep their variables in another (keras.mixed_precision, keras.dtype_policies).
_STORED_AS = {
    "mixed_float16": "float32",
    "mixed_bfloat16": "float32",
    "infer": "float32",
    "infer_float32_vars": "float32",
}


def policy_name(value: Any, depth: int = 0) -> str:
    """Return the name of a dtype policy: "float32", "mixed_float16", "int8_from_float32"; "" when there is none."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or depth > 4:
        return ""
    config = value.get("config")
    config = config if isinstance(config, dict) else {}
    if "default_policy" in config:  # DTypePolicyMap
        return policy_name(config["default_policy"], depth + 1)
    mode, source = config.get("mode"), config.get("source_name")
    if isinstance(mode, str) and isinstance(source, str):
        return f"{mode}_from_{source}"
    name = config.get("name")
    return name if isinstance(name, str) else ""


def variable_dtype(value: Any) -> str:
    """Return the dtype in which a layer with this `dtype` entry keeps its variables; float32 when it does not say."""
    name = policy_name(value)
    if "_from_" in name:
        name = name.rpartition("_from_")[2]
    if name.startswith("<dtype: '"):  # tf.keras 1.x wrote the object's text
        name = name[9:].partition("'")[0]
    return _STORED_AS.get(name, name) or "float32"


def compute_dtype(value: Any) -> str:
    """Return the dtype in which a layer with this `dtype` entry computes, "" when it does not say."""
    return policy_name(value).removeprefix("mixed_")
