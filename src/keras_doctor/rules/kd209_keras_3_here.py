"""This model was saved by Keras 2, and Keras 3 would load it here.

**What happens.** Often the load works; where it does not, the errors name keywords and classes that Keras 3 dropped
(`time_major`, `batch_input_shape`, `Unknown layer`), and a SavedModel folder is not read at all. `import tensorflow as
tf; tf.keras` is no way round it.

**Why.** From TensorFlow 2.16 on `tf.keras` is Keras 3, another library with the same name; with a Keras 3 beside
TensorFlow 2.15, too.

**How to mend.** To keep Keras 2, install `tf-keras` and load with `tf_keras`, or set TF_USE_LEGACY_KERAS=1 before
TensorFlow is imported.
"""

from __future__ import annotations

from keras_doctor.document.provenance import Provenance
from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.version import satisfies
from keras_doctor.rules.installing import install
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD209", "keras-3-here", "mixed-keras", "info", ("environment:another-era",))

_KERAS_2 = ("keras-2", "tf.keras", "tf.keras-v3")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a Keras 2 model in an environment whose TensorFlow brings Keras 3."""
    environment: Environment = step.subject
    provenance = context.document.provenance
    library, version = environment.release
    tensorflow = environment.tensorflow
    if library != "keras" or not satisfies(version, ">=3.0.0.dev0") or provenance.era not in _KERAS_2:
        return
    if not tensorflow or environment.backend != "tensorflow":
        return
    surprise = environment.loader == "tf.keras" and satisfies(tensorflow, "<2.16")
    saved = f"Keras {provenance.keras_version}" if provenance.keras_version else "Keras 2"
    yield RULE.finding(
        step,
        f"the model was saved by {saved}; with TensorFlow {tensorflow} it is loaded by Keras {version}"
        + (", for tf.keras takes the Keras 3 that is installed" if surprise else ""),
        severity="warning" if surprise else None,
        remedies=_remedies(environment, tensorflow, context.document.path),
    )


def _remedies(environment: Environment, tensorflow: str, path: str) -> tuple[Remedy, ...]:
    """Return how to come back to Keras 2 in the same environment."""
    index = catalog()
    if environment.package("tf-keras"):
        command = f"import tf_keras; model = tf_keras.models.load_model({path!r})"
        return (Remedy("tf-keras is installed: load with it", command),)
    own = index.tensorflow_keras(tensorflow)
    if own:
        command = install(environment, f"keras=={own}")
        return (Remedy(f"For the Keras 2 of TensorFlow {tensorflow}:", command),)
    known = reversed(index.versions("tf-keras"))
    fits = next((v for v in known if index.allows("tf-keras", v, "tensorflow", tensorflow)), None)
    requirement = f"tf-keras=={fits}" if fits else "tf-keras"
    return (Remedy("For Keras 2, install tf-keras and load with tf_keras:", install(environment, requirement)),)


_SAVED = Provenance(keras_version="2.10.0", era="tf.keras")

EXAMPLES = (
    Ill(
        lambda: sample("hdf5-model", env="keras==3.15.1 tensorflow==2.21.0", provenance=_SAVED), "saved by Keras 2.10.0"
    ),
    Ill(
        lambda: sample("hdf5-model", env="keras==3.3.3 tensorflow==2.15.1 loader=tf.keras", provenance=_SAVED),
        "tf.keras takes the Keras 3",
    ),
    Well(lambda: sample("hdf5-model", env="keras==2.10.0 tensorflow==2.10.1", provenance=_SAVED)),
    Well(lambda: sample("keras-v3", env="keras==3.15.1 tensorflow==2.21.0")),
)
