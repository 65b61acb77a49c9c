"""What a comparison of two models showed."""

from __future__ import annotations

from keras_doctor.records import record

# Who computed: of the source and of the result.
REAL, RESULT_REAL, SOURCE_REAL, NUMPY = "real", "result-real", "source-real", "numpy"
_BY_NUMPY = "NumPy"


@record
class Parting:
    """Where two models part: the first layer whose outputs differ while those before it agree.

    `layer`: its name, "encoder/dense" for one inside a model; `after`: the last one before it that was compared, ""
    when there is none. `difference`: in units of the scale of the layer's output; infinity where shapes or texts
    differ.
    """

    layer: str
    difference: float
    after: str = ""

    def __str__(self) -> str:
        behind = f" (up to {self.after} they agree)" if self.after else ""
        if self.difference == float("inf"):
            return f"they part at the layer {self.layer}, whose outputs have nothing in common{behind}"
        return f"they part at the layer {self.layer}, by {self.difference:.2g} of the scale of what it puts out{behind}"


@record
class Who:
    """Who computed a model: a release in words ("Keras 3.15.1"), and the `interpreter` that ran it; or NumPy."""

    name: str = _BY_NUMPY
    interpreter: str = ""


@record
class Verification:
    """What a comparison of outputs showed.

    `kind`: "real" when both models were run by real releases, "result-real" or "source-real" when one was and the other
    was computed by NumPy, "numpy" when both were, "" when nothing was compared. `equal`: None then, and `reason` says
    why; False also when a release refuses the result, for which `reason` has its words. `difference`: the largest, in
    units of the outputs' scale. `source` and `result`: who computed them. `notes`: what was tried and could not be
    done.
    """

    kind: str = ""
    equal: bool | None = None
    difference: float = 0.0
    reason: str = ""
    source: Who = Who()
    result: Who = Who()
    parting: Parting | None = None
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.equal is None:
            return f"not verified: {self.reason}"
        if self.reason:
            return f"FAILED: {self.reason}"
        how = f"outputs on the same inputs, {self._how()},"
        if self.equal:
            agree = f"agree to {self.difference:.1g} of their scale" if self.difference else "are equal"
            return f"verified: {how} {agree}"
        apart = f": {self.parting}" if self.parting else ""
        return f"NOT the same: {how} differ by {self.difference:.2g} of their scale{apart}"

    def _how(self) -> str:
        if self.kind == NUMPY:
            return "computed by NumPy"
        source, result = (
            f"{what} {'run in' if who.interpreter else 'computed by'} {who.name}"
            for what, who in (("the source", self.source), ("the result", self.result))
        )
        return f"{source} and {result}"


def kind_of(source: Who, result: Who) -> str:
    """Return the kind of a comparison."""
    if source.interpreter:
        return REAL if result.interpreter else SOURCE_REAL
    return RESULT_REAL if result.interpreter else NUMPY
