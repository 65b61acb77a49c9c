"""Whether a repaired model computes what the source computed: both evaluated on the same inputs, without any Keras.

Each is computed as the release computes that it belongs to (`rescue.evaluation`), so a difference between the releases
that was not undone shows, and so does a tensor in the wrong place. What is not evaluated is not verified, and is said
to be not.
"""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.document.model import ModelDocument

TOLERANCE = 1e-5  # of the outputs' scale
HALF = 1e-3  # where half precision is computed with
LARGEST = 1 << 28  # bytes of tensors that are evaluated in passing


@record
class Verification:
    """What a comparison of outputs showed.

    `kind`: "numpy" for an evaluation without Keras, "" when nothing was compared; `equal`: None then, and `reason` says
    why. `difference`: the largest, in units of the outputs' scale.
    """

    kind: str = ""
    equal: bool | None = None
    difference: float = 0.0
    reason: str = ""

    def __str__(self) -> str:
        if self.equal is None:
            return f"not verified: {self.reason}"
        how = "outputs on the same inputs, computed by NumPy"
        if self.equal:
            return f"verified: {how}, agree to {self.difference:.1g} of their scale"
        return f"NOT the same: {how}, differ by {self.difference:.2g} of their scale"


def verify(source: ModelDocument, result: ModelDocument, mode: str = "auto") -> Verification:
    """Compare what two documents compute.

    `mode`: "auto" (what is small enough to be done in passing), "numpy" or "none".
    """
    if mode == "none":
        return Verification(reason="it was not asked for")
    if mode == "auto" and sum(tensor.nbytes for tensor in source.tensors()) > LARGEST:
        return Verification(reason="the model is large; --verify numpy takes the time")
    try:
        import numpy as np

        from keras_doctor.rescue.evaluation import evaluate, make_inputs
    except ModuleNotFoundError:
        return Verification(reason="NumPy is not installed (pip install keras-doctor[repair])")
    try:
        inputs = make_inputs(source, 0)
    except (ValueError, KeyError, TypeError) as error:
        return Verification(reason=f"no inputs could be made: {error}")
    before, after = evaluate(source, inputs), evaluate(result, inputs)
    for which, one in (("the source", before), ("the result", after)):
        if one.outputs is None:
            return Verification(reason=f"{which} could not be evaluated: {one.reason}")
    difference = _difference(np, before.outputs or (), after.outputs or ())
    half = any(tensor.dtype in ("float16", "bfloat16") for tensor in source.tensors()) or _mixed(source)
    return Verification("numpy", difference <= (HALF if half else TOLERANCE), difference)


def _mixed(document: ModelDocument) -> bool:
    return any("16" in str(layer.config.get("dtype", "")) for layer in document.layers)


def _difference(np: Any, before: tuple[Any, ...], after: tuple[Any, ...]) -> float:
    """Return the largest difference in units of the scale; infinity where shapes, texts or what is finite differ."""
    if len(before) != len(after) or any(a.shape != b.shape for a, b in zip(before, after, strict=True)):
        return float("inf")
    worst = scale = 0.0
    for a, b in zip(before, after, strict=True):
        if a.dtype.kind in "OSU" or b.dtype.kind in "OSU":
            if a.tolist() != b.tolist():
                return float("inf")
            continue
        one, other = a.astype(np.float64), b.astype(np.float64)
        known = np.isfinite(one)
        if not np.array_equal(known, np.isfinite(other)):
            return float("inf")
        worst = max(worst, float(np.abs(one - other)[known].max(initial=0)))
        scale = max(scale, float(np.abs(one)[known].max(initial=0)))
    return worst / (scale or 1.0)
