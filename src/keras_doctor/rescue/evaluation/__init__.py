"""Stock models computed with NumPy, as the release computes that they belong to, without any Keras.

- `evaluate(document, inputs)`: the outputs of a whole model
- `make_inputs(document, seed)`: inputs that fit it
"""

from __future__ import annotations

import numpy as np

from keras_doctor.document.model import walk_layers
from keras_doctor.layers.graph import channels_first
from keras_doctor.layers.semantics import semantics_of
from keras_doctor.layers.stored_vocabularies import vocabularies_of
from keras_doctor.records import record
from keras_doctor.rescue.evaluation.inputs import as_input, input_specs, make_inputs
from keras_doctor.rescue.evaluation.run import Runner
from keras_doctor.rescue.evaluation.values import CannotEvaluateError, Value, array_of, value
from keras_doctor.rescue.evaluation.variables import variables_of
from keras_doctor.wire.errors import FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.rescue.evaluation.values import Array

__all__ = ["Evaluation", "evaluate", "make_inputs"]


@record
class Evaluation:
    """What a model computes.

    `outputs`: its arrays in order, None when it could not be evaluated; `reason` says why not. `approximations`: what
    may differ from the release's own results by more than rounding. `evaluated`: how many calls of layers were
    computed. `layers`: where they were asked for, what each layer put out when it was called first, by its name,
    "encoder/dense" for one inside a model.
    """

    outputs: tuple[Array, ...] | None = None
    reason: str = ""
    approximations: tuple[str, ...] = ()
    evaluated: int = 0
    layers: tuple[tuple[str, tuple[Array, ...]], ...] = ()


def evaluate(
    document: ModelDocument,
    inputs: Sequence[Any],
    era: str | None = None,
    backend: str | None = None,
    each_layer: bool = False,
) -> Evaluation:
    """Compute a model on `inputs`, one array for each of its inputs, in their order, with the batch first.

    Never raises for what a document holds. `era`: whose semantics count, the document's own when it is None; `backend`
    likewise ("theano" for kernels that are turned around, where the file does not say so). With `each_layer`, what the
    layers put out is kept; also that of a model which cannot be evaluated to its end.
    """
    era = era or document.provenance.era or "keras-3"
    config = document.config
    if not isinstance(config, dict):
        return Evaluation(reason="the file holds no architecture")
    if not isinstance(config.get("class_name"), str):
        config = {**config, "class_name": "Sequential"}
    runner: Runner | None = None
    try:
        specs = input_specs(document)
        if len(inputs) != len(specs):
            return Evaluation(reason=f"the model takes {len(specs)} inputs and is given {len(inputs)}")
        runner = Runner(
            era,
            channels_first(tuple(walk_layers(config)), era),
            semantics_of(document.provenance, era, backend),
            variables_of(document, era),
            vocabularies_of(document, era),
        )
        runner.seen = {} if each_layer else None
        given = [value(as_input(array, spec)) for array, spec in zip(inputs, specs, strict=True)]
        with np.errstate(all="ignore"):  # models may well compute what is no number
            outcome = runner.evaluate(config, "", list(given))
        outputs = tuple(array_of(tensor) for tensor in outcome.outputs)
    except (CannotEvaluateError, FormatError) as error:
        approximations = tuple(runner.approximations) if runner else ()
        return Evaluation(None, str(error), approximations, 0, _layers(runner))
    return Evaluation(outputs, "", tuple(runner.approximations), runner.evaluated, _layers(runner))


def _layers(runner: Runner | None) -> tuple[tuple[str, tuple[Array, ...]], ...]:
    """Return what layers put out, by name, without the parts that layers are made of."""
    seen = (runner.seen if runner else None) or {}
    found = []
    for path, (_, outputs) in seen.items():
        parts = path.split("/")
        if path and all(part.startswith("layers[") for part in parts):
            around = ("/".join(parts[: count + 1]) for count in range(len(parts)))
            name = "/".join(seen[place][0] for place in around if place in seen)
            found.append((name, tuple(one.array for one in outputs if isinstance(one, Value))))
    return tuple(found)
