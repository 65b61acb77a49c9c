"""A layer has a name that this release does not take.

**What happens.** `Argument name must be a string and cannot contain character /`, `All layers added to a Sequential
model should have unique names`, and with PyTorch `parameter name can't contain "."`.

**Why.** Keras 3 joins names with "/" to the paths of its variables, so that no name may have one; TensorFlow's models
could. With PyTorch the paths become names of parameters, in which a dot means something else.

**How to mend.** Rename the layer: the graph refers to layers by name, so it has to be renamed everywhere, which is what
a repair does. For a dot, another backend will do, too.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD311", "name-refused", "name-invalid", "error", ("name:slash", "name:dotted", "name:twice"), effect="fails"
)
_WHY = {
    "name:slash": "does not take a name with a slash",
    "name:dotted": "with PyTorch does not take a name with a dot for a layer with variables",
    "name:twice": "does not take two layers of the same name in one model",
}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the name, and what it must not have."""
    api, name = step.subject
    why = next(text for tag, text in _WHY.items() if tag in step.tags)
    yield RULE.finding(
        step,
        f"{release_of(api)} {why}: {shown(name, 60)!r}",
        remedies=ways_out(context),
    )


_INPUT = ("InputLayer", {"batch_shape": [None, 4], "name": "x"})
_TORCH = "python==3.11 keras==3.15.1 torch==2.10.0 backend=torch"

EXAMPLES = (
    Ill(lambda: sequential(_INPUT, ("Dense", {"units": 3, "name": "a/b"})), "name with a slash: 'a/b'"),
    Ill(lambda: sequential(_INPUT, ("Dense", {"units": 3, "name": "a.b"}), env=_TORCH), "name with a dot"),
    Ill(lambda: sequential(_INPUT, *[("ReLU", {"name": "a"})] * 2), "two layers of the same name"),
    Well(lambda: sequential(_INPUT, ("Dense", {"units": 3, "name": "a.b"}))),
    Well(lambda: sequential(_INPUT, ("ReLU", {"name": "a.b"}), env=_TORCH)),
)
