"""Custom code as a user has it: the layers, functions and losses that files of the packed corpus need."""

import sys

# The Keras that loads the model is imported already; it is of any line.
keras = sys.modules.get("tf_keras") or sys.modules.get("keras") or sys.modules["tensorflow"].keras
older = keras.__name__ == "keras" and not keras.__version__.startswith("3")
if older and "tensorflow" in sys.modules and sys.modules["tensorflow"].__version__ > "2.":
    keras = sys.modules["tensorflow"].keras  # of whose package `keras` the public names are elsewhere
dot = keras.ops.matmul if hasattr(keras, "ops") else keras.backend.dot


def registered(**names):
    """Register as far as the release can."""
    for space in ("saving", "utils"):
        found = getattr(getattr(keras, space, None), "register_keras_serializable", None)
        if found is not None:
            return found(**names)
    return lambda made: made


class Scale(keras.layers.Layer):
    def __init__(self, units=4, factor=2.0, **keywords):
        super().__init__(**keywords)
        self.units, self.factor = units, factor

    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(int(shape[-1]), self.units), initializer="uniform")
        super().build(shape)

    def call(self, x, mask=None):
        return dot(x, self.w) * self.factor

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)

    get_output_shape_for = compute_output_shape  # of Keras 1

    def get_config(self):
        return {**super().get_config(), "units": self.units, "factor": self.factor}


@registered(package="LabPkg")
class RegScale(Scale):
    pass


@registered(package="LabPkg", name="reg_act")
def reg_act(x):
    return x * 0.25 + 0.5
