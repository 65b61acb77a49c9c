"""What is known of a text before any symptom is looked for: what was raised, where, what people said of versions and
files.
"""

from __future__ import annotations

import re

from keras_doctor.records import record, replace
from keras_doctor.symptoms.places import Place, place_of
from keras_doctor.symptoms.sites import Site, among, releases_of, sites_of
from keras_doctor.symptoms.traceback import Frame, Parsed, flat, parse, take_apart

_MOST_PROSE = 40_000
_LEAST_MESSAGE, _MOST_MESSAGE = 12, 4000  # characters of a message whose place is looked for
_SURE = 24  # characters that a message has to share with what releases say, for these to be the only ones
# What is put around the message of something else, and says nothing by itself.
_AROUND = ("could not be deserialized properly", "error when deserializing class", "could not parse config")
_STATED = (
    r"(?<![/\\\w.-])(?P<name>tensorflow(?:[-_ ](?:gpu|cpu|macos|intel))?|tf[-_]keras|tf\.keras|tf|keras|python|h5py"
    r"|numpy|protobuf|jax|torch)"
    r"\s*(?:version)?\s*(?:==|=|:|>=|v|is|version)?\s*v?(?P<version>\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)(?![\w/\\])"
)
_ENDING = r"\.(?:h5|hdf5|keras|json|ya?ml|pb|pbtxt|tflite|onnx|pkl|pickle|joblib|ckpt|index|zip|mlmodel|pth?|weights)\b"
_LONGEST_PATH = 300
_NO_PATH = frozenset(" \t\n\"'`<>|,;()=")
_NAMES = {"tf": "tensorflow", "tf.keras": "tensorflow", "tf-keras": "tf-keras", "tf_keras": "tf-keras"}


@record
class Utterance:
    """One message. `rank`: 0 what was raised first within the last exception, 1 what it was wrapped in, 2 an earlier
    exception, 3 all the rest of the text.
    """

    text: str
    low: str
    rank: int

    @property
    def bare(self) -> str:
        """The text without quotation marks, which people leave out."""
        return unquoted(self.text)


def unquoted(text: str) -> str:
    """Return a text without quotation marks."""
    return text.replace("'", "").replace('"', "")


@record
class Scene:
    """What a text shows. `stated`: (package, version) as people say them; `files`: paths of models that are named;
    `sites`: the places that are known to say the last message.
    """

    parsed: Parsed
    place: Place
    utterances: tuple[Utterance, ...]
    stated: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()
    dump: str = ""
    sites: tuple[Site, ...] = ()

    @property
    def kind(self) -> str:
        """The class of the last exception, "" when none is named."""
        return self.parsed.errors[-1].kind if self.parsed.errors else ""

    @property
    def message(self) -> str:
        """What the last exception says, its innermost part."""
        return self.parsed.errors[-1].inner if self.parsed.errors else self.utterances[0].text

    def passed(self, *stages: str) -> bool:
        """Tell whether the frames went through one of these stages."""
        return any(stage in self.place.stages for stage in stages)

    def calls(self, *names: str) -> bool:
        """Tell whether one of these names stands in the text anywhere, as a word of code."""
        return any(name in self.parsed.text for name in names)

    def names_file(self, *endings: str) -> str:
        """Return the last file named in the text that has one of these endings, "" when there is none."""
        return next((path for path in reversed(self.files) if path.lower().endswith(endings)), "")

    @property
    def low(self) -> str:
        """The whole text in lower case."""
        return self.utterances[-1].low


def scene_of(text: str) -> Scene:
    """Return what a plain text shows."""
    parsed = parse(text)
    utterances: list[Utterance] = []
    dump = ""
    for number, error in enumerate(reversed(parsed.errors)):
        dump = dump or (error.dumps[-1] if error.dumps else "")
        for depth, part in enumerate(reversed(error.parts)):
            rank = 2 if number else min(depth, 1)
            shown = f"{error.kind}: {part}" if depth == len(error.parts) - 1 else part
            utterances.append(Utterance(shown, shown.lower(), rank))
    told = parsed.prose
    parts, dumps = take_apart(told[-_MOST_PROSE:])
    dump = dump or (dumps[-1] if dumps else "")
    if not parsed.errors:
        utterances.append(Utterance(parts[-1], parts[-1].lower(), 1))
    utterances.sort(key=lambda utterance: utterance.rank)
    if len(told) > 2 * _MOST_PROSE:
        told = told[:_MOST_PROSE] + "\n" + told[-_MOST_PROSE:]
    prose = flat(told)
    utterances.append(Utterance(prose, prose.lower(), 3))
    sites = _sites(parsed.errors[-1].inner if parsed.errors else utterances[0].text)
    place = place_of(parsed.frames)
    place = replace(place, releases=_saying(place, sites, parsed.frames))
    return Scene(parsed, place, tuple(utterances), _stated(text), _files(text), dump, sites)


def _sites(message: str) -> tuple[Site, ...]:
    """Return the places that are known to say a message."""
    if not _LEAST_MESSAGE <= len(message) <= _MOST_MESSAGE:
        return ()
    return tuple(site for site in sites_of(message) if not any(words in site.shape for words in _AROUND))


def _saying(
    place: Place, sites: tuple[Site, ...], frames: tuple[Frame, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the releases that the frames can be of, without those that do not say the message."""
    sites = among(sites, frames) if frames else sites
    said = releases_of(sites) if sites and min(site.own for site in sites) >= _SURE else {}
    if not place.releases:
        return tuple(said.items())
    both = ((line, tuple(one for one in have if one in said.get(line, ()))) for line, have in place.releases)
    return tuple((line, have) for line, have in both if have) or place.releases


def _stated(text: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for match in re.finditer(_STATED, text[:_MOST_PROSE] + text[-4000:], re.IGNORECASE):
        name = match["name"].lower().replace("_", "-")
        name = _NAMES.get(name, "tensorflow" if name.startswith("tensorflow") else name)
        found.setdefault(name, match["version"])
    return tuple(found.items())


def _files(text: str) -> tuple[str, ...]:
    """Return the paths of models that a text names, in their order."""
    text = text[-_MOST_PROSE:]
    found: dict[str, None] = {}
    for match in re.finditer(_ENDING, text, re.IGNORECASE):
        start = match.start()
        least = max(0, start - _LONGEST_PATH)
        while start > least and text[start - 1] not in _NO_PATH:
            start -= 1
        path = text[start : match.end()]
        if start < match.start() and not path.startswith(("http:", "https:")):
            found[path] = None
        if len(found) >= 50:
            break
    return tuple(found)
