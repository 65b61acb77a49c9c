"""What a text is most likely about when no shape in it is known: its words, weighed by those of reports whose cause is
known (`guesses.tsv`, made by tools/make_guesses.py). Never more than a guess, and told as one.
"""

from __future__ import annotations

import math
import os
import re

from keras_doctor.records import record
from keras_doctor.symptoms.remedies import MOST, USUAL
from keras_doctor.symptoms.symptom import Reading

_LOOKED_AT = 6000  # characters from the end, where the message stands
_SHORTEST, _LONGEST = 3, 24  # letters of a word
_DRAWN = 10.0  # reports of no word in particular that each cause is given, so that few reports say little
_DAMPED = 0.3  # what a word counts: the words of one message come together
_TOLD = 3  # causes that are told, the likeliest first
_BEHIND = 1.2  # natural logarithm by which a further cause may be less likely than the first
_LOUD = 0.3  # how much more frequent, as a logarithm, a word has to be to be told: "the" tells nothing
_SHOWN = 6  # words that are told as the evidence
_WORD = re.compile(r"[A-Za-z_][A-Za-z]*(?:[._][A-Za-z]+)*")
_PART = re.compile(r"[._]+|(?<=[a-z])(?=[A-Z])")
# One of these makes a text one about a model; one of those tells that something went wrong.
_OF_MODELS = frozenset((
    "keras", "tensorflow", "model", "models", "layer", "layers", "weights", "checkpoint", "hdf5", "savedmodel", "onnx",
    "tflite", "coreml", "conv", "dense", "embedding", "lstm", "gru", "lambda", "optimizer", "tensor", "placeholder",
    "regularizer", "initializer", "tokenizer", "unicode", "padding", "kernel", "bias", "resource", "graph",
))  # fmt: skip
_OF_FAILURE = frozenset((
    "error", "exception", "traceback", "failed", "failure", "cannot", "fault", "unable", "invalid", "not", "abort",
    "aborted", "crash", "crashed", "missing", "unknown", "denied",
))  # fmt: skip
_WHAT = {
    "backend-missing": ("the backend that Keras would compute with is not there", "KD210"),
    "backend-op-unsupported": ("an operation of the model cannot run on this device or backend", "KD315"),
    "bytecode-incompatible": ("a Lambda layer holds bytecode of another Python", "KD403"),
    "config-value": ("a value in the model's config does not fit this release", "KD305"),
    "converter-incompatible": ("another tool does not understand this model", "KD902"),
    "custom-object-broken": ("a class of your own does not take its own config, or runs into an error itself", "KD917"),
    "custom-object-missing": ("a class or function of your own was not given to the loader", "KD401"),
    "damaged-file": ("the file is not whole", "KD104"),
    "environment-broken": ("the packages that are installed do not fit each other", "KD909"),
    "format-not-supported": ("the file has a format that this loader does not read", "KD207"),
    "graph-reconstruction": ("the layers cannot be connected again as the config says", "KD307"),
    "h5py-incompatible": ("h5py is too new (or too old) for this Keras", "KD204"),
    "lambda-not-runnable": ("the function of a Lambda layer cannot be run here", "KD405"),
    "loader-bug": ("the loader has an error of its own, which another release does not have", "KD907"),
    "loss-or-metric-unresolvable": ("a loss or metric of the training config cannot be restored", ""),
    "missing-keyword": ("the config lacks something that its reader requires", "KD304"),
    "mixed-keras": ("two Kerases meet here: keras and tf.keras, or Keras 2 and Keras 3", "KD208"),
    "module-moved": ("a module of Keras is not where it is looked for", "KD302"),
    "name-invalid": ("a layer has a name that this release does not take", "KD311"),
    "optimizer-state": ("the saved state of the optimizer does not fit", "KD603"),
    "optimizer-unresolvable": ("the optimizer of the training config cannot be restored", ""),
    "package-missing": ("a package that is needed is not installed", "KD910"),
    "path-problem": ("the path does not lead to what is to be loaded", "KD101"),
    "pickled-model": ("the model goes through pickle, which does not carry it", "KD904"),
    "save-refused": ("the model cannot be saved in this way", "KD901"),
    "savedmodel-revive": ("the SavedModel does not come back (or run) as a model of Keras", "KD905"),
    "third-party-object-missing": ("a class of another package was not imported before loading", ""),
    "unknown-class": ("a class of Keras is not known to this release", "KD301"),
    "unknown-keyword": ("a class gets a keyword that it does not take in this release", "KD303"),
    "weights-mismatch": ("the weights do not fit the model that they are loaded into", ""),
    "weights-only": ("the file holds weights and no architecture", "KD109"),
    "wrong-api-use": ("the call is not one that can work", "KD903"),
}
_tables: list[Table] = []


@record
class Table:
    """What is counted of reports: `causes`: cause → reports of it; `words`: word → reports that have it, by cause."""

    causes: dict[str, int]
    words: dict[str, dict[str, int]]

    def ranked(self, words: set[str]) -> list[tuple[float, str]]:
        """Return (natural logarithm of the likelihood, cause) for a text of these words, the likeliest cause first.

        That is a naive Bayes classifier, drawn towards the priors where reports are few.
        """
        known = [self.words[word] for word in words if word in self.words]
        total = sum(self.causes.values())
        shares = [sum(word.values()) / total for word in known]
        scores = []
        for cause, reports in self.causes.items():
            score = math.log(reports / total)
            for word, share in zip(known, shares, strict=True):
                likely = (word.get(cause, 0) + _DRAWN * share) / (reports + _DRAWN)
                score += _DAMPED * math.log(likely / share)
            scores.append((score, cause))
        return sorted(scores, reverse=True)

    def speaking(self, words: set[str], cause: str) -> list[str]:
        """Return the words that speak for a cause, the loudest first."""
        loud = {}
        for word in words & self.words.keys():
            counts = self.words[word]
            expected = sum(counts.values()) * self.causes[cause] / sum(self.causes.values())
            loudness = math.log((counts.get(cause, 0) + _DRAWN) / (expected + _DRAWN))
            if loudness > _LOUD:
                loud[word] = loudness
        return sorted(loud, key=lambda word: (-loud[word], word))


@record
class Guess:
    """The causes that a text's words speak for, as readings, and the words that spoke loudest."""

    readings: tuple[Reading, ...]
    seen: str


def words_of(text: str) -> set[str]:
    """Return the words of a text in lower case, whole (`saving.load_model`) and in their parts."""
    found: set[str] = set()
    for match in _WORD.finditer(text[-_LOOKED_AT:]):
        for word in (match[0], *_PART.split(match[0])):
            if _SHORTEST <= len(word) <= _LONGEST:
                found.add(word.lower())
    return found


def guessed(text: str) -> Guess | None:
    """Return what a plain text is most likely about; None when it tells of no failure, or of nothing of a model."""
    words = words_of(text)
    failed = words & _OF_FAILURE or any(word.endswith(("error", "exception")) for word in words)
    if not failed or not words & _OF_MODELS:
        return None
    table = _table()
    ranked = table.ranked(words)
    near = [cause for score, cause in ranked[:_TOLD] if ranked[0][0] - score <= _BEHIND]
    spoke = ", ".join(table.speaking(words, near[0])[:_SHOWN])
    return Guess(
        tuple(_reading(cause, max(2, MOST // len(near))) for cause in near),
        f"no message in it is known; words that are frequent in reports of that cause: {spoke}"
        if spoke
        else "no message in it is known, and none of its words tells much",
    )


def _reading(cause: str, ways: int) -> Reading:
    what, code = _WHAT[cause]
    return Reading(cause, f"a guess by the words alone: {what}", USUAL.get(cause, ())[:ways], "low", what, code)


def _table() -> Table:
    if not _tables:
        rows: dict[str, dict[str, int]] = {}
        with open(os.path.join(os.path.dirname(__file__), "guesses.tsv"), encoding="utf-8") as file:
            for row in file:
                if not row.startswith("#"):
                    word, *counts = row.rstrip("\n").split("\t")
                    rows[word] = {cause: int(count) for cause, _, count in (one.partition("=") for one in counts)}
        _tables.append(Table(rows.pop(""), rows))
    return _tables[0]


def causes() -> tuple[str, ...]:
    """Return the causes that can be guessed."""
    return tuple(_WHAT)
