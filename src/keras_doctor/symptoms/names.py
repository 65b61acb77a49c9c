"""Names that stand in messages, looked up in the knowledge of releases: is it Keras's own, of which releases, and since
when does a class take a keyword?
"""

from __future__ import annotations

import os

from keras_doctor.records import record, replace
from keras_doctor.releases.api import Api
from keras_doctor.releases.api_text import lines, text_of
from keras_doctor.releases.whereabouts import whereabouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TABLES = (
    "layers", "optimizers", "losses", "metrics", "initializers", "regularizers", "constraints", "activations",
    "schedules", "policies",
)  # fmt: skip
_LIBRARIES = {
    "keras-1": ("keras", "Keras"), "keras-2": ("keras", "Keras"), "keras-2.6": ("tf.keras", "tf.keras"),
    "keras-3": ("keras", "Keras"), "tensorflow": ("tf.keras", "tf.keras of TensorFlow"),
    "tf-keras": ("tf-keras", "tf_keras"),
}  # fmt: skip
# Nodes of a functional graph that are operations, not layers.
OPERATIONS = (
    "TensorFlowOpLayer",
    "TFOpLambda",
    "SlicingOpLambda",
    "ClassMethod",
    "InstanceMethod",
    "InstanceProperty",
)
_providers: dict[str, Provider] = {}
_texts: list[str] = []


@record
class Provider:
    """A package that has a class: how to install it, what to import, and what to give as custom_objects. `sure`: False
    where nothing but the name says so, which others can have taken too.
    """

    package: str
    install: str
    code: str
    sure: bool = True


@record
class Known:
    """A class or function of Keras's own. `kind`: the table that it is in, "private" for a layer in none, "operations".
    `releases`: line of releases → those that know it.
    """

    kind: str
    releases: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def within(self, releases: Mapping[str, tuple[str, ...]] | Iterable[tuple[str, tuple[str, ...]]]) -> bool | None:
        """Tell whether all (True), none (False) or some (None) of these releases know it."""
        have = dict(self.releases)
        told = [release in have.get(line, ()) for line, wanted in dict(releases).items() for release in wanted]
        if not told:
            return None
        return True if all(told) else (None if any(told) else False)

    def since(self) -> str:
        """Say in words which releases know it."""
        return spans(self.releases)


def spans(releases: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """Return sets of releases in words: "Keras 2.0.0 to 2.3.1, tf.keras of TensorFlow 2.3 or later"."""
    told = []
    for line, have in releases:
        every = lines()[line]
        name = _LIBRARIES[line][1]
        if have == every:
            told.append(f"{name} {every[0]} to {every[-1]}" if line != "tf-keras" else name)
        elif have[-1] == every[-1]:
            told.append(f"{name} {have[0]} to {have[-1]}" if line != "keras-3" else f"{name} {have[0]} or later")
        else:
            told.append(f"{name} {have[0]}" + (f" to {have[-1]}" if have[-1] != have[0] else ""))
    return ", ".join(told)


def library(name: str, *kinds: str) -> Known | None:
    """Return what a name is in Keras, None when no release has it. `kinds`: which tables to ask, in order."""
    if not name or not name.replace("_", "").replace(">", "").isalnum():
        return None
    if name in OPERATIONS:
        return Known("operations", tuple(whereabouts(name, "layers").items()))
    for kind in kinds or _TABLES:
        for spelling in dict.fromkeys((name, name.lower()) if kind == "optimizers" else (name,)):
            found = whereabouts(spelling, kind)
            if found:
                return Known(kind, tuple(found.items()))
    if any(f"\n={name}{end}" in _text("keras-3", "operations") for end in "\t~"):
        return Known("operations", _with("operations", name))
    private = _with("layers", name)
    return Known("private", private) if private else None


def spelled(name: str) -> str:
    """Return a name as Keras's classes are spelled, when somebody wrote it in small letters alone."""
    if not name.isalnum() or name != name.lower():
        return name
    for line in reversed(lines()):
        for file in ("layers", "initializers", "optimizers", "losses", "metrics"):
            text = _text(line, file)
            low = text.lower()
            place = max(low.find(f"\n={name}\t"), low.find(f"\n={name}~"))
            if place >= 0:
                return text[place + 2 : place + 2 + len(name)]
    return name


def _with(file: str, name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple(
        (line, releases)
        for line, releases in lines().items()
        if any(f"\n={name}{end}" in _text(line, file) for end in "\t~")
    )


def _text(line: str, file: str) -> str:
    return text_of(f"{line}/{file}.tsv")


def taking(class_name: str, keyword: str, kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the releases whose class of that name takes a keyword, by line.

    A line is bisected: a keyword comes once and goes once, as far as is known.
    """
    found = []
    for line, releases in lines().items():
        library_name = _LIBRARIES[line][0]
        answers: dict[int, bool] = {}

        def takes(
            position: int, name: str = library_name, have: tuple[str, ...] = releases, known: dict[int, bool] = answers
        ) -> bool:
            if position not in known:
                api = Api(name, have[position])
                made = api.find(class_name, kind)
                known[position] = made is not None and api.accepts(made).takes(keyword)
            return known[position]

        last = len(releases) - 1
        middle = last // 2
        if not (takes(0) or takes(middle) or takes(last)):
            continue
        inside = next(position for position in (last, middle, 0) if takes(position))
        low, high = _edge(takes, inside, 0), _edge(takes, inside, last)
        found.append((line, releases[low : high + 1]))
    return tuple(found)


def _edge(takes: object, inside: int, outside: int) -> int:
    """Return the outermost position between the two that still takes it."""
    assert callable(takes)
    if takes(outside):
        return outside
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        if takes(middle):
            inside = middle
        else:
            outside = middle
    return inside


def refusing(class_name: str, keys: tuple[str, ...], places: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return those keys of a config that the newest of the releases in each line does not take, () where one takes all.

    `places`: line of releases → some of them; () for all.
    """
    found: tuple[str, ...] = ()
    for line, releases in places.items():
        api = Api(_LIBRARIES[line][0], (releases or lines()[line])[-1])
        made = api.find(class_name)
        if made is None:
            return ()
        found = api.refused(made, keys)
        if not found:
            return ()
    return found


def keyword_owners(keyword: str, kind: str = "layers") -> tuple[str, ...]:
    """Return the classes of Keras, of any release, whose own constructor names a keyword. A few."""
    if not keyword.replace("_", "").isalnum():
        return ()
    found: list[str] = []
    for line in lines():
        text = _text(line, kind)
        for form in (f"\t{keyword}=", f"\t{keyword}\t", f"\t{keyword}\n"):
            place = text.find(form)
            while place >= 0:
                row = text.rfind("\n", 0, place) + 1
                if text.startswith(("init", "pops", "only", "config"), row):
                    head = text.rfind("\n=", 0, place) + 2
                    found.append(text[head : text.find("\t", head)].partition("~")[0])
                place = text.find(form, text.find("\n", place))
                if len(found) > 40:
                    return tuple(dict.fromkeys(found))
    return tuple(dict.fromkeys(found))


def provider(name: str, module: str = "") -> Provider | None:
    """Return who has a class that is not Keras's: by its name, its prefix ("Addons>…") or its module's package.

    None where several packages have it, or where its name says too little.
    """
    own = name.rpartition(">")[2]
    prefix = f"{name.rpartition('>')[0].partition('>')[0]}>" if ">" in name else ""
    root = (module or (name if "." in name else "")).partition(".")[0]
    recorded = _recorded()
    for key in (own, prefix, f"{root}."):
        if len(key) > 1 and key in recorded:
            return recorded[key]
    start = next((key for key in recorded if key.endswith("*") and own.startswith(key[:-1])), "")
    if start:
        return recorded[start]
    heads = _extracted().split("\n@")[1:]
    for head in heads:
        package, _, roots, prefixes = head.partition("\n")[0].split("\t")
        if (root and root in roots.split(" ")) or (prefix and prefix[:-1] in prefixes.split(",")):
            return _provided(package, root or roots, own)
    found = _having(own)
    return replace(found[0], sure=False) if len(found) == 1 else None


def possible_providers(name: str) -> tuple[Provider, ...]:
    """Return the packages that have a class of that name, which can be anybody's as well: usual words, or several."""
    own = name.rpartition(">")[2]
    return _having(own) or _having(f"{own}~")


def _recorded() -> dict[str, Provider]:
    if not _providers:
        for row in _beside("providers.tsv").splitlines():
            if not row.startswith("#"):
                key, package, install, code = row.split("\t")
                for one in key.split(" "):
                    _providers[one] = Provider(package, install, code)
    return _providers


def _extracted() -> str:
    if not _texts:
        _texts.append(_beside("provided.tsv"))
    return _texts[0]


def _beside(name: str) -> str:
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def _having(word: str) -> tuple[Provider, ...]:
    """Return the packages whose row has a word, one of each."""
    found: dict[str, Provider] = {}
    text = _extracted()
    if not word.rstrip("~").isidentifier():
        return ()
    place = text.find(word)
    while place >= 0 and len(found) < 5:
        after = text[place + len(word) : place + len(word) + 1]
        row = text.rfind("\n", 0, place) + 1
        if text[place - 1] in "\t " and after in ("\n", " ") and text[row] not in "@#":
            head = text.rfind("\n@", 0, place) + 2
            package = text[head : text.index("\t", head)]
            module = text[row : text.index("\t", row)]
            found.setdefault(package, _provided(package, module, word.rstrip("~")))
        place = text.find(word, place + 1)
    return tuple(found.values())


def _provided(package: str, module: str, name: str) -> Provider:
    """Return a package of the extracted ones, as it is described by hand where it is."""
    told = _recorded().get(f"{module.partition('.')[0]}.")
    if told is not None:
        return told
    code = f"from {module} import {name}" if "." in module else f"import {module}"
    return Provider(package, package, f'{code}  # then custom_objects={{"{name}": {name}}}')
