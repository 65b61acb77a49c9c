"""The two ways in which a model's outputs are known: run by a real release, or computed by NumPy."""

from __future__ import annotations

import json
import os

import numpy as np

from keras_doctor.records import record
from keras_doctor.rescue.evaluation import evaluate
from keras_doctor.rescue.evaluation.inputs import input_specs
from keras_doctor.rescue.verification import worker
from keras_doctor.rescue.verification.comparing import LayerOutput
from keras_doctor.rescue.verification.outcome import Who
from keras_doctor.rescue.verification.workers import installation
from keras_doctor.rules.spoken import told

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.rescue.verification.workers import Workers

_thinned: Callable[[Any], Any] = worker.thinned  # which has no annotations, as Python 2 has none


@record
class Computed:
    """What a model computes. `outputs`: None when it could not be computed, and `reason` says why, `stage` where:
    "load" when the release refuses the model, "run" when it does not run, "" for anything else. `approximations`: why
    they may be off by more than rounding.
    """

    outputs: tuple[Any, ...] | None = None
    reason: str = ""
    stage: str = ""
    layers: tuple[LayerOutput, ...] = ()
    approximations: tuple[str, ...] = ()


class ByNumpy:
    """A model evaluated without any Keras."""

    who = Who()

    def __init__(self, document: ModelDocument) -> None:
        self.document = document

    def compute(self, inputs: Sequence[Any], each_layer: bool = False) -> Computed:
        """Evaluate it; never raises for what a document holds."""
        made = evaluate(self.document, inputs, each_layer=each_layer)
        layers = [
            LayerOutput(name, _thinned(array), tuple(array.shape)) for name, arrays in made.layers for array in arrays
        ]
        return Computed(made.outputs, made.reason, "", tuple(layers), made.approximations)


class InRelease:
    """A model run by a real release. `file`: the model, with `weights` those of the model that `document` describes;
    `folder`: for what is handed over. `plain`: only a load with plain defaults counts. `custom_code`: Python files that
    define what each load is given as `custom_objects`.
    """

    def __init__(
        self,
        workers: Workers,
        environment: Environment,
        document: ModelDocument,
        file: str,
        folder: str,
        *,
        weights: bool,
        plain: bool,
        custom_code: Sequence[str] = (),
    ) -> None:
        self.workers = workers
        self.where = installation(environment)
        beside = f" on {self.where.backend}" if self.where.backend not in ("", "tensorflow") else ""
        self.who = Who(told(environment) + beside, environment.interpreter)
        self.document = document
        self.file = os.path.abspath(file)
        self.folder = folder
        self.weights = weights
        self.plain = plain
        self.custom_code = list(custom_code)

    def compute(self, inputs: Sequence[Any], each_layer: bool = False) -> Computed:
        """Load and run it. Raises WorkerError when there is no answer."""
        given, made = os.path.join(self.folder, "inputs.npz"), os.path.join(self.folder, "outputs.npz")
        np.savez(given, **{f"in{place}": _storable(array) for place, array in enumerate(inputs)})
        task = {
            "file": self.file,
            "architecture": self._architecture(),
            "inputs": given,
            "names": [spec.name for spec in input_specs(self.document)],
            "outputs": made,
            "layers": each_layer,
            "custom": self.custom_code,
        }
        answer = self.workers.ask(self.where, task)
        refusal = answer["plain"] if self.plain else ""
        if answer["error"] or refusal:
            return Computed(None, answer["error"] or refusal, "load" if refusal else answer["stage"])
        with np.load(made, allow_pickle=False) as arrays:
            count = sum(name.startswith("out") for name in arrays.files)
            outputs = tuple(arrays[f"out{place}"] for place in range(count))
            layers = tuple(
                LayerOutput(name, arrays[f"layer{place}"], tuple(shape))
                for place, (name, shape) in enumerate(answer["layers"])
            )
        return Computed(outputs, layers=layers)

    def _architecture(self) -> str | None:
        if not self.weights:
            return None
        path = os.path.join(self.folder, "architecture.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.document.config, file)
        return path


def _storable(array: Any) -> Any:
    """Return an array as a .npz holds it without pickles: texts as NumPy's own."""
    return array.astype("U") if array.dtype.kind == "O" else array
