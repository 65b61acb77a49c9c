"""Layers that a release saves and does not get back: mistakes of single releases, by layer."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.layers.dtypes import policy_name
from keras_doctor.loaders.objects import Built, Resolution
from keras_doctor.loaders.tracing import Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.releases.api import Definition


def steps(load: Load, reference: Reference, definition: Definition) -> Iterator[Step]:
    """Yield that the release cannot rebuild a layer of this class, whatever the file."""
    config = reference.config if isinstance(reference.config, dict) else {}
    name = definition.class_name
    if name in _BUILT and not reference.rebuilt:
        return  # the mistake is in `build`, which its first call makes well
    wrong = (load.does(behaviour) and holds(config) for known, behaviour, holds in _MISTAKES if known == name)
    if name in _CONCERNED and any(wrong):
        found = Resolution(reference, load.api, definition)
        yield Step("construct", ("build:refused",), Locus(path=reference.path), found)
    policy = policy_name(config.get("dtype"))
    mode = policy.partition("_from_")[0]
    if mode.startswith("int4") and not load.does("quantizes-to-int4"):
        values = (("dtype", policy, ("int8_from_…", "float8_from_…")),)
        made = Built(reference, definition, load.api, config, values=values)
        yield Step("construct", ("value:refused",), Locus(path=f"{reference.path}.config.dtype"), made)
    elif "/" in mode and mode[5:] != "0" and not load.does("packs-int4-by-blocks"):
        reason = "which values share a byte in int4 changed between the release that saved the model and this one"
        yield Step("weights", (), Locus(path=reference.path), unexamined=reason)
    if name in _LISTED and load.environment.backend == "jax" and ".ops" in (reference.module or ""):
        yield from _listed(load, reference, config)
    if name == "CategoryEncoding" and load.does("encodes-integers-only") and load.environment.backend == "tensorflow":
        reason = "whether a CategoryEncoding gets integers, which alone this release takes, is not known"
        yield Step("call", (), Locus(path=reference.path), unexamined=reason)


def _listed(load: Load, reference: Reference, config: dict[str, Any]) -> Iterator[Step]:
    """Yield an operation that JAX cannot run, for it makes lists of its settings: a norm only where it has an axis."""
    if reference.name != "Norm" or config.get("axis") is not None:
        from keras_doctor.loaders.calling import Uncallable

        why = "JAX wants tuples of its settings, and the operation keeps lists"
        told = Uncallable(load.api, str(config.get("name", reference.name)), reference.name, why)
        yield Step("call", ("call:refused",), Locus(path=reference.path), told)


def _policy_of_integers(config: dict[str, Any]) -> bool:
    """Tell whether the dtype of a layer that puts out integers is a policy instead of a name."""
    return isinstance(config.get("dtype"), dict) and config.get("output_mode", "int") == "int"


_BUILT = ("Dot",)  # whose `build_config` alone goes wrong


def _below_zero(config: dict[str, Any]) -> bool:
    """Tell whether a factor has a bound below zero, as the constructor makes of a single number."""
    factors = [config.get(key) for key in ("x_factor", "y_factor")]
    return any(isinstance(factor, list) and any(_is_negative(bound) for bound in factor) for factor in factors)


def _is_negative(value: Any) -> bool:
    return isinstance(value, (int, float)) and value < 0


def _lists_output(config: dict[str, Any]) -> bool:
    """Tell whether a wrapper holds a functional model whose one output stands in a list."""
    layer = config.get("layer")
    inner = layer.get("config") if isinstance(layer, dict) else None
    ends = inner.get("output_layers") if isinstance(inner, dict) else None
    return isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], list)


def _one_mean(config: dict[str, Any]) -> bool:
    """Tell whether one mean is given for all that lies along the axes."""
    return isinstance(config.get("mean"), (int, float)) and config.get("axis", -1) not in (None, [])


def _holds_model(config: dict[str, Any]) -> bool:
    """Tell whether a wrapper holds a model."""
    layer = config.get("layer")
    return isinstance(layer, dict) and layer.get("class_name") in ("Functional", "Model", "Sequential")


# Operations that make lists of their settings, of which JAX wants tuples.
_LISTED = ("Norm", "MaxPool", "AveragePool")

# Classes that some release gets wrong, the behaviour of such a release, and the configs that it concerns.
_MISTAKES: tuple[tuple[str, str, Callable[[dict[str, Any]], bool]], ...] = (
    ("Dot", "misbuilds-dot", lambda config: True),
    ("Normalization", "misbuilds-normalization", _one_mean),
    ("Hashing", "misbuilds-hashing", _policy_of_integers),
    ("RandomShear", "misbuilds-randomshear", _below_zero),
    ("TimeDistributed", "misbuilds-timedistributed", _lists_output),
    ("TimeDistributed", "misbuilds-models-over-time", _holds_model),
    ("MultiHeadAttention", "misbuilds-multiheadattention", lambda config: bool(config.get("output_shape"))),
)
_CONCERNED = frozenset(name for name, _, _ in _MISTAKES)
