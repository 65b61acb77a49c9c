"""There is no Keras here that could load a model.

**What happens.** `import keras` or `import tensorflow` ends with `No module named 'keras'`, before the file is opened;
with a TensorFlow from 2.16 on and no Keras beside it, `tf.keras` ends with `Keras cannot be imported. Check that it is
installed.`

**Why.** Neither Keras nor a TensorFlow that brings one is installed in this environment, or the wrong environment is
active.

**How to mend.** Activate the environment in which the model is used, or install the release that suits the model. When
pip says that there is no matching distribution, the Python is newer or older than any TensorFlow of that time.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.catalog import line_of
from keras_doctor.rules.installing import fresh, install, installed, suited
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD201", "nothing-installed", "package-missing", "error", ("environment:without-loader",), effect="fails")

_MODULES = {"keras": "keras", "tf.keras": "tensorflow", "tf_keras": "tf-keras"}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an environment without the loader, and what would bring it."""
    environment = step.subject
    if not environment.complete or environment.problem or environment.release[0]:
        return
    package = _MODULES[environment.loader]
    if environment.loader == "keras" and environment.tensorflow:
        package = "keras"
    elif environment.loader != "tf_keras" and environment.tensorflow is None and environment.keras:
        package = "tensorflow"  # the Keras that is here is a part of TensorFlow
    if environment.package(package):
        package = "keras"  # TensorFlow from 2.16 on without one
    setup = suited(context.document, environment.python)
    remedies = [fresh(context.document)]
    if setup.python == line_of(environment.python):
        named = " and ".join(setup.requirements).replace("==", " ")
        command = install(environment, *setup.requirements)
        remedies = [Remedy(f"Install what suits the model, {named}:", command), fresh(context.document)]
    yield RULE.finding(
        step,
        f"{package} is not installed here" if environment.packages else "nothing is installed here, Keras neither",
        evidence=(f"looked at: {environment.origin}",),
        remedies=tuple(dict.fromkeys(remedies)),
    )


EXAMPLES = (
    Ill(lambda: installed("keras-v3", "python==3.11 numpy==2.0.2"), "keras is not installed"),
    Ill(lambda: installed("hdf5-model", "python==3.11 tensorflow==2.16.2"), "keras is not installed"),
    Ill(lambda: installed("hdf5-model", "python==3.11 keras==2.10.0 loader=tf.keras"), "tensorflow is not installed"),
    Ill(lambda: installed("hdf5-model", "python==3.11 keras==3.6.0 loader=tf_keras"), "tf-keras is not installed"),
    Well(lambda: installed("keras-v3", "python==3.11 keras==3.15.1 tensorflow==2.21.0")),
    Well(lambda: installed("hdf5-model", "python==3.7 tensorflow==2.4.4")),
    Well(lambda: sample("keras-v3", env="python==3.11")),
)
