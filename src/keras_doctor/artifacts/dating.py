"""Who saved a model: the writing release, and what in the file tells it.

Every mark that an artifact shows (`dating_marks`) leaves a set of writers that can show it (`dating_markers`,
`dating_keys`); what is left by all of them together is who can have written the artifact. A version that the file
states is believed, unless what stands in the file is of another era.
"""

from __future__ import annotations

from keras_doctor.artifacts.dating_keys import CLASSES, SPANS
from keras_doctor.artifacts.dating_markers import MARKERS
from keras_doctor.artifacts.dating_marks import OBJECTS, WIDTH, look
from keras_doctor.artifacts.dating_stated import parse
from keras_doctor.artifacts.dating_writers import (
    ANYBODY,
    ERA,
    FIRST,
    LAST,
    LIBRARY,
    NEWEST,
    TENSORFLOW,
    WRITERS,
    describe,
    members,
    of_era,
    order,
    span,
)
from keras_doctor.document.provenance import Evidence, Provenance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.dating_marks import Marks

    # (who can show it, what it is, where it was seen)
    Sign = tuple[int, str, Any]

# Where each format states its version.
_STATED_IN = {
    "keras-v3": "metadata.json",
    "keras-v3-directory": "metadata.json",
    "hdf5-model": "the attribute keras_version",
    "hdf5-weights": "the attribute keras_version",
    "savedmodel": "keras_metadata.pb",
    "tfjs-layers": "model.json",
}
_EVIDENCE = 6  # marks that are told at most
_CONTAINERS = (dict, list)


def date(
    *,
    config: Any,
    training: Any = None,
    stated_version: str | None = None,
    stated_backend: str | None = None,
    saved_at: str | None = None,
    facts: dict[str, Any],
    format: str,  # noqa: A002 - the document's field
) -> Provenance:
    """Return who wrote an artifact, by what it states and what it shows. Never raises, whatever stands in a config.

    `config` and `training` are plain JSON, or None. `facts` are what the reader of the format saw; those that date are
    named in `dating_marks`. `earliest` and `latest` hold the truth between them; `latest` is "" when the newest release
    known here is among the candidates, so that a later one is too.
    """
    marks = look(config, training, facts, format)
    signs = _signs(marks)
    tensorflow = facts.get("tensorflow_version")
    tensorflow = tensorflow if type(tensorflow) is str else ""
    stated = parse(stated_version or _generator(facts.get("generated_by")))
    if tensorflow and format == "savedmodel":
        carried = _of_tensorflow(tensorflow)
        if stated is None or carried & stated.writers:  # else not TensorFlow's own Keras
            signs.insert(0, (carried, f"saved with TensorFlow {tensorflow}", "saved_model.pb"))
    mended = facts.get("mended_by") or ""
    shown, kept, odd = _combine(signs) if stated is None or stated.release else (ANYBODY, [], [])
    evidence: list[Evidence] = []
    believed = False
    writers = shown
    if stated is not None:
        evidence.append(Evidence(f"it states {stated.text}", _STATED_IN.get(format, "keras_version")))
        claimed = stated.writers or of_era(stated.era)
        # Else who states this did not write it; but a file that was mended for a release keeps words of older ones.
        believed = bool(_eras(claimed) & _eras(shown)) or bool(mended)
        if not claimed & shown:
            evidence += _objections(claimed, kept, config)
        if believed:
            writers = claimed & shown or claimed
    library: str | None
    if stated is not None and believed:
        evidence += _narrowing(stated.writers, writers, kept, config)
        earliest = latest = stated.text if stated.release else ""
        library = _only(writers, LIBRARY) if stated.writers else stated.library
        era = _era(writers, marks) or stated.era
        writers = writers if stated.writers else 0  # of a release that is not known, no TensorFlow follows
    else:
        evidence += _reasons(ANYBODY, writers, kept, config)
        earliest, latest = _bounds(writers)
        library = _only(writers, LIBRARY)
        era = _era(writers, marks)
    evidence += [Evidence(f"unexplained: {_only_by(sign)}", _place(sign[2], config)) for sign in odd[:2]]
    return Provenance(
        stated.text if stated is not None else None,
        earliest,
        latest,
        library or None,
        era,
        stated_backend,
        tensorflow or _tensorflow(writers),
        _iso(saved_at),
        mended,
        tuple(evidence),
    )


def _signs(marks: Marks) -> list[Sign]:
    """Return what the marks of an artifact tell, the most trusted first."""
    found = marks.found
    signs: list[Sign] = []
    for mark, (writers, words) in MARKERS.items():
        if mark in found:
            signs.append((span(writers), words, found[mark]))
    for (name, module, keys), place in marks.kinds.items():
        entry = CLASSES.get(name.removeprefix("Custom>"))
        if entry is None:
            continue
        exists, trust, *rows = entry.split("|")
        holders = ANYBODY
        if trust == "own" or (module is not None and module.startswith(("keras.", "tf_keras."))):
            holders = span(SPANS[int(exists)])
            if holders != ANYBODY:
                signs.append((holders, f"the class {name}", place))
        elif trust == "module" or (trust != "core" and not all(key in keys for key in trust.split(","))):
            continue
        for row in rows:
            key, present, absent = row.split(" ")
            able = span(SPANS[int(present if key in keys else absent)]) & holders
            if able and able != ANYBODY:  # nobody: a config that was edited
                signs.append((able, f"{name} {'with' if key in keys else 'without'} {key}", place))
    return signs


def _combine(signs: list[Sign]) -> tuple[int, list[Sign], list[Sign]]:
    """Return who is left by all signs, the signs that count, and those that contradict more trusted ones."""
    left, kept, odd = ANYBODY, [], []
    for sign in signs:
        if left & sign[0]:
            left &= sign[0]
            kept.append(sign)
        else:
            odd.append(sign)
    return left, kept, odd


def _reasons(start: int, goal: int, signs: list[Sign], config: Any) -> list[Evidence]:
    """Return the fewest signs that narrow `start` to `goal`: each time the one that excludes most."""
    reasons: list[Evidence] = []
    left = start
    while left & ~goal and len(reasons) < _EVIDENCE:
        best = min(signs, key=lambda sign: (left & sign[0]).bit_count(), default=None)
        if best is None or left & best[0] == left:
            break
        left &= best[0]
        reasons.append(Evidence(f"{best[1]}: {describe(best[0])}", _place(best[2], config)))
    return reasons


def _objections(claimed: int, signs: list[Sign], config: Any) -> list[Evidence]:
    """Return the signs that speak against everybody who states what the file states."""
    return [Evidence(f"but {_only_by(sign)}", _place(sign[2], config)) for sign in signs if not sign[0] & claimed][
        :_EVIDENCE
    ]


def _only_by(sign: Sign) -> str:
    return f"{sign[1]}, which only {describe(sign[0])} write"


def _narrowing(stated: int, both: int, signs: list[Sign], config: Any) -> list[Evidence]:
    """Return what follows from the stated version: which TensorFlow calls its Keras so, and what narrows that down."""
    if not both or _only(stated, LIBRARY) != "tf.keras" or not _tensorflow(stated):
        return []
    first = Evidence(f"so calls itself the Keras of TensorFlow {_tensorflow(stated)}")
    if _tensorflow(both) == _tensorflow(stated):
        return [first] if stated.bit_count() > 1 else []
    return [first, *_reasons(stated, both, signs, config)]


def _of_tensorflow(version: str) -> int:
    """Return who saves with a release of TensorFlow: its own Keras, or the tf_keras made for it."""
    line = ".".join(version.split(".")[:2])
    mask = 0
    for index, writer in enumerate(WRITERS):
        mask |= (writer[TENSORFLOW] == line) << index
    return mask or ANYBODY


def _eras(writers: int) -> set[str]:
    return {WRITERS[index][ERA] for index in members(writers)}


def _only(writers: int, field: int) -> str:
    """Return a field that all writers share, "" when they do not."""
    values = {WRITERS[index][field] for index in members(writers)}
    return values.pop() if len(values) == 1 else ""


def _era(writers: int, marks: Marks) -> str:
    """Return the era that all writers share. Where Keras 2 and tf.keras are left, a default initializer that is spelled
    as Keras 2 does decides: tf.keras writes it only when it saves again what Keras 2 made.
    """
    era = _only(writers, ERA)
    if not era and "glorot-as-scaling" in marks.found and _eras(writers) <= {"keras-2", "tf.keras"}:
        return "keras-2"
    return era


def _tensorflow(writers: int) -> str:
    """Return the TensorFlow that follows: "2.4", "1.13 to 2.1", "" when none does."""
    lines = [WRITERS[index][TENSORFLOW] for index in members(writers)]
    if not lines or "" in lines:
        return ""
    lines.sort(key=order)
    return lines[0] if lines[0] == lines[-1] else f"{lines[0]} to {lines[-1]}"


def _bounds(writers: int) -> tuple[str, str]:
    """Return the first and the last Keras release of a set, the last one "" when it is open towards the future."""
    indexes = members(writers)
    if writers == ANYBODY or not indexes:
        return "", ""
    earliest = min((WRITERS[index][FIRST] for index in indexes), key=order)
    if indexes[-1] == NEWEST:
        return earliest, ""
    return earliest, max((WRITERS[index][LAST] for index in indexes), key=order)


def _place(place: Any, config: Any) -> str:
    """Return where a sign was seen, as a path of the config where it stands there."""
    if type(place) is str:
        return place
    if place is config:
        return "the config"
    stack: list[tuple[Any, str]] = [(config, "")] if type(config) in _CONTAINERS else []
    budget = OBJECTS
    while stack and budget:
        budget -= 1
        value, path = stack.pop()
        if value is place:
            return path
        if type(value) is dict:
            stack.extend(
                [
                    (item, f"{path}.{key}" if path else str(key))
                    for key, item in value.items()
                    if type(item) in _CONTAINERS
                ]
            )
        else:
            stack.extend(
                [(item, f"{path}[{index}]") for index, item in enumerate(value[:WIDTH]) if type(item) in _CONTAINERS]
            )
    return "the training config"


def _generator(text: Any) -> str | None:
    """Return the version in what TensorFlow.js says of a model's origin: "keras v2.3.0" or "… tfjs-layers v1.2"."""
    name, _, version = text.rpartition(" v") if type(text) is str else ("", "", "")
    if name == "keras":
        return version
    return f"tfjs-layers {version}" if name.endswith("tfjs-layers") else None


def _iso(saved_at: str | None) -> str:
    """Return the date of metadata.json ("2024-05-01@13:20:00") in ISO 8601; other text as it stands, cut."""
    return (saved_at or "")[:40].replace("@", "T", 1)
