"""Which function knows a stock class. The modules of `families/` enter theirs here; the one that knows a class is
imported when that is first asked for, by the generated index.
"""

from __future__ import annotations

from keras_doctor.layers._index import CLASSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from keras_doctor.layers.call import Call

    # A rule enters the layer's variables into the call and returns its output: a shape, a `Tensor`, or a list of them
    # for several outputs.
    Rule = Callable[[Call], Any]

RULES: dict[str, Rule] = {}

# Packages whose classes are Keras's own.
PACKAGES = ("keras", "keras_core", "tensorflow", "tf_keras")

# Other names under which files have the same class: tf.keras 1.13 and 1.14 wrote the names of its versions, Keras 1's
# long names live on as aliases.
ALIASES = {
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D", "Convolution3D": "Conv3D", "Deconvolution2D":
    "Conv2DTranspose",
    "Convolution2DTranspose": "Conv2DTranspose", "Convolution3DTranspose": "Conv3DTranspose", "Deconvolution3D":
    "Conv3DTranspose",
    "Convolution1DTranspose": "Conv1DTranspose",
    "SeparableConvolution1D": "SeparableConv1D", "SeparableConvolution2D": "SeparableConv2D",
    "DepthwiseConvolution2D": "DepthwiseConv2D", "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D",
    "AtrousConv1D": "Conv1D", "AtrousConv2D": "Conv2D",
    "MaxPool1D": "MaxPooling1D", "MaxPool2D": "MaxPooling2D", "MaxPool3D": "MaxPooling3D",
    "AvgPool1D": "AveragePooling1D", "AvgPool2D": "AveragePooling2D", "AvgPool3D": "AveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D", "GlobalMaxPool2D": "GlobalMaxPooling2D", "GlobalMaxPool3D":
    "GlobalMaxPooling3D",
    "GlobalAvgPool1D": "GlobalAveragePooling1D", "GlobalAvgPool2D": "GlobalAveragePooling2D", "GlobalAvgPool3D":
    "GlobalAveragePooling3D",
    "BatchNormalizationV2": "BatchNormalization", "SyncBatchNormalization": "BatchNormalization",
    "UnifiedLSTM": "LSTM", "UnifiedGRU": "GRU", "CategoricalEncoding": "CategoryEncoding", "GroupQueryAttention":
    "GroupedQueryAttention",
}  # fmt: skip


def stock(*class_names: str) -> Callable[[Rule], Rule]:
    """Enter the decorated function as the rule of these classes."""

    def enter(rule: Rule) -> Rule:
        for name in class_names:
            RULES[name] = rule
        return rule

    return enter


def rule_of(class_name: str, module: str | None = None) -> Rule | None:
    """Return the rule of a class, None when Keras ships no such layer. `module` tells Keras 3's operations from layers
    of the same name.
    """
    if module is None:
        return _layer(class_name) or _operation(class_name)
    if module.partition(".")[0] not in PACKAGES:
        return None
    return _operation(class_name) if _has_operations(module) else _layer(class_name)


def _layer(class_name: str) -> Rule | None:
    if class_name not in CLASSES:
        return None
    if class_name not in RULES:
        __import__(f"keras_doctor.layers.families.{CLASSES[class_name]}")
    return RULES[class_name]


def is_operation(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of a graph is one of Keras 3's operations, which are no layers though some have a layer's name.

    HDF5 files leave their module out: there they are told by a config that has nothing which every layer has.
    """
    module, config, nodes = entry.get("module"), entry.get("config"), entry.get("inbound_nodes")
    if isinstance(module, str):
        return _has_operations(module)
    if not isinstance(config, dict) or "trainable" in config:
        return False
    if not isinstance(nodes, list) or not nodes or not isinstance(nodes[0], dict) or "args" not in nodes[0]:
        return False
    return _operation(str(entry.get("class_name"))) is not None


def _has_operations(module: str) -> bool:
    return module.startswith("keras.") and ".ops" in module


def _operation(class_name: str) -> Rule | None:
    from keras_doctor.layers.operations.keras3 import rule_of as operation_of

    return operation_of(class_name)


def is_stock(class_name: str) -> bool:
    """Whether Keras itself ships a layer or model of this name."""
    from keras_doctor.layers.models import MODELS

    name = ALIASES.get(class_name, class_name)
    return name in MODELS or rule_of(name) is not None


def class_names() -> tuple[str, ...]:
    """Return every class that has a rule, sorted, without aliases."""
    return tuple(sorted(CLASSES))
