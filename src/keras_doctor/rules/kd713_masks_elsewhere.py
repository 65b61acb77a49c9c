"""Masks reach other layers than in the release that saved the model, or hold something else there.

**What happens.** Nothing is said. Where steps of a sequence are masked, a recurrent layer, an attention or a pooling
passes over other steps than it was trained to, and the outputs differ; without masked steps they are the same. Where
only what is put out at masked first steps differs, beside an initial state, the load counts as the same: it is padding.

**Why.** Which layers hand a mask on, and how two of them become one, is in the code of each release and not in the
config. Keras 3 keeps a step that any input of an `Add` or a `Concatenate` keeps (before, all of them had to), hands on
no mask where one input has none, nor beside an initial state, and takes the mask off what goes into a
`MultiHeadAttention`; tf.keras up to 2.9 used no masks there.

**How to mend.** State the mask in the call (`layer(x, mask=…)`); a repair does so. Or predict with the line of releases
that trained the model.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.document.provenance import Provenance
from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import NEWEST, sequential
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD713",
    "masks-elsewhere",
    "semantics-changed",
    "warning",
    ("class:Embedding", "class:Masking"),
    effect="loads-differently",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layers that go by other masks, at the first layer that makes one."""
    made: Built = step.subject
    document = context.document
    if not makes_mask(made.definition.class_name, made.config):
        return
    if made.config.get("name") != first_mask(document.config):
        return
    from keras_doctor.loaders.masks import differing

    places = differing(document, context.environment)
    if not places:
        return
    aside = all(place.aside for place in places)
    told = [place for place in places if place.aside == aside]
    names = ", ".join(shown(place.name, 40) for place in told[:6]) + (", …" if len(told) > 6 else "")
    message = f"where steps are masked, other masks than before reach {names}"
    if aside:
        message = f"where the first steps are masked, {names} puts out something else at those than before"
    yield RULE.finding(
        step, message, where=Locus(path=told[0].path), remedies=ways_out(context), effect="" if aside else None
    )


def makes_mask(class_name: str, config: dict[str, Any]) -> bool:
    """Tell whether a layer makes a mask."""
    return class_name == "Masking" or bool(config.get("mask_zero"))


def first_mask(config: Any) -> Any:
    """Return the name of the first layer in a model that makes a mask, None where none does."""
    left = [config]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += reversed(value)
        elif isinstance(value, dict):
            held = value.get("config")
            if isinstance(held, dict) and makes_mask(str(value.get("class_name")), held):
                return held.get("name")
            left += reversed(value.values())
    return None


_WRITER = Provenance("2.15.0", "2.15.0", "2.15.0", "tf.keras", "tf.keras", tensorflow="2.15")
_WORDS = {"name": "e", "input_dim": 9, "output_dim": 4, "mask_zero": True, "batch_input_shape": [None, 6]}
_STEPS = ("LSTM", {"name": "steps", "units": 2})


def _model(between: tuple[str, dict[str, Any]], env: str = NEWEST) -> tuple[ModelDocument, Environment]:
    return sequential(("Embedding", _WORDS), between, _STEPS, form="hdf5-model", module="", env=env, provenance=_WRITER)


_SCALED = ("Rescaling", {"name": "r", "scale": 0.5, "offset": 0.0})

EXAMPLES = (
    Ill(lambda: _model(_SCALED), "other masks than before reach steps"),
    Well(lambda: _model(("Dropout", {"name": "d", "rate": 0.5}))),
    Well(lambda: _model(_SCALED, env="tensorflow==2.15.1")),
)
