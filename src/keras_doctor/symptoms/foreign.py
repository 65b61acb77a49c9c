"""Other programs and packages that work with Keras's models: which of them a text is about, and what helps with it."""

from __future__ import annotations

import os

from keras_doctor.findings import Remedy
from keras_doctor.records import record
from keras_doctor.symptoms.symptom import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.symptoms.scene import Scene

_CODES = {
    "converter-incompatible": "KD902", "environment-broken": "KD909", "wrong-api-use": "KD903", "path-problem": "KD101",
    "mixed-keras": "KD208",
}  # fmt: skip
_WHAT = {
    "converter-incompatible": "does not understand this model: it was written for another release of Keras, or does "
    "not "
    "know one of its layers or operations",
    "environment-broken": "was written for another release of TensorFlow and Keras than the one that is installed",
    "wrong-api-use": "is asked for something else than the model offers",
    "mixed-keras": "is for Keras 2, and meets a model (or a layer) of Keras 3 here",
    "path-problem": "does not find the model that it wants",
}
_LAST = 3  # frames, from the end, in which the one that raised is looked for
_MOST = 60_000  # characters in which a tool's name is looked for
_SILENT = frozenset(("tensorflow", "keras", "tf_keras", "tensorflow_core", "h5py", "numpy", "google", "six"))
_tools: list[Tool] = []


@record
class Tool:
    """`words`: pieces of text that tell of it; `signs`: those of them that nothing else says; `roots`: packages whose
    frames are its; `cause`: why it fails at models.
    """

    words: tuple[str, ...]
    signs: tuple[str, ...]
    roots: tuple[str, ...]
    cause: str
    name: str
    remedies: tuple[Remedy, ...]

    def reading(self, confidence: str) -> Reading:
        """Return that it failed at a model."""
        name = self.name[:1].upper() + self.name[1:] if self.name.startswith(("a ", "the ", "another ")) else self.name
        return Reading(self.cause, f"{name} {_WHAT[self.cause]}", self.remedies, confidence, code=_CODES[self.cause])


def tools() -> tuple[Tool, ...]:
    """Return the table of tools."""
    if not _tools:
        with open(os.path.join(os.path.dirname(__file__), "tools.tsv"), encoding="utf-8") as file:
            for row in file:
                if not row.startswith("#"):
                    words, roots, cause, name, *ways = row.rstrip("\n").split("\t")
                    remedies = tuple(Remedy(*ways[place : place + 2]) for place in range(0, len(ways), 2))
                    told = words.split("|")
                    signs = tuple(word[1:] for word in told if word.startswith("!"))
                    plain = tuple(word.removeprefix("!") for word in told)
                    _tools.append(Tool(plain, signs, tuple(roots.split()), cause, name, remedies))
    return tuple(_tools)


def raised_by(scene: Scene) -> tuple[Tool, bool] | None:
    """Return the tool whose code raised, or called what raised: (tool, True when it raised itself)."""
    frames = [frame.path.split("/") for frame in scene.parsed.frames]
    for distance, words in enumerate(reversed(frames[-6:])):
        for tool in tools():
            if any(root in words or f"{root}.py" in words for root in tool.roots):
                return tool, distance == 0
    return None


def shape_of(tool: Tool) -> str:
    """Return a regular expression for the words of a tool, short ones as whole words."""
    import re

    return "|".join(
        f"{'(?<![a-z0-9])' * word[0].isalnum()}{re.escape(word)}{'(?![a-z0-9])' * (len(word) < 6)}"
        for word in tool.words
    )


def named_in(scene: Scene) -> Tool | None:
    """Return the tool that raised, or the one that a text names, None when it is about none."""
    import re

    found = raised_by(scene)
    if found is not None:
        return found[0]
    low = scene.parsed.text[:_MOST].lower()
    for tool in tools():
        if any(word in low for word in tool.words) and re.search(shape_of(tool), low):
            return tool
    return None


def last_package(scene: Scene) -> str:
    """Return the installed package of the last frame, "" when that is Keras or TensorFlow, or is not shown."""
    if not scene.parsed.frames:
        return ""
    _, installed, rest = scene.parsed.frames[-1].path.rpartition("-packages/")
    package = rest.partition("/")[0].removesuffix(".py") if installed else ""
    return "" if package in _SILENT else package
