"""There are several Kerases in this environment.

**What happens.** A model of one refuses layers of another: `Only instances of keras.Layer can be added`, `Expected
object to be an instance of KerasSaveable, but got <tf_keras…>`; the same script loads a model or not depending on
which it imports.

**Why.** `keras`, `tf.keras` and `tf_keras` can be three different libraries. `tf.keras` is Keras 2 inside TensorFlow
up to 2.15, Keras 3 from 2.16 on (or with Keras 3 beside 2.15), and tf-keras where TF_USE_LEGACY_KERAS is set. Packages
such as transformers bring tf-keras with them.

**How to mend.** Nothing, when model and script use the same one. Otherwise import everywhere the one that the model was
saved with.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.version import satisfies
from keras_doctor.rules.installing import installed
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD208", "several-kerases", "mixed-keras", "warning", ("environment:several-kerases",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report what each import gives where they differ."""
    environment: Environment = step.subject
    if environment.problem or not environment.complete:
        return
    imports = tuple(_imports(environment))
    if len({what for _, what in imports}) < 2:
        return
    library, version = environment.release
    taken = {"keras": "keras", "tf.keras": "tf.keras", "tf_keras": "tf_keras"}[environment.loader]
    told = ", ".join(f"{name} is {what}" for name, what in imports)
    yield RULE.finding(
        step,
        f"several Kerases are installed: {told}",
        evidence=(f"taken here: {taken} ({library} {version})",) if library else (),
        remedies=(Remedy("Import the one that the model was saved with, in every file of the program."),),
    )


def _imports(environment: Environment) -> Iterator[tuple[str, str]]:
    """Yield what `keras`, `tf.keras` and `tf_keras` are here."""
    keras, tensorflow, legacy = environment.keras, environment.tensorflow, environment.package("tf-keras")
    modern = bool(keras) and satisfies(keras or "", ">=3.0.0.dev0")
    if keras:
        shim = bool(tensorflow) and satisfies(keras, ">=2.4,<2.5")
        yield "keras", f"the Keras of TensorFlow {tensorflow}" if shim else f"Keras {keras}"
    if tensorflow:
        if satisfies(tensorflow, "<2.6"):
            yield "tf.keras", f"the Keras of TensorFlow {tensorflow}"
        elif environment.loader == "tf_keras" and environment.variable("TF_USE_LEGACY_KERAS"):
            yield "tf.keras", f"tf-keras {legacy}"
        elif keras and (not modern or satisfies(tensorflow, ">=2.15")):
            yield "tf.keras", f"Keras {keras}"
    if legacy:
        yield "tf_keras", f"tf-keras {legacy}"


EXAMPLES = (
    Ill(
        lambda: installed("keras-v3", "keras==3.15.1 tensorflow==2.21.0 tf-keras==2.21.0"),
        "tf_keras is tf-keras 2.21.0",
    ),
    Ill(
        lambda: installed("hdf5-model", "keras==2.3.1 tensorflow==1.15.0"), "tf.keras is the Keras of TensorFlow 1.15.0"
    ),
    Well(lambda: installed("keras-v3", "keras==3.15.1 tensorflow==2.21.0")),
    Well(lambda: installed("hdf5-model", "keras==2.10.0 tensorflow==2.10.1")),
    Well(lambda: installed("hdf5-model", "keras==2.4.3 tensorflow==2.4.4")),
    Well(lambda: sample("keras-v3", env="keras==3.15.1 tensorflow==2.21.0 tf-keras==2.21.0")),
)
