"""Keywords that a constructor does not take."""

from __future__ import annotations

from keras_doctor.records import replace
from keras_doctor.symptoms.readings import LOADING
from keras_doctor.symptoms.refused import refused, top_level_keys, wrapped_class
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


def _unexpected(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    groups = {name.rstrip("2345"): text for name, text in match.groupdict().items() if text}
    found = top_level_keys(groups.get("keys", "")) or (groups.get("key", "").strip("'\""),)
    words: tuple[str, ...] = tuple(word for word in found if word and not word.isdigit())
    if not words:
        return _not_told(scene)
    return refused(scene, groups.get("name") or wrapped_class(scene), words)


# Keywords that people name when they tell of an error in their own words.
_TOLD_KEYWORDS = {
    "group": "groups",
    "time_major": "time_major",
    "batch_shape": "batch_shape",
    "batch_input_shape": "batch_input_shape",
    "quantization_config": "quantization_config",
    "input_axes": "input_axes",
    "ragged": "ragged",
    "input_dtype": "input_dtype",
    "reset_after": "reset_after",
}


def _told(scene: Scene, match: re.Match[str]) -> tuple[Reading, ...] | None:
    """Tell of a keyword that people name in their own words (not of one that is named in what an exception says)."""
    if scene.parsed.errors and any(match.string == said.text for said in scene.utterances if said.rank < 3):
        return None
    found = refused(scene, "", (_TOLD_KEYWORDS[match["key"].lower()],))
    return tuple(
        replace(one, confidence="medium") if one.confidence == "high" else one
        for one in (found if isinstance(found, tuple) else (found,))
    )


def _not_told(scene: Scene) -> Reading | None:
    """Tell of a keyword that the text leaves out: it shows the source line that raises, not what it says."""
    if not scene.passed(*LOADING) and not scene.calls("load_model", "from_config"):
        return None
    last = scene.parsed.frames[-1].stem if scene.parsed.frames else ""
    name = "InputLayer" if last == "input_layer" else ""
    found = refused(scene, name, ("batch_shape",)) if name else refused(scene, "", ("quantization_config",))
    first = found[0] if isinstance(found, tuple) else found
    what = (
        f"{name or 'a class'} of this release does not take a keyword that the file's config has; which one is not told"
    )
    return replace(first, what=what, confidence="medium", evidence=())


SYMPTOMS = (
    Symptom(
        tuple(_TOLD_KEYWORDS),
        _told,
        pattern=r"(?:complain|error|fail|unexpected|unrecogni[sz]ed|unknown|invalid|parameter|argument|keyword"
        r"|kwarg)[^\n]{0,80}?"
        r"(?<![.\w])(?P<key>group|time_major|batch_shape|batch_input_shape|quantization_config|input_axes|ragged"
        r"|input_dtype|reset_after)s?\b",
        strength=1,
    ),
    Symptom(
        (
            "unrecognized keyword argument",
            "keyword argument not understood",
            "got an unexpected keyword argument",
            "unexpected keyword arguments",
            "got unexpected keyword argument",
            "invalid keyword argument",
            "('keyword argument",
            "unexpected keyword argument",
            "got an expected keyword argument",
        ),
        _unexpected,
        pattern=r"Unrecognized keyword arguments? passed to (?P<name>\w+):?\s*(?P<keys>\{.*)"
        r"|Unrecognized keyword arguments?:?'?,?\s*(?:dict_keys\()?(?P<keys2>\[.*?\])"
        r"|Unrecognized keyword arguments: ?(?P<keys3>\{list\()"
        r"|Keyword argument not understood:?'?,?\s*'?(?P<key2>\w+)"
        r"|(?:__init__|__new__|(?P<name3>\w+)(?:\.__init__"
        r"|\.__new__)?)\(\) got (?:an )?unexpected keyword arguments? (?P<key3>['\"]?\w+)"
        r"|got an expected keyword argument:? '?(?P<key5>\w+)|unexpected keyword argument:?\s+(?P<key4>'\w+|\"\w+|\w+)",
        strength=6,
    ),
)
