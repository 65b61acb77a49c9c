"""A transposed convolution was saved without its output padding.

**What happens.** Nothing is said; the layer puts out fewer rows and columns than it did, or, with layers behind it that
own a variable for each of them, the weights do not fit.

**Why.** `output_padding` of Conv1DTranspose, Conv2DTranspose and Conv3DTranspose is not part of the config that Keras
3.0 to 3.14 write. Every release, also the one that saved the model, builds the layer again without it. The file tells
of it only through the shape that the next layer gets.

**How to mend.** Write `output_padding` into the layer's config, or build the model from its source and load the weights
into it; save it with Keras 3.15 or newer.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import functional, placed, tensors
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.lost_padding import LostPadding
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD712",
    "output-padding-lost",
    "semantics-changed",
    "error",
    ("graph:padding-lost",),
    effect="loads-differently",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the shape that the layer had and the one that it gets."""
    found: LostPadding = step.subject
    yield RULE.finding(
        step,
        f"{shown(found.name, 40)} puts out {list(found.made)} in {release_of(found.api)}, and put out "
        f"{list(found.stated)} when it was saved: its config does not say which output_padding it had",
        remedies=(Remedy(f"Write the output_padding of {shown(found.name, 40)} into its config."),),
    )


def _upward(size: int) -> dict[str, Any]:
    """Return a layer that takes what the convolution put out, of that size."""
    call = tensors("up")
    call["args"][0]["config"]["shape"] = [None, size, size, 2]
    return placed("f", "Flatten", {}, call)


_IMAGE = placed("x", "InputLayer", {"batch_shape": [None, 3, 3, 1]})
_UP = placed("up", "Conv2DTranspose", {"filters": 2, "kernel_size": [3, 3], "strides": [2, 2]}, "x")
_ENDS = ([["x", 0, 0]], [["f", 0, 0]])

EXAMPLES = (
    Ill(lambda: functional(_IMAGE, _UP, _upward(8), ends=_ENDS), "which output_padding it had"),
    Well(lambda: functional(_IMAGE, _UP, _upward(7), ends=_ENDS)),
)
