"""What TensorFlow.js writes of a model otherwise than Keras: what it leaves out, writes twice or has its own words for.

Called from `dialects.recast`. Sources: tfjs-layers/src/layers/recurrent.ts (RNN.getConfig, which spreads the config of
its cell), convolutional.ts (SeparableConv.getConfig, which has no depth multiplier) and activations.ts; `getConfig` of
tfjs-core/src/optimizers (4.22).
"""

from __future__ import annotations

from keras_doctor.fixes.parts import layers_with_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft

BACKEND = "tensor_flow.js"  # as it says itself
_OF_LAYERS = ("name", "trainable", "dtype", "batch_input_shape")
# Keyword of an optimizer → the same in Keras.
_KEYWORDS = {
    "learningRate": "learning_rate", "beta1": "beta_1", "beta2": "beta_2", "useNesterov": "nesterov",
    "initialAccumulatorValue": "initial_accumulator_value",
}  # fmt: skip
# Class of an optimizer → Keras's, and keywords that it alone calls otherwise.
_OPTIMIZERS = {"Momentum": ("SGD", {}), "RMSProp": ("RMSprop", {"decay": "rho"})}


def translate(draft: Draft) -> Iterator[str]:
    """Put the words of TensorFlow.js into those of Keras; yield what was done."""
    if draft.source.provenance.backend != BACKEND:
        return
    for owner, parts, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        if not isinstance(config, dict):
            continue
        name = config.get("name", entry["class_name"])
        if entry["class_name"] == "RNN" and _without_cell(config):
            yield f"leave out of {name} what its cell states"
        if entry["class_name"] in ("SeparableConv1D", "SeparableConv2D") and "depth_multiplier" not in config:
            held = draft.tensors(owner).items()
            kernels = [tensor for (part, key), tensor in held if key == "depthwise_kernel" and part in parts]
            if len(kernels) == 1 and kernels[0].shape:
                config["depth_multiplier"] = kernels[0].shape[-1]
                yield f"write down depth_multiplier = {kernels[0].shape[-1]} of {name}, as its weights have it"
    if isinstance(draft.training, dict):
        _training(draft.training)


def _without_cell(config: dict[str, Any]) -> bool:
    """Take the keywords of its cell away from an RNN; tell whether there were any."""
    cell = config.get("cell")
    inner = cell.get("config") if isinstance(cell, dict) else None
    spread = [key for key in config if key in inner and key not in _OF_LAYERS] if isinstance(inner, dict) else []
    for key in spread:
        del config[key]
    return bool(spread)


def _training(training: dict[str, Any]) -> None:
    """Put what a model was compiled with into Keras's words."""
    if training.get("metrics") == {}:
        training["metrics"] = []
    optimizer = training.get("optimizer_config")
    config = optimizer.get("config") if isinstance(optimizer, dict) else None
    if not isinstance(optimizer, dict) or not isinstance(config, dict):
        return
    name, own = _OPTIMIZERS.get(str(optimizer.get("class_name")), (optimizer.get("class_name"), {}))
    words = {**_KEYWORDS, **own}
    training["optimizer_config"] = {"class_name": name, "config": {words.get(key, key): config[key] for key in config}}
