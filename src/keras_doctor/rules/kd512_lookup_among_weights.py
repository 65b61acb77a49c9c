"""tf.keras takes the table of a lookup layer for a weight that HDF5 cannot hold.

**What happens.** `NotImplementedError: Save or restore weights that is not an instance of tf.Variable is not supported
in h5, use save_format='tf' instead`: when such a model is saved as HDF5, and when one is loaded from it that another
release, or a tool, has written.

**Why.** `load_weights_from_hdf5_group` collects the weights of every layer of the model, and raises at the first that
is no variable. From TensorFlow 2.6 on, a vocabulary that stands in the config makes a table that is no weight; one that
the layer learned (`adapt`) still does.

**How to mend.** With a vocabulary in the config, load the model with TensorFlow 2.6 or later. What the layer learned is
in the model's SavedModel, and in its `.keras` archive, which tf.keras 2.12 to 2.15 reads too: `keras-doctor repair`
writes the words into the config. Or give the layer its vocabulary (`set_vocabulary`) where the model is made.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_hdf5 import Misfit

RULE = Rule("KD512", "lookup-among-weights", "format-not-supported", "error", ("arrays:table",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layer."""
    misfit: Misfit = step.subject
    yield RULE.finding(
        step,
        f"the layer {shown(misfit.layer, 60)} has a table, which {release_of(misfit.api)} takes for a weight that HDF5 "
        "cannot hold",
        remedies=(*_words(misfit, context), *ways_out(context)),
    )


def _words(misfit: Misfit, context: Context) -> tuple[Remedy, ...]:
    """Return where the words are that a layer learned: HDF5 has them nowhere."""
    layer = next((node for node in context.document.layers if node.name == misfit.layer), None)
    if layer is None or layer.config.get("vocabulary") is not None:
        return ()
    archive = " into a .keras archive" if has("reads-keras-zip", *context.environment.release) else ""
    return (
        Remedy(
            "HDF5 has no place for what the layer learned: take the SavedModel, or the .keras archive, of the same "
            f"model instead, and have that mended{archive}."
        ),
    )


_INPUT = ("InputLayer", {"batch_input_shape": [None, 1], "dtype": "string", "name": "a"})
_MODEL = (_INPUT, ("StringLookup", {"name": "words", "max_tokens": 4, "vocabulary": ["x"]}))
_LEARNED = (_INPUT, ("TextVectorization", {"name": "text", "max_tokens": 4, "vocabulary": None}))

EXAMPLES = (
    Ill(lambda: in_hdf5({}, *_MODEL, env="python==3.7 tensorflow==2.4.4"), "the layer words has a table"),
    Well(lambda: in_hdf5({}, *_MODEL, env="python==3.9 tensorflow==2.6.5")),
    Ill(lambda: in_hdf5({}, *_LEARNED, env="python==3.11 tensorflow==2.15.1"), "the layer text has a table"),
)
