"""A model's config as Keras 3 makes use of it where entries state no module: in HDF5 files, and in what tf.keras wrote
into archives.

`model_from_config` rewrites the entry of each layer before the class sees it: an input shape goes to another keyword
with its batch, an axis that is no number is lost, code of a Lambda gets its newer form. What comes out here is that
config, so that everything that follows (constructors, shapes, variables, the call) looks at what the release looks at.

Source: keras/src/legacy/saving/saving_utils.py `model_from_config`, serialization.py
`class_and_config_for_serialized_keras_object` of 3.0 to 3.15.
"""

from __future__ import annotations

from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.loaders.load import Load

# Keywords of a Lambda that say how its function was stored.
_LAMBDA = ("module", "function_type", "output_shape_type", "output_shape_module")
_INNER = ("layer", "cell", "forward_layer", "backward_layer")


class View:
    """The config of one load.

    `legacy`: whether the model itself is rewritten, as those of HDF5 files are. `config` is what the release sees;
    `lost_axes`: by the path of a layer, the axis that the loader took out of its config; `without_input`: whether a
    layer brings its own input shape.
    """

    def __init__(self, load: Load, legacy: bool = True) -> None:
        self.load = load
        self.lost_axes: dict[str, Any] = {}
        self.without_input = False
        self.numbers = load.does("keeps-axis-number")
        self.functions = load.does("turns-names-into-functions")
        self.regrouped = load.does("packs-int4-by-blocks")
        self.config = self._seen(load.document.config, "", legacy, 0)

    def _seen(self, entry: Any, path: str, legacy: bool, depth: int) -> Any:
        """Return the entry of a model or layer as the release sees it; the same object where nothing changes.

        `legacy`: whether it goes through `model_from_config`.
        """
        config = entry.get("config") if isinstance(entry, dict) else None
        if not isinstance(config, dict) or depth > DEFAULT_LIMITS.depth:
            return entry
        class_name = str(entry.get("class_name"))
        changed = self._rewritten(class_name, config, path) if legacy else config
        if self.regrouped:
            changed = _regrouped(class_name, changed)
        place = f"{path}.config" if path else "config"
        layers = changed.get("layers")
        if isinstance(layers, list):
            fresh = [
                self._seen(one, f"{place}.layers[{n}]", isinstance(one, dict) and "module" not in one, depth + 1)
                for n, one in enumerate(layers)
            ]
            if any(new is not old for new, old in zip(fresh, layers, strict=True)):
                changed = {**changed, "layers": fresh}
        for key in _INNER:  # found by their modules, but a model may stand there
            if isinstance(changed.get(key), dict):
                inner = self._seen(changed[key], f"{place}.{key}", False, depth + 1)
                if inner is not changed[key]:
                    changed = {**changed, key: inner}
        return entry if changed is config else {**entry, "config": changed}

    def _rewritten(self, class_name: str, config: dict[str, Any], path: str) -> dict[str, Any]:
        """Return the keywords of one layer as its class gets them."""
        found = config
        if "batch_input_shape" in config:
            shape = config["batch_input_shape"]
            found = {key: value for key, value in found.items() if key != "batch_input_shape"}
            if shape is not None:
                found["batch_shape" if class_name == "InputLayer" else "input_shape"] = shape
                self.without_input = self.without_input or class_name != "InputLayer"
        if "axis" in found:
            axis = self._axis(found["axis"])
            if axis is None:
                self.lost_axes[path] = found["axis"]
                found = {key: value for key, value in found.items() if key != "axis"}
            elif axis is not found["axis"]:
                found = {**found, "axis": axis}
        if class_name == "Lambda":
            found = {key: value for key, value in found.items() if key not in _LAMBDA}
        if self.functions:
            for key, value in config.items():
                if isinstance(value, str) and key != "name" and self.load.api.function("layers", value) is not None:
                    found = {**found, key: f"<function {value}>"}
        return found

    def _axis(self, axis: Any) -> int | None:
        """Return what is left of an axis; None when the loader loses it."""
        if isinstance(axis, list):
            return int(axis[0]) if len(axis) == 1 and isinstance(axis[0], (int, float)) else None
        if isinstance(axis, (int, float)) and self.numbers:
            return axis if type(axis) is int else int(axis)
        return None


def _regrouped(class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords as releases from 3.14 on understand them: int4 without a block has one scale for a column and
    shares bytes along the outputs (dense.py, einsum_dense.py `_int4_build`), axes are sorted (rms_normalization.py).
    """
    axis = config.get("axis")
    if class_name == "RMSNormalization" and isinstance(axis, list) and all(type(one) is int for one in axis):
        return {**config, "axis": sorted(axis)}
    policy = config.get("dtype")
    inner = policy.get("config") if isinstance(policy, dict) else None
    if not isinstance(policy, dict) or not isinstance(inner, dict):
        return config
    if class_name in ("Dense", "EinsumDense") and inner.get("mode") == "int4":
        return {**config, "dtype": {**policy, "config": {**inner, "mode": "int4/0"}}}
    return config
