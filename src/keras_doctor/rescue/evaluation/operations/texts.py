"""Operations on texts."""

from __future__ import annotations

import numpy as np

from keras_doctor.rescue.evaluation.hashes import fingerprint64
from keras_doctor.rescue.evaluation.operations.arguments import Arguments, dtype_named, enter_all, operates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.operations.arguments import Operation
    from keras_doctor.rescue.evaluation.values import Array


def _each(x: Array, function: Callable[[str], Any], dtype: Any = object) -> Array:
    return np.array([function(str(one)) for one in x.ravel().tolist()], dtype).reshape(x.shape)


def _bytewise(function: Callable[[bytes], bytes]) -> Operation:
    return lambda op: _each(op.array(), lambda text: function(text.encode()).decode())


enter_all({
    "lower stringlower": _bytewise(bytes.lower),
    "upper stringupper": _bytewise(bytes.upper),
    "strip stringstrip": _bytewise(bytes.strip),
    "length": lambda op: _each(op.array(), lambda text: len(text.encode()), np.int32),
})  # fmt: skip


@operates("tohashbucketfast stringtohashbucketfast")
def hashed(op: Arguments) -> Array:
    """The bucket of each text."""
    buckets = op.number("num_buckets")
    return _each(op.array(), lambda text: fingerprint64(text.encode()) % buckets, np.int64)


@operates("tonumber stringtonumber")
def number(op: Arguments) -> Array:
    """The number that each text says."""
    return _each(op.array(), float, dtype_named(op.get("out_type", "float32")))
