"""This release cannot rebuild a layer from what files say of it.

**What happens.** `A Dot layer should be called on a list of 2 inputs. Received: input_shape=[[None, 4], [None, 4]]`,
`When output_mode="int", dtype should be an integer type`, `The factor argument should be a number (or a list of two
numbers) in the range [0, 1.0]. Received: input_number=-0.5`.

**Why.** A config is JSON: tuples come back as lists, and policies as dicts. The first releases of Keras 3 did not
expect that of some layers; later ones read the same file. RandomShear makes two bounds of one factor, and refuses the
first of them when it reads it again, in all releases so far.

Up to 3.3 a TimeDistributed takes no models at all. Since 3.11 a functional model whose outputs stand in a list, as
every older release wrote them, puts out a list, which TimeDistributed cannot take.

**How to mend.** Load the file with the release that saved it, or a later one of Keras 3 (for TimeDistributed of a
model: with 3.10 at the latest). For RandomShear, write the number in the place of its bounds, 0.5 for [-0.5, 0.5]: it
makes the same of it. `keras-doctor repair` does that.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import entry, sequential
from keras_doctor.rules.spoken import named, release_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.loaders.objects import Built
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD312", "layer-not-rebuilt", "config-value", "error", ("build:refused",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a layer whose own release does not get it back."""
    made: Built = step.subject
    yield RULE.finding(
        step,
        f"{release_of(made.api)} cannot rebuild {named(made.reference)} as the file describes it",
        remedies=ways_out(context),
    )


_DOT = ("Dot", {"name": "dot", "axes": 1, "normalize": False})


def _built(env: str, **more: Any) -> tuple[ModelDocument, Environment]:
    document, environment = sequential(_DOT, env=env)
    config: Any = document.config
    config["config"]["layers"][0].update(more)
    return document, environment


_SHAPES = {"input_shape": [[None, 4], [None, 4]]}
_OLD = "keras==3.0.5 tensorflow==2.16.2"

_ENDS = {"name": "m", "layers": [], "input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}
_OVER_TIME = ("TimeDistributed", {"name": "t", "layer": entry("Functional", _ENDS, "keras.src.models.functional")})

EXAMPLES = (
    Ill(lambda: _built(_OLD, build_config=_SHAPES), "cannot rebuild the layer Dot"),
    Well(lambda: _built(_OLD)),
    Ill(lambda: sequential(_OVER_TIME), "cannot rebuild the layer TimeDistributed"),
    Well(lambda: sequential(_OVER_TIME, env="keras==3.10.0 tensorflow==2.19.0")),
    Well(lambda: _built("keras==3.2.1 tensorflow==2.16.2", build_config=_SHAPES)),
)
