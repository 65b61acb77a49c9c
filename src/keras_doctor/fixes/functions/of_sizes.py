"""What functions make of sizes that are open until the model runs, and of lists of them."""

from __future__ import annotations

from keras_doctor.fixes.functions.operands import table, wants, whole
from keras_doctor.fixes.sizes import Size, Vector, calculated, is_sizes, product
from keras_doctor.layers.tensors import Slice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.fixes.composing import Composer
    from keras_doctor.fixes.functions.operands import Function, Operands


def _symbol(symbol: str) -> Function:
    def made(_: Composer, operands: Operands) -> Any:
        return calculated(symbol, operands.get("x"), operands.get("y"))

    return made


def _member(_: Composer, operands: Operands) -> Any:
    sizes, key = operands.get("x"), operands.get("key")
    key = key[0] if isinstance(key, list) and len(key) == 1 else key
    wants(isinstance(sizes, list))
    members: list[Any] = list(sizes or [])
    if isinstance(key, Slice):
        wants(all(one is None or whole(one) for one in (key.start, key.stop, key.step)))
        return Vector(members[key.start : key.stop : key.step])
    wants(type(key) is int and -len(members) <= key < len(members))
    return members[int(key or 0)]


def _listed(_: Composer, operands: Operands) -> Vector:
    found = operands.get("x")
    wants(isinstance(found, list) and not any(isinstance(one, list) for one in found))
    return Vector(found or [])


def _joined(_: Composer, operands: Operands) -> Vector:
    found = operands.get("x")
    wants(isinstance(found, list) and all(isinstance(one, list) for one in found) and operands.get("axis", 0) == 0)
    return Vector(one for part in found or [] for one in part)


def _same(_: Composer, operands: Operands) -> Any:
    return operands.get("x")


def _cast(graph: Composer, operands: Operands) -> Any:
    size, dtype = operands.get("x"), str(operands.get("dtype")).rpartition(".")[2]
    if dtype.startswith("int"):
        return size
    wants(dtype.startswith("float"))
    if isinstance(size, list):
        wants(all(type(one) in (int, float) for one in size))
        return Vector(float(one) for one in size)
    return graph.amount(size, dtype) if isinstance(size, Size) else float(size or 0)


def _product(_: Composer, operands: Operands) -> Any:
    found = operands.get("x")
    wants(isinstance(found, list) and operands.get("axis") in (None, 0, -1, [0], [-1]) and not operands.get("keepdims"))
    return product(list(found or []))


def _gathered(_: Composer, operands: Operands) -> Vector:
    """Sizes at places that are known."""
    found, places = operands.get("x"), operands.get("indices")
    wants(isinstance(found, list) and isinstance(places, list) and not operands.get("batch_dims"))
    members: list[Any] = list(found or [])
    wants(all(type(one) is int and 0 <= one < len(members) for one in places or []))
    return Vector(members[one] for one in places or [])


def _window(_: Composer, operands: Operands) -> Vector:
    """`tf.slice` of a list of sizes."""
    found, begin, size = operands.get("x"), operands.get("begin"), operands.get("size")
    wants(
        isinstance(found, list)
        and all(isinstance(one, list) and len(one) == 1 and whole(one[0]) for one in (begin, size))
    )
    members: list[Any] = list(found or [])
    first, count = int((begin or [0])[0]), int((size or [0])[0])
    return Vector(members[first:] if count < 0 else members[first : first + count])


def _flat(_: Composer, operands: Operands) -> Any:
    """A list of sizes as a list."""
    found, shape = operands.get("x"), operands.get("shape")
    wants(is_sizes(found) and shape in ([-1], [1]))
    return Vector(found if isinstance(found, list) else [found])


FUNCTIONS = table(
    (_symbol("+"), "x y", "math.add add __operators__.add"),
    (_symbol("-"), "x y", "math.subtract subtract __operators__.sub"),
    (_symbol("*"), "x y", "math.multiply multiply __operators__.mul"),
    (_symbol("//"), "x y", "math.floordiv __operators__.floordiv compat.v1.floor_div"),
    (_symbol("/"), "x y", "math.truediv math.divide __operators__.truediv truediv divide"),
    (_symbol("%"), "x y", "math.floormod __operators__.mod math.mod"),
    (_member, "x key", "__operators__.getitem"),
    (_listed, "x|values axis", "stack keras.backend.stack"),
    (_joined, "x|values|tensors axis", "concat keras.backend.concatenate"),
    (_same, "x|input|value|tensor dtype", "identity convert_to_tensor stop_gradient"),
    (_cast, "x dtype", "cast keras.backend.cast"),
    (_product, "x|input_tensor axis keepdims", "math.reduce_prod reduce_prod keras.backend.prod"),
    (_flat, "x|tensor shape", "reshape"),
    (_gathered, "x|params indices validate_indices axis batch_dims", "gather compat.v1.gather"),
    (_window, "x|input|input_ begin size", "slice"),
)
