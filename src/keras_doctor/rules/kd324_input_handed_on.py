"""A layer hands on its input, and the graph takes that for a cycle.

**What happens.** `Tensor <KerasTensor …> from operation 'equalization' is part of a cycle`, `` `inputs` not connected
to `outputs` ``, or, in Keras 3.8 and 3.9, a `KeyError` with a long number when the model is called.

**Why.** When a model is put together, Equalization (Keras 3.8 on) and RandomGrayscale (3.8 to 3.10) return the tensor
that they were given instead of a new one, and the graph notes the layer as its maker. Behind another layer that is a
cycle; where it is the model's output, input and output are one. Only in front of other layers, straight behind the
input, does it go well. Keras before 2.0.4 wrote files that say so themselves: that the model's input is what an
ActivityRegularization or a linear Activation makes.

**How to mend.** RandomGrayscale: load it with Keras 3.11 or newer. A file of Keras 1 or 2: repair it. Else take the
layer out of the model and apply it to the data before.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import functional, placed, sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.handed_on import HandedOn
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD324", "input-handed-on", "graph-reconstruction", "error", ("graph:handed-on",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer, and what its input is."""
    found: HandedOn = step.subject
    late = step.stage == "call"
    behind = f"what {shown(found.after, 40)} makes" if found.after else "the model's input"
    yield RULE.finding(
        step,
        f"{release_of(found.api)} takes {behind} for what {shown(found.name, 40)} ({found.class_name}) makes: "
        + ("the call finds no output" if late else "the graph is a cycle, or has no beginning"),
        effect="loads-not-runnable" if late else "fails",
        remedies=(Remedy(f"Take {shown(found.name, 40)} out of the model and apply it to the data before."),),
    )


_IMAGE = placed("x", "InputLayer", {"batch_shape": [None, 8, 8, 3]})
_GRAY = ("RandomGrayscale", {"factor": 0.5})
_OLDER = "keras==3.8.0 tensorflow==2.18.0"

EXAMPLES = (
    Ill(
        lambda: sequential(
            ("InputLayer", {"batch_shape": [None, 8, 8, 3]}),
            ("Rescaling", {"scale": 0.5}),
            ("Equalization", {"value_range": [0, 1]}),
        ),
        "a cycle",
    ),
    Ill(
        lambda: functional(_IMAGE, placed("g", *_GRAY, "x"), ends=([["x", 0, 0]], [["g", 0, 0]]), env=_OLDER),
        "the call finds no output",
    ),
    Ill(
        lambda: functional(
            placed("x", "InputLayer", {"batch_shape": [None, 4]}),
            placed("a", "ActivityRegularization", {"l1": 0.1}, "x"),
            ends=([["a", 0, 0]], [["a", 0, 0]]),
        ),
        "has no beginning",
    ),
    Well(
        lambda: functional(
            placed("x", "InputLayer", {"batch_shape": [None, 4]}),
            placed("a", "ActivityRegularization", {"l1": 0.1}, "x"),
            placed("f", "Flatten", {}, "a"),
            ends=([["a", 0, 0]], [["f", 0, 0]]),
        )
    ),
    Well(
        lambda: functional(
            _IMAGE,
            placed("g", *_GRAY, "x"),
            placed("f", "Flatten", {}, "g"),
            ends=([["x", 0, 0]], [["f", 0, 0]]),
            env=_OLDER,
        )
    ),
    Well(lambda: functional(_IMAGE, placed("g", *_GRAY, "x"), ends=([["x", 0, 0]], [["g", 0, 0]]))),
)
