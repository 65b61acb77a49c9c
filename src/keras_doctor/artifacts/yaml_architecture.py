"""The architecture of a model in YAML: what `to_yaml` wrote from Keras 1 to TensorFlow 2.5, without weights.

Some objects got into such texts by the way, tagged with the Python class that a loader would make: shapes, lists that
TensorFlow tracks, NumPy values. What these mean is read here from their parts; no class is looked for.
"""

from __future__ import annotations

from keras_doctor.artifacts.dating import date
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.yamltext import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe

FORMATS = ("yaml-architecture",)
KIND = "text"
MAGIC = ()
PRIORITY = 50

_MAKE = "python/object/apply:"
_STRUCT = {"f2": "e", "f4": "f", "f8": "d", "i1": "b", "i2": "h", "i4": "i", "i8": "q", "u1": "B", "b1": "?"}


def recognises(probe: Probe) -> bool:
    """Tell whether the text has `class_name` and `config` as keys of YAML, not in the quotes that JSON has."""
    head = b"\n" + probe.head.lstrip(b"\xef\xbb\xbf")
    if head.lstrip()[:1] == b"{":
        return b'"class_name"' not in head and b"class_name:" in head
    return b"\nclass_name:" in head and (b"\nconfig:" in head or b" class_name:" in head)


def read(probe: Probe) -> ModelDocument:
    """Read the text into a config."""
    damage: list[Damage] = []
    config: Any = None
    oddities: tuple[Any, ...] = ()
    try:
        config, odd = loads(probe.source.read(0, probe.source.size), probe.limits, _READERS)
        oddities = tuple(odd)
    except FormatError as error:
        damage.append(Damage("text", error.what, "", error.offset))
    root = config if isinstance(config, dict) else {}
    if not damage and not isinstance(root.get("class_name"), str):
        damage.append(Damage("structure", "the text names no class of a model"))
    version, backend = root.pop("keras_version", None), root.pop("backend", None)
    facts: dict[str, Any] = {}
    return ModelDocument(
        probe.path,
        FORMATS[0],
        "text",
        size=probe.source.size,
        config=root or None,
        config_locus=Locus(),
        provenance=date(
            config=root or None,
            stated_version=version if isinstance(version, str) else None,
            stated_backend=backend if isinstance(backend, str) else None,
            facts=facts,
            format=FORMATS[0],
        ),
        damage=tuple(damage),
        oddities=oddities,
        facts=facts,
    )


def _first(value: Any) -> Any:
    """Return the one argument that an object is made from."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _dtype(value: Any) -> Any:
    """Return the code of a NumPy dtype, "f4"."""
    arguments = value.get("args") if isinstance(value, dict) else None
    return arguments[0] if isinstance(arguments, list) and arguments else value


def _scalar(value: Any) -> Any:
    """Return the number that a dtype and its bytes, in base 64, are."""
    if isinstance(value, list) and len(value) == 2:
        numbers = _numbers(value[0], value[1])
        if len(numbers) == 1:
            return numbers[0]
    return value


def _array(value: Any) -> Any:
    """Return the number or the list that the state of a NumPy array is, of up to one dimension."""
    state = value.get("state") if isinstance(value, dict) else None
    if isinstance(state, list) and len(state) == 5 and isinstance(state[1], list):
        numbers = _numbers(state[2], state[4])
        if state[1] == [] and len(numbers) == 1:
            return numbers[0]
        if state[1] == [len(numbers)]:
            return numbers
    return value


def _numbers(dtype: Any, data: Any) -> list[Any]:
    from binascii import Error, a2b_base64
    from struct import calcsize, unpack

    code = _STRUCT.get(dtype) if isinstance(dtype, str) else None
    if code is None or not isinstance(data, str):
        return []
    try:
        stored = a2b_base64(data)
    except (Error, ValueError):
        return []
    count = len(stored) // calcsize(code)
    return list(unpack(f"<{count}{code}", stored)) if count * calcsize(code) == len(stored) else []


# Tag → what the value under it means.
_READERS = {
    f"{_MAKE}tensorflow.python.framework.tensor_shape.Dimension": _first,
    f"{_MAKE}tensorflow.python.framework.tensor_shape.TensorShape": _first,
    f"{_MAKE}tensorflow.python.training.tracking.data_structures.ListWrapper": _first,
    f"{_MAKE}builtins.dict": _first,
    f"{_MAKE}numpy.dtype": _dtype,
    f"{_MAKE}numpy.core.multiarray.scalar": _scalar,
    f"{_MAKE}numpy.core.multiarray._reconstruct": _array,
}
