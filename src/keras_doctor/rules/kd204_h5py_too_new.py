"""h5py gives this old loader text where it expects bytes.

**What happens.** `AttributeError: 'str' object has no attribute 'decode'`, at once, for every HDF5 model.

**Why.** Keras up to 2.3.1 and tf.keras up to 2.4 decode the attributes of the file themselves. h5py 3 does that already
for text of variable length, which is how Keras stores its config, so nothing is left to decode. (With h5py 2 the same
happens to a file that another program has written anew with its attributes marked as UTF-8.)

**How to mend.** Install an h5py before 3 (there are wheels for Python up to 3.8), or load the file with a newer
TensorFlow, which reads it with either.

**Since.** h5py 3.0, of October 2020.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.loaders.decoding import Decoded, decodes
from keras_doctor.releases.catalog import catalog, line_of
from keras_doctor.releases.clashes import clashes
from keras_doctor.releases.version import satisfies
from keras_doctor.rules.installing import fresh, install
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.environments import Environment
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD204", "h5py-too-new", "h5py-incompatible", "error", ("h5py:decodes",), effect="fails")

_OLD = "2.10.0"  # the last h5py before 3


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report an attribute that the loader cannot decode, with the h5py that is there."""
    environment, version = context.environment, context.environment.h5py or ""
    library, release = environment.release
    if isinstance(step.subject, Decoded):
        name, stored = step.subject.name, step.subject.stored
    else:  # where the file is opened, load_model decodes the config: "vlen-ascii" is how every Keras stores it
        storage = context.document.facts.get("attribute_storage") or {}
        name, stored = "model_config", storage.get("model_config") or "vlen-ascii"
        if context.document.format != "hdf5-model" or not decodes(environment, stored):
            return
    who = f"Keras {release}" if library == "keras" else f"the tf.keras of TensorFlow {release}"
    what = "config" if name == "model_config" else name
    kept = f"the attribute {name} is stored as text of variable length"
    if satisfies(version, ">=3"):
        clash = next(clashes("h5py", environment.loader, environment.package), None)
        yield RULE.finding(
            step,
            f"h5py {version} is too new for {who}: it returns the {what} as text, which this loader decodes again",
            evidence=(kept, *((f"seen: {clash.seen}", f"the message: {clash.says}") if clash else ())),
            remedies=(*_older(environment), fresh(context.document, environment.python)),
        )
    else:
        yield RULE.finding(
            step,
            f"the {what} of this file is marked as UTF-8, and {who} decodes what h5py {version} has already decoded",
            evidence=(f"{kept}, marked as UTF-8",),
            remedies=(fresh(context.document, environment.python),),
        )


def _older(environment: Environment) -> tuple[Remedy, ...]:
    """Return how to install the older h5py, where there is a wheel of it."""
    minor = line_of(environment.python)
    if minor and minor not in catalog().pythons("h5py", _OLD):
        return ()
    return (Remedy("Install an older h5py:", install(environment, f"h5py=={_OLD}")),)


_UTF_8 = {"attribute_storage": {"model_config": "vlen-utf-8"}}
_FIXED = {"attribute_storage": {"model_config": "fixed-ascii"}}

EXAMPLES = (
    Ill(lambda: sample("hdf5-model", env="keras==2.3.1 tensorflow==1.15.0 h5py==3.1.0"), "too new for Keras 2.3.1"),
    Ill(
        lambda: sample("hdf5-model", env="tensorflow==2.4.4 h5py==3.8.0"),
        "too new for the tf.keras of TensorFlow 2.4.4",
    ),
    Ill(lambda: sample("hdf5-model", env="tensorflow==2.4.4 h5py==2.10.0", facts=_UTF_8), "marked as UTF-8"),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.4.4 h5py==3.8.0", facts=_FIXED)),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.5.3 h5py==3.1.0")),
    Well(lambda: sample("hdf5-model", env="tensorflow==2.4.4 h5py==2.10.0")),
    Well(lambda: sample("savedmodel", env="tensorflow==2.4.4 h5py==3.8.0")),
)
