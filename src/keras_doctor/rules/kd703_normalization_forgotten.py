"""A Normalization layer is given its mean and variance and does not use them.

**What happens.** Nothing is said: the layer normalizes with mean 0 and variance 1, so that it does nothing, and
everything after it gets numbers of another size.

**Why.** The layer computes with constants that it makes from its variables when it is built. Reading an HDF5 file fills
the variables; that the constants have to be made again, tf.keras 2.6 and 2.7 and Keras 3 up to 3.5 forget, and Keras 3
to this day where the layer stands inside another model or wrapper.

**How to mend.** Write mean and variance into the config (a repair does so), or load a `.keras` archive, which is not
concerned, or tf.keras 2.8 to 2.15.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import entry, sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD703",
    "normalization-forgotten",
    "silent-weights-changed",
    "error",
    ("class:Normalization",),
    effect="loads-differently",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a Normalization in an HDF5 file whose statistics stand among its variables."""
    made: Built = step.subject
    api = made.api
    if context.document.container != "hdf5" or made.config.get("mean") is not None:
        return
    if has("finalizes-every-layer", api.library, api.version):
        return
    own = step.where.path.count(".") == 1  # "config.layers[3]": a layer of the model itself
    if own and has("finalizes-own-layers", api.library, api.version):
        return
    name = shown(made.config.get("name") or "Normalization", 60)
    yield RULE.finding(
        step,
        f"{release_of(api)} reads mean and variance of the layer {name} from HDF5 and goes on with 0 and 1",
        remedies=ways_out(context),
    )


_INPUT = ("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "a"})
_LAYER = ("Normalization", {"axis": [-1], "name": "b"})
_INNER = ("Sequential", {"name": "c", "layers": [entry(*_INPUT, module=""), entry(*_LAYER, module="")]})
_OLDER = "python==3.11 keras==3.3.3 tensorflow==2.16.2"

EXAMPLES = (
    Ill(lambda: sequential(_INPUT, _LAYER, form="hdf5-model", module="", env=_OLDER), "goes on with 0 and 1"),
    Ill(lambda: sequential(_INPUT, _INNER, form="hdf5-model", module=""), "goes on with 0 and 1"),
    Well(lambda: sequential(_INPUT, _LAYER, form="hdf5-model", module="")),
    Well(lambda: sequential(_INPUT, _LAYER, env=_OLDER)),
    Well(
        lambda: sequential(
            _INPUT, (_LAYER[0], {**_LAYER[1], "mean": 1.0, "variance": 2.0}), form="hdf5-model", module="", env=_OLDER
        )
    ),
)
