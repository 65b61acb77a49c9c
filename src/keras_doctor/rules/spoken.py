"""How findings speak of releases and of objects of a config."""

from __future__ import annotations

from keras_doctor.loaders.load import api_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.environments.environment import Environment
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Api

_WORDS = {
    "layers": "layer", "operations": "operation", "initializers": "initializer", "regularizers": "regularizer",
    "constraints": "constraint", "activations": "activation", "losses": "loss", "metrics": "metric",
    "optimizers": "optimizer", "schedules": "learning-rate schedule", "policies": "dtype policy",
}  # fmt: skip
_LINES = {
    "keras-1": "Keras", "keras-2": "Keras", "tensorflow": "the tf.keras of TensorFlow", "keras-2.6": "tf.keras",
    "tf-keras": "tf-keras", "keras-3": "Keras",
}  # fmt: skip

_places: dict[tuple[str, str], tuple[str, ...]] = {}


def release_of(api: Api) -> str:
    """Return what a release is called: "Keras 3.15.1", "the tf.keras of TensorFlow 2.4.4"."""
    return f"{_LINES.get(api.line, api.library)} {api.version}"


def told(environment: Environment) -> str:
    """Return what the release of an environment is called: "the tf.keras of TensorFlow 2.4.4"."""
    library, version = environment.release
    return release_of(api_of(library, version))


def word_for(kind: str) -> str:
    """Return what an object of a kind is called: "layer"."""
    return _WORDS.get(kind, "object")


def shown(text: object, most: int = 80) -> str:
    """Return a text of a file as it can be shown: on one line, bounded, nothing in it that a terminal would obey."""
    plain = "".join(c if c.isprintable() else "\ufffd" for c in str(text)[: most + 1])
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def named(reference: Reference) -> str:
    """Return what a reference is called in a sentence: "the layer Dense", "the activation relu6 of Dense"."""
    held = f" of {shown(reference.parent, 60)}" if reference.parent and reference.key not in ("layers", "") else ""
    return f"the {word_for(reference.kind)} {shown(reference.name, 60)}{held}"


def known_where(name: str, kind: str) -> tuple[str, ...]:
    """Return in words where a name is known: ("Keras 2.0.0 to 2.3.1", "tf-keras 2.14.1 to 2.21.0"); () for nowhere."""
    found = _places.get((name, kind))
    if found is None:
        from keras_doctor.releases.whereabouts import whereabouts

        told = []
        for line, releases in whereabouts(name, kind).items():
            if releases:
                span = releases[0] if releases[0] == releases[-1] else f"{releases[0]} to {releases[-1]}"
                told.append(f"{_LINES[line]} {span}")
        found = tuple(told)
        if len(_places) < 10_000:  # names come from files
            _places[name, kind] = found
    return found
