"""Calls of the graph wait for others that are never made.

**What happens.** `Invalid Functional model configuration. The graph of the Functional model either has loops or
disconnected nodes`, `Layer node index out of bounds`; most releases notice nothing and try for ever: `load_model` never
returns.

**Why.** A functional model lists the calls of its layers, and each names the calls that it takes tensors from. Keras 1
and 2 count the call that a nested model is made of, Keras 3 does not: what another line saved names calls that do not
exist. Keras 3.0 to 3.6 cannot wait either: they refuse a layer that is called before the one that feeds it, as layers
that are shared are.

**How to mend.** Load the file with the line of releases that saved it, or repair it: the numbers of the calls are part
of the config.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import functional, placed, tensors
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.graphs import Stuck
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD307", "graph-stuck", "graph-reconstruction", "error", ("graph:unresolved", "graph:order"), effect="fails"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report calls that can never be made, or not in the order of the file."""
    stuck: Stuck = step.subject
    names = ", ".join(shown(name, 40) for name in stuck.layers)
    if "graph:order" in step.tags:
        says = f"{release_of(stuck.api)} calls {names} before the layer that feeds it is called"
    elif stuck.hangs:
        says = f"{release_of(stuck.api)} never ends: the calls of {names} wait for calls that are never made"
    else:
        says = f"{release_of(stuck.api)} cannot connect {names}: they wait for calls that are never made"
    yield RULE.finding(
        step,
        says,
        remedies=ways_out(context),
        cause="loader-hang" if stuck.hangs else RULE.cause,
    )


_INPUT = placed("x", "InputLayer", {"batch_shape": [None, 4]})
_ENDS = ([["x", 0, 0]], [["b", 0, 0]])

EXAMPLES = (
    Ill(
        lambda: functional(_INPUT, placed("b", "Dense", {"units": 4}, tensors("b", 1)), ends=_ENDS),
        "cannot connect b",
    ),
    Ill(
        lambda: functional(
            _INPUT,
            placed("b", "ReLU", {}, "a"),
            placed("a", "ReLU", {}, "x"),
            ends=_ENDS,
            env="keras==3.3.3 tensorflow==2.16.2",
        ),
        "calls b before",
    ),
    Well(lambda: functional(_INPUT, placed("b", "ReLU", {}, "a"), placed("a", "ReLU", {}, "x"), ends=_ENDS)),
)
