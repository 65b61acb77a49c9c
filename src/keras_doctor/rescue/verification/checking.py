"""`Verifier`: compares what source and result compute, with the best means that are at hand."""

from __future__ import annotations

import os
import tempfile

from keras_doctor.records import record
from keras_doctor.rescue.verification.interpreters import Choice, Interpreters
from keras_doctor.rescue.verification.outcome import Verification
from keras_doctor.sources.parsing import Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.findings import Diagnosis
    from keras_doctor.rescue.verification.sides import InRelease
    from keras_doctor.rescue.verification.workers import Workers

AUTO, IN_RELEASES, BY_NUMPY, NONE = MODES = ("auto", "real", "numpy", "none")
LARGEST = 1 << 28  # bytes of tensors that are computed with in passing
SECONDS = 300.0
_WEIGHTS = ("hdf5-weights", "v3-weights")  # formats whose model is made from its config


@record
class Case:
    """What is compared. `source`: the document that was repaired, as it stands in its file but for what was wished;
    `original`: as it was read. `result`: what was made of it, `diagnosis`: what `target` does with that. `file`: where
    the result was written, "" when it was not or holds too little to be run; `weights`: it holds the weights alone.
    """

    source: ModelDocument
    original: ModelDocument
    result: ModelDocument
    diagnosis: Diagnosis
    target: Environment
    file: str = ""
    weights: bool = False


class Verifier:
    """Compares models, and keeps the processes that it starts for the next ones: close it, or use it with `with`.

    `mode`: "auto" (in real releases when the target's interpreter is at hand, else by NumPy; models that are not too
    large), "real", "numpy" or "none". `source_python`: the interpreter, or an environment's folder, that the source is
    run in; `others`: more that may suit source or target. `seconds`: what one model may take in one of them. `trust`:
    load also what brings code of its own (findings KD8xx); the safe mode of Keras stays on. `build`: make environments,
    in the user's cache folder, where none at hand suits. `custom_code`: Python files that define what models need
    beside Keras; they are run in the processes that load the models, and nowhere else. `given`: the names in
    them, `code`: what can be read of them.

    Raises ValueError for another mode, and for custom code that cannot be read.
    """

    def __init__(
        self,
        mode: str = AUTO,
        source_python: str = "",
        others: Sequence[str] = (),
        seconds: float = SECONDS,
        trust: bool = False,
        build: bool = False,
        custom_code: Sequence[str] = (),
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"verify is one of {', '.join(MODES)}, not {mode}")
        self.mode = mode
        self.custom_code = tuple(os.path.abspath(path) for path in custom_code)
        self.code = Code(self.custom_code) if self.custom_code else None
        self.given = self.code.names if self.code is not None else ()
        self.interpreters = Interpreters(source_python, others, trust, build, self.given)
        self.seconds = seconds
        self._workers: Workers | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Verifier:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the processes that were started."""
        if self._workers is not None:
            self._workers.close()
            self._workers = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def verify(self, case: Case) -> Verification:
        """Compare what two documents compute. Never raises for what they hold."""
        if self.mode == NONE:
            return Verification(reason="it was not asked for")
        if self.mode == AUTO and sum(tensor.nbytes for tensor in case.source.tensors()) > LARGEST:
            return Verification(reason="the model is large; --verify real or --verify numpy takes the time")
        try:
            from keras_doctor.rescue.evaluation import make_inputs
            from keras_doctor.rescue.verification.comparison import compare
        except ModuleNotFoundError:
            return Verification(reason="NumPy is not installed (pip install keras-doctor[repair])")
        try:
            inputs = make_inputs(case.source, 0)
        except (ValueError, KeyError, TypeError) as error:
            return Verification(reason=f"no inputs could be made: {error}")
        result = self._for_result(case)
        if self.mode != IN_RELEASES and not result.environment:
            return compare(case, inputs, None, None)
        source = self.interpreters.for_source(case.original, case.target)
        notes = tuple(choice.why for choice in (source, result) if choice.why)
        if not (source.environment or result.environment):
            return Verification(reason="; ".join(notes))
        return compare(case, inputs, self._side(source, case, True), self._side(result, case, False), notes)

    def _for_result(self, case: Case) -> Choice:
        if self.mode == BY_NUMPY:
            return Choice()
        if not case.file:
            return Choice(None, "the result is no file that a release runs")
        return self.interpreters.for_result(case.target, case.diagnosis)

    def _side(self, choice: Choice, case: Case, is_source: bool) -> InRelease | None:
        """Return what runs the source, or the result, in a release; None where that cannot be."""
        if choice.environment is None:
            return None
        from keras_doctor.rescue.verification.sides import InRelease
        from keras_doctor.rescue.verification.workers import Workers

        self._workers = self._workers or Workers(self.seconds)
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="keras-doctor-")
        document, file = (case.original, case.original.path) if is_source else (case.result, case.file)
        weights = case.original.format in _WEIGHTS if is_source else case.weights
        return InRelease(
            self._workers, choice.environment, document, file, self._folder.name,
            weights=weights, plain=not is_source, custom_code=self.custom_code,
        )  # fmt: skip
