"""A layer works along another axis than it was saved with.

**What happens.** Nothing is said. Softmax over the wrong axis, a Concatenate along the last one: other numbers, or a
shape that no longer fits the weights.

**Why.** When Keras 3 reads an HDF5 file it takes `axis` out of the config of each layer and puts it back only in forms
that it knows: up to 3.8 only a list of one number (so that its own files lose theirs), from 3.9 on a number too. What
is not put back is at the default of the class.

**How to mend.** Load with Keras 3.9 or later where the axis is a number. Several axes are lost there too: save the
model as a `.keras` archive, which keeps them.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.axes import LostAxis
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD702", "axis-lost", "default-changed", "error", ("axis:lost",), effect="loads-differently")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the axis of the config and the one that is used."""
    lost: LostAxis = step.subject
    yield RULE.finding(
        step,
        f"{release_of(lost.api)} loses the axis of the layer {shown(lost.class_name, 60)}: it works along "
        f"{lost.default}, not {shown(lost.axis)}",
        effect=lost.effect,
    )


_INPUT = ("InputLayer", {"batch_shape": [None, 4, 3], "dtype": "float32", "name": "a"})
_OLDER = "python==3.11 keras==3.8.0 tensorflow==2.18.0"

EXAMPLES = (
    Ill(
        lambda: sequential(_INPUT, ("Softmax", {"axis": [1, 2], "name": "b"}), form="hdf5-model", module=""),
        "works along -1, not [1, 2]",
    ),
    Ill(
        lambda: sequential(_INPUT, ("Softmax", {"axis": 1, "name": "b"}), form="hdf5-model", module="", env=_OLDER),
        "works along -1, not 1",
    ),
    Well(lambda: sequential(_INPUT, ("Softmax", {"axis": 1, "name": "b"}), form="hdf5-model", module="")),
    Well(
        lambda: sequential(_INPUT, ("Softmax", {"axis": 2, "name": "b"}), form="hdf5-model", module="", env=_OLDER),
    ),
)
