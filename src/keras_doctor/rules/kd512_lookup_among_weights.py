"""tf.keras up to TensorFlow 2.5 takes the table of a lookup layer for a weight that HDF5 cannot hold.

**What happens.** `NotImplementedError: Save or restore weights that is not an instance of tf.Variable is not supported
in h5, use save_format='tf' instead`: when such a model is saved as HDF5, and when one is loaded from it that another
release, or a tool, has written.

**Why.** `load_weights_from_hdf5_group` collects the weights of every layer of the model, and raises at the first that
is no variable. From TensorFlow 2.6 on, a vocabulary that stands in the config makes a table that is no weight.

**How to mend.** Load the model with TensorFlow 2.6 or later, or as a SavedModel.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import named, release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD512",
    "lookup-among-weights",
    "format-not-supported",
    "error",
    ("class:StringLookup", "class:IntegerLookup", "class:TextVectorization"),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a lookup layer in an HDF5 file for a release whose tables are weights."""
    made: Built = step.subject
    if context.document.format != "hdf5-model" or not has("counts-tables", made.api.library, made.api.version):
        return
    if made.refused or made.missing:
        return  # there is no layer, whose table would be in the way
    yield RULE.finding(
        step,
        f"{named(made.reference)} has a table, which {release_of(made.api)} takes for a weight that HDF5 cannot hold",
        remedies=(fresh(context.document, context.environment.python),),
    )


_INPUT = ("InputLayer", {"batch_input_shape": [None, 1], "dtype": "string", "name": "a"})
_LAYER = {"name": "b", "max_tokens": 4, "vocabulary": ["x"]}
_MODEL = (_INPUT, ("StringLookup", _LAYER))

EXAMPLES = (
    Ill(
        lambda: sequential(*_MODEL, form="hdf5-model", module="", env="python==3.7 tensorflow==2.4.4"),
        "the layer StringLookup has a table",
    ),
    Well(lambda: sequential(*_MODEL, form="hdf5-model", module="", env="python==3.9 tensorflow==2.6.5")),
)
