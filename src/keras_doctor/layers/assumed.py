"""What layers of Keras own whose input is not known, as far as that is the same for any input: behind a layer of the
user's, whose output follows from its code alone.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.layers.evaluation import Evaluator
from keras_doctor.layers.graph import infer
from keras_doctor.layers.models import model_layers
from keras_doctor.layers.tensors import Tensor
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.signature import Variable

# Shapes that a layer may be called on, the most common first; each also twice, for layers that take two.
_SHAPES = ((None, 64, 7), (None, 64, 64, 7), (None, 7), (None, 64, 64, 64, 7), (None, 64, 64, 64, 64, 7))
_OTHERS = {64: 96, 7: 11}


def infer_assumed(config: Any, era: str) -> tuple[LayerShape, ...]:
    """Return what `infer` does, with the variables of layers whose input alone is not known: sizes that depend on it
    are None.
    """
    return tuple(_assumed(ConfigNode(config), shape, era) for shape in infer(config, era))


def _assumed(root: ConfigNode, shape: LayerShape, era: str) -> LayerShape:
    if shape.known or (shape.input_shapes and None not in shape.input_shapes):
        return shape
    node = root.at(shape.path)
    variables = None if model_layers(node) else variables_anyhow(node.value, era)
    return shape if variables is None else replace(shape, variables=variables, known=True)


def variables_anyhow(entry: Any, era: str) -> tuple[Variable, ...] | None:
    """Return the variables of a layer that may be called on anything, None where they are not known even then."""
    for shape in _SHAPES:
        other = tuple(_OTHERS.get(size or 0, size) for size in shape)
        for times in (1, 2):
            one, two = (
                Evaluator(era).evaluate(entry, "", [Tensor(size)] * times).signature() for size in (shape, other)
            )
            if one.known and two.known and len(one.variables) == len(two.variables):
                pairs = zip(one.variables, two.variables, strict=True)
                return tuple(_common(first, second) for first, second in pairs)
    return None


def _common(one: Variable, other: Variable) -> Variable:
    sizes = zip(one.shape, other.shape, strict=False)
    return replace(one, shape=tuple(size if size == there else None for size, there in sizes))
