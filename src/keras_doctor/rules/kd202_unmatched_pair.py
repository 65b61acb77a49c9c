"""This TensorFlow and this Keras do not belong together.

**What happens.** The import fails, or the load fails with an error from deep inside TensorFlow that says nothing of
the model: `No module named 'keras.api'`, `cannot import name 'dtensor'`, `has no attribute
'register_load_context_function'`, `Another metric with the same name already exists.`, `Keras requires TensorFlow 2.2
or higher.`

**Why.** From 2.6 to 2.15 the `keras` package is a part of TensorFlow that must be of the same line. Another one came
with a later `pip install`, which only warns of it. Standalone Keras up to 2.3 knows TensorFlow 1 and the first
releases of 2; Keras 2.4 is no Keras but a door to `tf.keras`.

**How to mend.** Install the `keras` that the TensorFlow asks for, or the newest of both.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.clashes import clashes
from keras_doctor.releases.version import satisfies
from keras_doctor.rules.installing import fresh, install, installed
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

_ON = ("clash:keras", "clash:tf-keras", "environment:keras-of-tensorflow")
RULE = Rule("KD202", "unmatched-pair", "environment-broken", "error", _ON, effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a pair that was seen to fail, or one that TensorFlow's own metadata exclude and that nobody tried."""
    environment: Environment = step.subject
    tensorflow = environment.tensorflow
    if environment.problem or not tensorflow or environment.backend != "tensorflow":
        return
    name = "tf-keras" if environment.loader == "tf_keras" else "keras"
    version = environment.package(name)
    if not version:
        return
    names = f"{'tf-keras' if name == 'tf-keras' else 'Keras'} {version} and TensorFlow {tensorflow}"
    remedies = (_mend(environment, tensorflow, name), fresh(context.document))
    for clash in clashes(name, environment.loader, environment.package):
        if clash.files == "softmax" and not _has_softmax(context):
            continue
        if clash.effect != "works":
            yield RULE.finding(
                step,
                f"{names} do not work together",
                evidence=(f"seen: {clash.seen}", f"the message: {clash.says}"),
                remedies=remedies,
                effect=clash.effect,
            )
        return
    asked = _asked(environment, tensorflow, name, version)
    if asked:
        yield RULE.finding(
            step,
            f"{names} are not meant for each other: {asked}",
            severity="warning",
            effect="unknown",
            remedies=remedies,
        )


def _asked(environment: Environment, tensorflow: str, name: str, version: str) -> str:
    """Return whose metadata exclude the pair, and how; "" when none do."""
    index = catalog()
    if name == "tf-keras":
        if index.allows("tf-keras", version, "tensorflow", tensorflow) is False:
            return f"tf-keras {version} asks for tensorflow {index.requirement('tf-keras', version, 'tensorflow')}"
        return ""
    part_of_it = environment.loader == "tf.keras" or satisfies(version, ">=2.4,<3.0.0.dev0")
    if part_of_it and index.allows("tensorflow", tensorflow, "keras", version) is False:
        return f"TensorFlow {tensorflow} asks for keras {index.requirement('tensorflow', tensorflow, 'keras')}"
    return ""


def _has_softmax(context: Context) -> bool:
    return any(layer.config.get("activation") == "softmax" for layer in context.document.layers)


def _mend(environment: Environment, tensorflow: str, name: str) -> Remedy:
    """Return how to install the one that fits the TensorFlow that is there."""
    index = catalog()
    if name == "tf-keras":
        known = index.versions("tf-keras")
        fits = next((v for v in reversed(known) if index.allows("tf-keras", v, "tensorflow", tensorflow)), None)
        if fits:
            return Remedy(
                f"Install the tf-keras for TensorFlow {tensorflow}:", install(environment, f"tf-keras=={fits}")
            )
        return Remedy(
            "Install the last tf-keras and its TensorFlow:", install(environment, "-U", "tf-keras", "tensorflow")
        )
    own = index.tensorflow_keras(tensorflow)
    if own and satisfies(tensorflow, ">=2.6"):
        return Remedy(f"Install the Keras of TensorFlow {tensorflow}:", install(environment, f"keras=={own}"))
    if own and environment.loader == "keras" and satisfies(environment.keras or "", "<3"):
        command = install(environment, "keras==2.3.1", "tensorflow==1.15.5")
        return Remedy(f"Use the tf.keras of TensorFlow {tensorflow}, or install what Keras 2.3.1 is made for:", command)
    asked = index.requirement("tensorflow", tensorflow, "keras", environment.python) or ">=3"
    keras = index.newest("keras", python=environment.python, requirement=asked)
    return Remedy(
        f"Install a Keras for TensorFlow {tensorflow}:", install(environment, f"keras=={keras}" if keras else "keras")
    )


EXAMPLES = (
    Ill(lambda: sample("hdf5-model", env="keras==3.15.1 tensorflow==2.12.1 loader=tf.keras"), "do not work together"),
    Ill(lambda: sample("hdf5-model", env="keras==2.4.3 tensorflow==2.1.4"), "do not work together"),
    Ill(lambda: sample("hdf5-model", env="keras==2.7.0 tensorflow==2.6.5"), "do not work together"),
    Ill(lambda: sample("hdf5-model", env="keras==2.15.0 tensorflow==2.16.2"), "do not work together"),
    Ill(lambda: sample("hdf5-model", env="tf-keras==2.15.1 tensorflow==2.16.2"), "do not work together"),
    Ill(lambda: sample("hdf5-model", env="keras==2.7.0 tensorflow==2.9.3"), "not meant for each other"),
    Well(lambda: sample("hdf5-model", env="keras==3.3.3 tensorflow==2.21.0")),
    Well(lambda: sample("hdf5-model", env="keras==2.4.3 tensorflow==2.4.4")),
    Well(lambda: sample("hdf5-model", env="keras==2.3.1 tensorflow==1.15.0")),
    Well(lambda: sample("hdf5-model", env="keras==2.15.0 tensorflow==2.15.1")),
    Well(lambda: sample("hdf5-model", env="tf-keras==2.21.0 tensorflow==2.21.0")),
    Well(lambda: installed("hdf5-model", "keras==3.15.1 jax==0.10.2 backend=jax tensorflow==2.10.1")),
)
