"""protobuf does not fit this TensorFlow.

**What happens.** The import fails: `TypeError: Descriptors cannot be created directly. If this call came from a
_pb2.py file, your generated code is out of date`; the other way round, `Detected incompatible Protobuf Gencode/Runtime
versions` or `cannot import name 'runtime_version'`.

**Why.** TensorFlow brings code that a protobuf compiler generated. protobuf 4 refuses what compilers before 3.19 wrote,
which is what TensorFlow up to 2.11 brings; code of a newer compiler refuses an older protobuf.

**How to mend.** Install a protobuf that fits. In a hurry, the variable PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python
makes an old TensorFlow work with protobuf 4, slowly.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.records import replace
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.clashes import clashes
from keras_doctor.rules.installing import fresh, install
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD211", "protobuf-clash", "environment-broken", "error", ("clash:protobuf",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a protobuf under which the import fails."""
    environment: Environment = step.subject
    if environment.problem or environment.backend != "tensorflow":
        return
    clash = next(clashes("protobuf", environment.loader, environment.package), None)
    if clash is None:
        return
    old = clash.other_versions.startswith("<")
    if not old and environment.variable("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION") == "python":
        return  # slow, but it loads: seen with TensorFlow 2.4.4 and protobuf 4.24.4
    index, version = catalog(), environment.package(clash.package) or ""
    opposite = (">=" + clash.other_versions[1:]) if old else "<3.21"
    asked = index.requirement(clash.package, version, "protobuf", environment.python)
    fits = index.newest(
        "protobuf", python=environment.python, requirement=",".join(part for part in (opposite, asked) if part)
    )
    name = {"tensorflow": "TensorFlow"}.get(clash.package, clash.package)
    yield RULE.finding(
        step,
        f"protobuf {environment.package('protobuf')} is too {'old' if old else 'new'} for {name} {version}",
        evidence=(f"seen: {clash.seen}", f"the message: {clash.says}"),
        remedies=(
            Remedy(
                "Install a protobuf that fits:",
                install(environment, f"protobuf=={fits}" if fits else "protobuf" + opposite),
            ),
            fresh(context.document, environment.python),
        ),
    )


def _slow(document: ModelDocument, environment: Environment) -> tuple[ModelDocument, Environment]:
    return document, replace(environment, variables=(("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python"),))


EXAMPLES = (
    Ill(
        lambda: sample("hdf5-model", env="python==3.7 tensorflow==2.4.4 protobuf==4.21.12"),
        "too new for TensorFlow 2.4.4",
    ),
    Ill(lambda: sample("keras-v3", env="keras==3.15.1 tensorflow==2.21.0 protobuf==5.29.6"), "too old"),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.4.4 protobuf==3.20.3")),
    Well(lambda: _slow(*sample("hdf5-model", env="tensorflow==2.4.4 protobuf==4.24.4"))),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.12.1 protobuf==4.25.8")),
    Well(lambda: sample("keras-v3", env="keras==3.15.1 jax==0.10.2 tensorflow==2.10.1 protobuf==5.29.6 backend=jax")),
)
