"""`signature()`: what one layer owns and puts out, from its class, its config and the era that wrote it."""

from __future__ import annotations

from keras_doctor.layers.shapes import product
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.shapes import Shape, Shapes


@record
class Variable:
    """A variable of a layer.

    `name`: as its era calls it ("kernel", "moving_mean", Keras 1 "W", "running_std"). `part`: which object inside the
    layer holds it, as attribute names from the layer down, with the position in a list: "" (the layer itself), "cell",
    "query_dense", "forward_layer/cell", "layers[2]/layer". A size is None where the variable grows with what it learns.
    """

    name: str
    shape: Shape
    dtype: str = "float32"
    trainable: bool = True
    part: str = ""


@record
class Signature:
    """What a layer owns and puts out.

    `output_shape`: a shape, a tuple of shapes when the layer puts out several tensors, None when it is not known.
    `variables`: in the order in which
    the era's legacy HDF5 files store them. `known`: whether both were inferred; `reason` says why not.
    """

    output_shape: Shape | tuple[Shape | None, ...] | None = None
    variables: tuple[Variable, ...] = ()
    known: bool = True
    reason: str = ""

    @property
    def parameters(self) -> int:
        """The number of values in the variables."""
        return count(self.variables)


def count(variables: tuple[Variable, ...]) -> int:
    """Return how many values the variables have together."""
    return sum(product(variable.shape) or 0 for variable in variables)


def signature(
    class_name: str, config: dict[str, Any], input_shapes: Shapes, era: str, module: str | None = None
) -> Signature:
    """Return what a layer of class `class_name` with this config owns and puts out when it is called on tensors of
    `input_shapes`.

    `era` is one of `document.provenance`: "keras-1", "keras-2", "tf.keras", "tf.keras-v3", "keras-3". `module` tells
    Keras 3's operations ("keras.src.ops.numpy") from layers of the same name. Never raises: a class that Keras does not
    ship has `known` False.
    """
    from keras_doctor.layers.evaluation import Evaluator
    from keras_doctor.layers.tensors import Tensor

    entry = {"class_name": class_name, "config": config, "module": module}
    outcome = Evaluator(era).evaluate(entry, "", [Tensor(shape) for shape in input_shapes])
    return outcome.signature()
