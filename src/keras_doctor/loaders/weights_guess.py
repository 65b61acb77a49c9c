"""Layers whose input is not known, behind a Lambda or another layer of the user's: whether there is an input with which
they would own exactly the arrays that the file has for them.
"""

from __future__ import annotations

from keras_doctor.layers.signature import signature
from keras_doctor.loaders.graphs import era_of
from keras_doctor.loaders.weights_conversion import ConversionError, fits
from keras_doctor.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.layers.shapes import Shape
    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.owners import Owner
    from keras_doctor.loaders.weights_conversion import Conversion

_MOST_SIZES = 12


def plausible(load: Load, conversion: Conversion, owner: Owner, arrays: list[tuple[int, ...]]) -> bool:
    """Tell whether a layer of Keras would own these arrays, had it the input that they tell of."""
    entry = owner.node.value
    if load.api.find(str(entry.get("class_name")), "layers") is None:
        return False
    for shape in _inputs(arrays):
        found = signature(owner.class_name, owner.config, (shape,), era_of(load))
        if not found.known or not found.variables:
            continue
        try:
            made = conversion.converted(replace(owner, variables=found.variables, known=True), list(arrays))
        except ConversionError:
            continue
        pairs = zip(found.variables, made, strict=False)
        if len(made) == len(found.variables) and all(fits(variable.shape, array) for variable, array in pairs):
            return True
    return False


def _inputs(arrays: list[tuple[int, ...]]) -> Iterator[Shape]:
    """Yield shapes of inputs, with the batch, that have a size of the arrays as their number of channels."""
    sizes = list(dict.fromkeys(size for array in arrays for size in array))[:_MOST_SIZES]
    for size in sizes:
        yield (None, size)
        yield (None, None, size)
        for sides in (2, 3):
            yield (None, *(None,) * sides, size)
            yield (None, size, *(None,) * sides)
