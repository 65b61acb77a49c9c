"""Which BatchNormalizations TensorFlow computes with the kernel that takes no epsilon below `LEAST`.

Sources: `fused_batch_norm` of tensorflow/python/ops/nn_impl.py (2.10); `BatchNormalizationBase` of
keras/layers/normalization/batch_normalization.py (2.10), `_fused_can_be_used` and `build`; `batch_normalization` of
keras/backend/tensorflow_backend.py (2.2.4).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

LEAST = 1.001e-5
# Value of the fact "least_epsilon" → by the rank of an input, the axes along which the kernel is taken.
_TAKEN: dict[str, dict[int, tuple[int, ...]]] = {
    "volumes": {4: (3, 1), 5: (4, 1)},
    "images": {4: (3, 1)},
    "pixels": {4: (3,)},
}


def fused(rank: int, axes: Sequence[int], config: Mapping[str, Any], fact: str) -> bool:
    """Tell whether the kernel is taken. `axes` count from the batch; `fact`: "least_epsilon" of the release."""
    if len(axes) != 1 or axes[0] not in _TAKEN.get(fact, {}).get(rank, ()):
        return False
    plain = not config.get("renorm") and config.get("virtual_batch_size") is None and config.get("fused") is not False
    return fact == "pixels" or (plain and config.get("dtype") != "float64")
