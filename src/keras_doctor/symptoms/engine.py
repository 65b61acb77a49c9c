"""`explain`: a text's symptoms, ranked, and told as one answer."""

from __future__ import annotations

import re

from keras_doctor.findings import Finding, Remedy
from keras_doctor.records import record, replace
from keras_doctor.rules.catalogue import entries
from keras_doctor.symptoms._index import MARKS
from keras_doctor.symptoms.explanation import Candidate, Explanation
from keras_doctor.symptoms.remedies import MOST, USUAL, VERSIONS
from keras_doctor.symptoms.scene import Scene, Utterance, scene_of, unquoted
from keras_doctor.symptoms.staged import UNKNOWN
from keras_doctor.symptoms.symptom import Reading
from keras_doctor.symptoms.text import plain
from keras_doctor.symptoms.versions import inferred

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from types import ModuleType

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.symptoms.symptom import Symptom

# What a message counts by where it stands: first raised, wrapped around, raised earlier, anywhere in the text.
_RANKS = (6, 5, 3, 0)
_CLOSE = 2  # readings that are not further behind the best are told as well
_LOWER = {"high": "medium", "medium": "low", "low": "low"}
_SHOWN = 300
_GUESS = 10  # stands alone: it is asked for only where nothing else says anything
_LEAST_CUT, _LONGEST_MARK = 14, 90  # characters of a shape's words that a cut message ends with
_BY_TOOL, _BELOW_TOOL = 17, 8  # against messages: above those that say little, below those that say much
_FOREIGN = frozenset(
    ("converter-incompatible", "environment-broken", "package-missing", "op-layer-unknown", "mixed-keras")
)
# Stages of frames that findings call otherwise, or do not have.
_STAGES = {"load": "parse", "lambda": "construct", "revive": "construct", "assets": "weights", "save": "", "pickle": ""}


@record
class Hit:
    """A symptom that was found."""

    score: int
    readings: tuple[Reading, ...]
    question: str
    seen: str
    aside: bool = False  # seen in the text around, while the exceptions themselves say something else


def explain(
    text: str | bytes,
    path_or_doc: str | PathLike[str] | ModelDocument | None = None,
    env: Environment | None = None,
    *,
    compile: bool = True,  # noqa: A002 - Keras's own name
    safe_mode: bool = True,
    custom_objects: tuple[str, ...] = (),
) -> Explanation:
    """Say what a pasted traceback, log or description is the symptom of.

    With a file (a path, or what `read` returned) the file decides where the text leaves several causes open; `env` is
    the environment in which it failed (default: the one that the frames give away, else the current one); the other
    arguments are those that the load was called with. Never raises for what a text or a file holds.
    """
    scene = scene_of(plain(text))
    explanation = told(scene)
    if path_or_doc is None:
        return explanation
    from keras_doctor.symptoms.joint import joined

    return joined(explanation, scene, path_or_doc, env, compile, safe_mode, custom_objects)


def told(scene: Scene) -> Explanation:
    """Return what a scene alone says."""
    hits = sorted(_hits(scene), key=lambda hit: -hit.score)
    hits = hits or sorted(_cut(scene), key=lambda hit: -hit.score)
    if not hits or hits[0].readings == UNKNOWN:
        hits = [*_guessed(scene), *hits]
    versions = tuple(inferred(scene))
    if not hits:
        return Explanation(
            None,
            "low",
            "Nothing in this text is known as a failure of loading or saving a Keras model.",
            versions=versions,
            question="Paste the whole traceback, from `Traceback (most recent call "
            "last)` to the last line, or name the "
            "file: keras-doctor explain FILE.txt --model PATH",
        )
    best = hits[0]
    readings = list(best.readings)
    confidence = _LOWER[readings[0].confidence] if best.aside else readings[0].confidence
    for hit in hits[1:]:
        rival = hit.readings[0]
        if best.score - hit.score <= _CLOSE and all(rival.cause != reading.cause for reading in readings):
            readings.append(rival)
            confidence = _LOWER[confidence]
    first = readings[0]
    several = len({reading.cause for reading in readings}) > 1
    if several and confidence == "high":
        confidence = "medium"
    code = first.code or page_for(first.cause)
    evidence = (best.seen, *first.evidence)
    remedies = tuple(
        dict.fromkeys((*(way for reading in readings for way in reading.remedies), *_of_tool(scene, first)))
    )
    for usual in USUAL.get(first.cause, ()):
        if len(remedies) < MOST and usual not in remedies:
            remedies += (usual,)
    return Explanation(
        cause=first.cause,
        confidence=confidence,
        what=first.what,
        code=code,
        evidence=evidence,
        versions=versions,
        candidates=tuple(
            Candidate(
                reading.cause, reading.what, reading.when, reading.code or page_for(reading.cause), reading.remedies
            )
            for reading in readings
        )
        if several
        else (),
        question=(best.question or _ASK) if several or confidence == "low" else "",
        findings=(_finding(first, code, scene, evidence, remedies),),
        remedies=remedies,
    )


def _finding(
    reading: Reading, code: str, scene: Scene, evidence: tuple[str, ...], remedies: tuple[Remedy, ...]
) -> Finding:
    """Return what a text tells in the words that findings of files have."""
    rule = next((entry for entry in entries() if entry.code == code), None)
    return Finding(
        code=code,
        slug=rule.slug if rule else reading.cause,
        cause=reading.cause,
        stage=_STAGES.get(scene.place.stage, scene.place.stage),
        severity=rule.severity if rule else "error",
        message=reading.what,
        evidence=evidence,
        remedies=remedies,
    )


_ASK = "The file decides: keras-doctor explain FILE.txt --model PATH, or keras-doctor check PATH"


def page_for(cause: str) -> str:
    """Return the code of the rule that tells of a cause: the first grave one that has it, "" when there is none."""
    codes = [entry for entry in entries() if entry.cause == cause]
    return next((entry.code for entry in codes if entry.severity == "error"), codes[0].code if codes else "")


def _hits(scene: Scene) -> Iterator[Hit]:
    low = scene.low
    bare = unquoted(low)
    names = dict.fromkeys(
        name for mark, names in MARKS.items() if mark in low or unquoted(mark) in bare for name in names
    )
    for name in names:
        for symptom in _family(name).SYMPTOMS:
            hit = _hit(symptom, scene)
            if hit is not None:
                yield hit
    yield from _by_place(scene)


def _cut(scene: Scene) -> Iterator[Hit]:
    """Yield what a message that was cut in the middle of a shape's words would be the symptom of."""
    said = scene.utterances[0]
    for low in dict.fromkeys((said.low.rstrip("…. "), unquoted(said.low).rstrip("…. "))):
        tail = low[-_LONGEST_MARK:]
        for mark, names in MARKS.items():
            if len(mark) <= _LEAST_CUT or mark[:_LEAST_CUT] not in tail:
                continue
            sizes = range(len(mark) - 1, max(_LEAST_CUT, len(mark) // 3) - 1, -1)
            size = next((size for size in sizes if tail.endswith(mark[:size])), 0)
            for symptom in _family(names[0]).SYMPTOMS if size else ():
                if mark in symptom.marks and isinstance(symptom.tells, tuple):
                    readings = tuple(replace(one, confidence=_LOWER[one.confidence]) for one in symptom.tells)
                    yield Hit(size, readings, symptom.question, f"the text ends in: {mark[:size]}")


def _guessed(scene: Scene) -> Iterator[Hit]:
    """Yield what the words of a text speak for, where nothing in it is known."""
    from keras_doctor.symptoms.guessing import guessed

    guess = guessed(scene.parsed.text)
    if guess is not None:
        yield Hit(_GUESS, guess.readings, "", guess.seen)


def _by_place(scene: Scene) -> Iterator[Hit]:
    """Yield what the place of the raise says: that of the message where it is known, else that of the frames."""
    from keras_doctor.symptoms.sited import told
    from keras_doctor.symptoms.staged import readings

    site = told(scene)
    if site is not None:
        yield Hit(2 * site.strength + _RANKS[0], site.readings, "", site.seen)
    found = readings(scene)
    if found:
        yield Hit(1, found, "", f"the frames end in: {_ending(scene)}")
    yield from _by_tool(scene)


def _by_tool(scene: Scene) -> Iterator[Hit]:
    """Yield what it tells that another program's code raised, or called what raised."""
    from keras_doctor.symptoms.foreign import last_package, raised_by

    found = raised_by(scene)
    if found is not None:
        tool, itself = found
        itself = itself and scene.kind not in ("ImportError", "ModuleNotFoundError")  # these name what is not there
        yield Hit(_BY_TOOL if itself else _BELOW_TOOL, (tool.reading("medium"),), "", f"a frame of {tool.name}")
        return
    package = last_package(scene)
    if package:
        reading = Reading(
            "environment-broken",
            f"it was raised by the package {package}, which may be of another time than the TensorFlow and Keras "
            f"that are "
            f"installed",
            (
                Remedy(f"Upgrade {package}, or install the releases that it asks for.", f"pip install -U {package}"),
                VERSIONS,
            ),
            "low",
            code="KD909",
        )
        yield Hit(0, (reading,), "", f"the frames end in: {_ending(scene)}")


def _of_tool(scene: Scene, first: Reading) -> tuple[Remedy, ...]:
    """Return the ways out with the tool that a text is about."""
    if first.cause not in _FOREIGN:
        return ()
    from keras_doctor.symptoms.foreign import named_in

    tool = named_in(scene)
    return tool.remedies if tool is not None else ()


def _ending(scene: Scene) -> str:
    frame = scene.parsed.frames[-1] if scene.parsed.frames else None
    return f"{frame.path.rpartition('/')[2]} {frame.function}" if frame else scene.message[:_SHOWN]


def _family(name: str) -> ModuleType:
    return __import__(f"keras_doctor.symptoms.families.{name}", None, None, ("SYMPTOMS",))


def _hit(symptom: Symptom, scene: Scene) -> Hit | None:
    for utterance in scene.utterances:
        if utterance.rank == 3 and not symptom.everywhere and scene.parsed.errors:
            continue
        match = _match(symptom, utterance)
        if match is None:
            continue
        told = symptom.tells if isinstance(symptom.tells, tuple) else symptom.tells(scene, match)
        if told is None:
            continue
        readings = told if isinstance(told, tuple) else (told,)
        if readings:
            score = 2 * symptom.strength + _RANKS[utterance.rank]
            aside = utterance.rank == 3 and bool(scene.parsed.errors)
            return Hit(score, readings, symptom.question, _seen(scene, utterance.text, match), aside)
    return None


def _match(symptom: Symptom, utterance: Utterance) -> re.Match[str] | None:
    """Return where a symptom's shape is in a message, as it stands or with its quotation marks left out."""
    mark = next((mark for mark in symptom.marks if mark in utterance.low), None)
    if mark is not None:
        match = re.search(symptom.pattern or re.escape(mark), utterance.text, re.IGNORECASE)
        if match is not None:
            return match
    quoted = any("'" in mark or '"' in mark for mark in symptom.marks)
    if mark is None and not quoted:
        return None
    bare = utterance.bare
    low = bare.lower()
    mark = next((unquoted(mark) for mark in symptom.marks if unquoted(mark) in low), None)
    return re.search(symptom.pattern or re.escape(mark), bare, re.IGNORECASE) if mark is not None else None


def _seen(scene: Scene, text: str, match: re.Match[str]) -> str:
    """Return the words that were recognised, with a little of what stands around them."""
    start = max(text.rfind(". ", 0, match.start()) + 2 if match.start() > 80 else 0, match.start() - 80, 0)
    shown = text[start : start + _SHOWN].strip()
    return f"the text says: {shown}{'…' if start + _SHOWN < len(text) else ''}"
