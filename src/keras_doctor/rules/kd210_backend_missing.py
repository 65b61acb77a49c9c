"""The backend that Keras would compute with is not installed.

**What happens.** `import keras` ends with `No module named 'tensorflow'` (or `jax`, `torch`, `theano`), or with `Unable
to import backend`.

**Why.** Keras up to 2.3 and Keras 3 bring no backend of their own. Which one they take is said by the variable
KERAS_BACKEND, else by `~/.keras/keras.json`, else it is TensorFlow, also where only JAX or PyTorch is installed. The
NumPy backend of Keras 3 is no exception: it needs JAX and SciPy.

**How to mend.** Name the backend that is installed, or install the one that is named.
"""

from __future__ import annotations

from keras_doctor.environments.environment import BACKENDS
from keras_doctor.findings import Finding, Remedy
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.version import satisfies
from keras_doctor.rules.installing import install, installed
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD210", "backend-missing", "backend-missing", "error", ("environment:backend",), effect="fails")

_OF_KERAS_3 = ("tensorflow", "jax", "torch", "numpy", "openvino")
_OF_KERAS_2 = ("tensorflow", "theano", "cntk")
# What a backend imports besides the package of its name (keras/src/backend/numpy/nn.py and linalg.py).
_ALSO = {"numpy": ("jax", "scipy")}


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a backend that is not there, or that this Keras does not know."""
    environment: Environment = step.subject
    library, version = environment.release
    if environment.problem or library != "keras" or not environment.backend:
        return
    known = _OF_KERAS_3 if satisfies(version, ">=3.0.0.dev0") else _OF_KERAS_2
    backend = environment.backend
    if backend not in known:
        yield RULE.finding(
            step,
            f"Keras {version} has no backend {backend}: it knows {', '.join(known)}",
            evidence=(f"named by: {environment.origin}",),
            remedies=tuple(_choose(environment, known)),
        )
        return
    missing = next((name for name in (backend, *_ALSO.get(backend, ())) if environment.lacks(name)), None)
    if missing:
        needs = "" if missing == backend else f", which needs {missing}"
        yield RULE.finding(
            step,
            f"the backend of Keras {version} is {backend}{needs}, which is not installed",
            evidence=(f"looked at: {environment.origin}",),
            remedies=(*_choose(environment, known), _install(environment, missing)),
        )


def _choose(environment: Environment, known: tuple[str, ...]) -> Iterator[Remedy]:
    """Yield the backends that are installed, and how to name one."""
    for backend in BACKENDS:
        if backend in known and backend != "numpy" and environment.package(backend):
            yield Remedy(
                f"{backend} is installed: choose it before Keras is imported", f"export KERAS_BACKEND={backend}"
            )
            return


def _install(environment: Environment, backend: str) -> Remedy:
    version = catalog().newest(backend, python=environment.python)
    return Remedy("Install it:", install(environment, f"{backend}=={version}" if version else backend))


EXAMPLES = (
    Ill(lambda: installed("keras-v3", "keras==3.15.1 h5py==3.14.0 numpy==2.4.6"), "tensorflow, which is not installed"),
    Ill(
        lambda: installed("keras-v3", "keras==3.15.1 jax==0.10.2 backend=tensorflow"),
        "tensorflow, which is not installed",
    ),
    Ill(lambda: sample("keras-v3", env="keras==3.15.1 backend=theano"), "no backend theano"),
    Ill(lambda: sample("hdf5-model", env="keras==2.3.1 backend=jax"), "no backend jax"),
    Well(lambda: installed("keras-v3", "keras==3.15.1 torch==2.10.0 backend=torch")),
    Ill(lambda: installed("keras-v3", "keras==3.15.1 numpy==2.4.6 backend=numpy"), "is numpy, which needs jax"),
    Well(lambda: installed("keras-v3", "keras==3.15.1 numpy==2.4.6 jax==0.10.2 scipy==1.15.0 backend=numpy")),
    Well(lambda: sample("keras-v3", env="keras==3.15.1 backend=jax")),
)
