"""A lookup layer learned its vocabulary from data, and the file does not hold it.

**What happens.** The model loads. At the first `predict`: `Table not initialized`, in `None_Lookup/LookupTableFindV2`.

**Why.** What `adapt` learns stands in a table, not among the weights. A `.keras` archive has a place for it, the HDF5
files of Keras 3 do not, and the config has the vocabulary only where it was given to the layer. No release, from
tf.keras 2.12 on, looks for the assets of an archive that has none at all.

**How to mend.** Adapt the layer again on the same data, or give it the vocabulary: `layer.set_vocabulary([…])`. Save
such models as `.keras` archives.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD318",
    "vocabulary-not-in-hdf5",
    "assets-missing",
    "error",
    ("class:StringLookup", "class:IntegerLookup", "class:TextVectorization"),
    effect="loads-not-runnable",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a lookup layer that has no vocabulary, neither in its config nor among assets."""
    made: Built = step.subject
    archive = context.document.format == "keras-v3" and not context.document.assets
    hdf5 = context.document.container == "hdf5" and made.api.line == "keras-3"  # the HDF5 of others: KD512
    if made.config.get("vocabulary") is not None or not (archive or hdf5):
        return
    name = shown(made.config.get("name") or made.definition.class_name, 60)
    yield RULE.finding(
        step,
        f"the file does not hold the vocabulary of the layer {name}: it cannot look anything up",
        remedies=(Remedy("Give the vocabulary to the layer after loading:", f"model.get_layer({name!r}).adapt(data)"),),
    )


_INPUT = ("InputLayer", {"batch_shape": [None, 2], "dtype": "string", "name": "a"})
_OLD_INPUT = ("InputLayer", {"batch_input_shape": [None, 2], "dtype": "string", "name": "a"})
_LAYER = {"name": "b", "vocabulary": None, "vocabulary_size": 3}

EXAMPLES = (
    Ill(
        lambda: sequential(_INPUT, ("StringLookup", _LAYER), form="hdf5-model", module=""),
        "the file does not hold the vocabulary of the layer b",
    ),
    Well(
        lambda: sequential(_INPUT, ("StringLookup", {**_LAYER, "vocabulary": ["x", "y"]}), form="hdf5-model", module="")
    ),
    Ill(lambda: sequential(_INPUT, ("StringLookup", _LAYER)), "the file does not hold the vocabulary of the layer b"),
    Ill(
        lambda: sequential(_OLD_INPUT, ("StringLookup", _LAYER), env="python==3.11 tensorflow==2.15.1"),
        "the file does not hold the vocabulary of the layer b",
    ),
)
