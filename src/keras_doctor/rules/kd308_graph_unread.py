"""The graph names a layer that is not there, or has a form that this release does not read.

**What happens.** `get_tensor() takes 3 positional arguments but 11 were given`, `AssertionError`, `KeyError: 'args'`,
`Missing node`, `IndexError: list index out of range`.

**Why.** Since 3.11 Keras writes the one output of a model without a list around it, which Keras before 3.4 does not
read. Keras 3 writes the arguments of every call as a dict, Keras 2 as lists: Keras 2 does not read the former, Keras 3
only the plain cases of the latter. And a nested Sequential of Keras 2 that puts out the model's output is counted
otherwise.

**How to mend.** Load the file with the line of releases that saved it, or repair it.
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
    "KD308",
    "graph-unread",
    "graph-reconstruction",
    "error",
    ("graph:missing", "graph:ends", "graph:encoding", "graph:argument"),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report references that lead nowhere, and encodings that are not read."""
    stuck: Stuck = step.subject
    names = ", ".join(shown(name, 40) for name in stuck.layers)
    if "graph:missing" in step.tags:
        says = f"the graph takes tensors from {names}, which {release_of(stuck.api)} does not find in the model"
    elif "graph:argument" in step.tags:
        says = f"the operation {shown(stuck.layers[0], 40)} is called with {shown(stuck.layers[1], 40)}, which "
        says += f"{release_of(stuck.api)} does not take in the call"
    elif "graph:ends" in step.tags:
        says = f"{release_of(stuck.api)} does not read the form of {names}"
    else:
        says = f"{release_of(stuck.api)} does not read the form in which the calls of {names} are written"
    cause = "unknown-keyword" if "graph:argument" in step.tags else RULE.cause
    yield RULE.finding(step, says, remedies=ways_out(context), cause=cause)


_INPUT = placed("x", "InputLayer", {"batch_shape": [None, 4]})
_OLD = "keras==3.3.3 tensorflow==2.16.2"


def _ones(arguments: dict[str, object]) -> dict[str, object]:
    """Return an operation as a layer of the model, called with further arguments."""
    made = placed("ones", "OnesLike", {}, {**tensors("x"), "kwargs": arguments})
    return {**made, "module": "keras.src.ops.numpy", "config": {"name": "ones"}}


EXAMPLES = (
    Ill(
        lambda: functional(_INPUT, placed("b", "ReLU", {}, "x"), ends=([["x", 0, 0]], ["b", 0, 0]), env=_OLD),
        "does not read the form of output_layers",
    ),
    Ill(
        lambda: functional(_INPUT, placed("b", "ReLU", {}, "lost"), ends=([["x", 0, 0]], [["b", 0, 0]])),
        "takes tensors from lost",
    ),
    Ill(
        lambda: functional(_INPUT, placed("b", "ReLU", {}, {"x": ["x", 0, 0, {}]}), ends=([["x", 0, 0]], ["b", 0, 0])),
        "the calls of b",
    ),
    Ill(
        lambda: functional(_INPUT, _ones({"dtype": None}), ends=([["x", 0, 0]], ["ones", 0, 0])),
        "the operation ones is called with dtype",
    ),
    Well(lambda: functional(_INPUT, _ones({}), ends=([["x", 0, 0]], ["ones", 0, 0]))),
    Well(lambda: functional(_INPUT, placed("b", "ReLU", {}, "x"), ends=([["x", 0, 0]], ["b", 0, 0]))),
)
