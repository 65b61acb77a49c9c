"""NumPy does not fit the TensorFlow or h5py that is installed.

**What happens.** With NumPy 2 under a TensorFlow before 2.18 the import fails: `numpy.core.umath failed to import`, `A
module that was compiled using NumPy 1.x cannot be run in NumPy 2`, `Unable to convert function return value to a
Python type`. With NumPy 1.24 or later under a TensorFlow before 2.7: `module 'numpy' has no attribute 'object'`. With
NumPy 1.20 or later under a TensorFlow before 2.6 a model with a recurrent layer fails while it is built: `Cannot
convert a symbolic Tensor (lstm/strided_slice:0) to a numpy array`.

**Why.** These releases were built and tested with the NumPy of their time; pip took a later one because their metadata
did not exclude it, or another package brought it.

**How to mend.** Install a NumPy that fits.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.clashes import Clash, bounds_for, clashes
from keras_doctor.rules.installing import fresh, install
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

_ON = ("clash:numpy", "config:clash:numpy")
RULE = Rule("KD205", "numpy-too-new", "environment-broken", "error", _ON, effect="fails")

_NAMES = {"tensorflow": "TensorFlow", "h5py": "h5py"}
# Layers that ask a symbolic tensor for its shape through NumPy while they are built (get_initial_state of a cell).
_RECURRENT = ("RNN", "SimpleRNN", "LSTM", "GRU", "SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a NumPy under which the import fails or, once the layers are known, under which one of them does."""
    environment = context.environment
    if environment.problem:
        return
    for clash in clashes("numpy", environment.loader, environment.package):
        if not _uses(environment, clash.package):
            continue
        if not clash.files and "environment" not in step.tags:
            return  # said before: not even the import succeeds
        if clash.files and "config" not in step.tags:
            continue
        layers = [layer for layer in context.document.layers if layer.class_name in _RECURRENT]
        if clash.files and not layers:
            continue
        yield _finding(step, context, clash, f": {layers[0].class_name} layers cannot be built" if clash.files else "")
        return


def _uses(environment: Environment, package: str) -> bool:
    """Tell whether the loader imports a package: Keras 3 with another backend does without TensorFlow."""
    return package != "tensorflow" or environment.backend == "tensorflow"


def _finding(step: Step, context: Context, clash: Clash, where: str) -> Finding:
    environment = context.environment
    version, numpy = environment.package(clash.package), environment.numpy
    old = clash.other_versions.startswith("<")
    fits = catalog().newest("numpy", python=environment.python, requirement=_fitting(environment, clash))
    remedies = (Remedy("Install a NumPy that fits:", install(environment, f"numpy=={fits}")),) if fits else ()
    return RULE.finding(
        step,
        f"NumPy {numpy} is too {'old' if old else 'new'} for {_NAMES[clash.package]} {version}{where}",
        evidence=(f"seen: {clash.seen}", f"the message: {clash.says}"),
        remedies=(*remedies, fresh(context.document, environment.python)),
        cause="python-incompatible" if where else None,
    )


def _fitting(environment: Environment, clash: Clash) -> str:
    """Return what a NumPy must meet: the opposite of the clash, and what the package itself asks for."""
    bound, version = clash.other_versions, environment.package(clash.package) or ""
    opposite = bounds_for(clash.package, version)["numpy"] if bound.startswith(">=") else ">=" + bound[1:]
    asked = catalog().requirement(clash.package, version, "numpy", environment.python)
    return ",".join(part for part in (opposite, asked) if part)


_LSTM = {
    "class_name": "Sequential",
    "config": {"name": "m", "layers": [{"class_name": "LSTM", "config": {"name": "lstm", "units": 4}}]},
}

EXAMPLES = (
    Ill(lambda: sample("hdf5-model", env="python==3.11 tensorflow==2.15.1 numpy==2.0.2"), "NumPy 2.0.2 is too new"),
    Ill(lambda: sample("keras-v3", env="keras==3.0.5 tensorflow==2.16.2 numpy==2.4.6"), "NumPy 2.4.6 is too new"),
    Ill(lambda: sample("hdf5-model", env="tensorflow==2.6.5 numpy==1.24.4"), "NumPy 1.24.4 is too new"),
    Ill(
        lambda: sample("hdf5-model", env="tensorflow==2.4.4 numpy==1.21.6", config=_LSTM), "LSTM layers cannot be built"
    ),
    Ill(lambda: sample("keras-v3", env="keras==3.15.1 tensorflow==2.21.0 numpy==1.23.5"), "too old"),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.4.4 numpy==1.21.6")),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.6.5 numpy==1.21.6", config=_LSTM)),
    Well(lambda: sample("hdf5-model", env="python==3.11 tensorflow==2.15.1 numpy==1.26.4")),
    Well(lambda: sample("keras-v3", env="keras==3.15.1 jax==0.10.2 tensorflow==2.15.1 numpy==2.4.6 backend=jax")),
)
