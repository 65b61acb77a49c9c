"""The catalog: which releases were published when, for which Pythons, and what they ask of each other.

One file a package under `index/`, made by tools/fetch_release_index.py and read when that package is first asked for.
A line is one fact; a fact that holds for a run of consecutive releases is one line with the first and the last of
them:

    asked     2026-11-24                        when the package index was asked
    release   2.15.1   2024-03-08   [yanked]    oldest first
    pythons   2.14.0   2.15.1   3.9 3.10 3.11   of its wheels; or what it requires of Python, ">=3.9"
    needs     2.14.1   2.15.1   numpy   <2.0.0,>=1.23.5     by Python: "spec ; python | spec ; python"; "*" is any
    keras     2.3.0    2.4.4    2.4.0           what the Keras inside a TensorFlow up to 2.5 calls itself
    also      2.5.0    2.5.3    tensorflow-cpu  another name for the same releases
"""

from __future__ import annotations

from keras_doctor.releases.names import PACKAGES, family
from keras_doctor.releases.version import in_line, is_final, public, satisfies, version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MINORS = (
    "2.7", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15",
)  # fmt: skip


class _Package:
    """The releases of one package, oldest first, and the facts about runs of them."""

    def __init__(self, text: str) -> None:
        self.asked = ""
        self.versions: list[str] = []
        self.dates: list[str] = []
        self.yanked: set[str] = set()
        self.runs: dict[str, list[tuple[str, str, str]]] = {}
        for line in text.splitlines():
            fields = line.split("\t")
            if fields[0] == "release":
                self.versions.append(fields[1])
                self.dates.append(fields[2])
                if len(fields) > 3:
                    self.yanked.add(fields[1])
            elif fields[0] == "needs":
                self.runs.setdefault("needs " + fields[3], []).append((fields[1], fields[2], fields[4]))
            elif fields[0] == "asked":
                self.asked = fields[1]
            elif len(fields) == 4:
                self.runs.setdefault(fields[0], []).append((fields[1], fields[2], fields[3]))
        self.positions = {version: position for position, version in enumerate(self.versions)}

    def position(self, version: str) -> int | None:
        """Return where a version stands, however it is spelt; None when it is not listed."""
        found = self.positions.get(version)
        if found is None and (key := version_key(version)) is not None:
            found = next((i for i, known in enumerate(self.versions) if version_key(known) == key), None)
        return found

    def fact(self, kind: str, version: str) -> str | None:
        """Return what holds for a version; one that is not listed has the facts of the one before it in its line."""
        position = self.position(version)
        if position is None:
            position = self._before(version)
        if position is not None:
            for first, last, value in self.runs.get(kind, ()):
                if self.positions[first] <= position <= self.positions[last]:
                    return value
        return None

    def _before(self, version: str) -> int | None:
        key, line = version_key(version), line_of(version)
        if key is None:
            return None
        below = [
            i for i, known in enumerate(self.versions) if in_line(known, line) and (version_key(known) or key) < key
        ]
        return below[-1] if below else None


class Catalog:
    """What the index says. Names are those of distributions, in any spelling; versions are strings."""

    def __init__(self) -> None:
        self._packages: dict[str, _Package] = {}

    def _package(self, name: str) -> _Package:
        name = family(name)
        found = self._packages.get(name)
        if found is None:
            text = _index(name + ".tsv") if name in PACKAGES else ""
            found = self._packages[name] = _Package(text)
        return found

    def versions(self, name: str) -> tuple[str, ...]:
        """Every version of a package, oldest first; () when the catalog does not list the package."""
        return tuple(self._package(name).versions)

    def asked(self, name: str) -> str:
        """The day on which the package index was asked, "2026-11-24"; "" when the catalog does not list the package."""
        return self._package(name).asked

    def knows(self, name: str, version: str) -> bool:
        """Tell whether a version of a package is listed."""
        return self._package(name).position(version) is not None

    def spelt(self, name: str, version: str) -> str | None:
        """The listed spelling of a version ("2.4" is 2.4.0), None when it is not listed."""
        package = self._package(name)
        position = package.position(version)
        return None if position is None else package.versions[position]

    def released(self, name: str, version: str) -> str | None:
        """The day on which a version was published, "2024-03-08"; None when it is not listed."""
        package = self._package(name)
        position = package.position(version)
        return None if position is None else package.dates[position]

    def newest(self, name: str, prefix: str = "", python: str = "", requirement: str = "") -> str | None:
        """The newest version of the line `prefix` ("3.12") that runs on `python` and meets `requirement`; None when
        there is none.

        Candidates and withdrawn releases are taken only where there is nothing else.
        """
        package = self._package(name)
        second = None
        for version in reversed(package.versions):
            if prefix and not in_line(version, prefix):
                continue
            if (requirement and not satisfies(version, requirement)) or (
                python and self.runs_on(name, version, python) is False
            ):
                continue
            if is_final(version) and version not in package.yanked:
                return version
            second = second or version
        return second

    def pythons(self, name: str, version: str) -> tuple[str, ...]:
        """The Python minors that a version was published for ("3.9", "3.10", …); () when it does not say."""
        fact = self._package(name).fact("pythons", version)
        if fact is None:
            return ()
        return (
            tuple(fact.split(" ")) if fact[0].isdigit() else tuple(minor for minor in MINORS if satisfies(minor, fact))
        )

    def runs_on(self, name: str, version: str, python: str) -> bool | None:
        """Tell whether a version was published for a Python ("3.11" or "3.11.7"); None when it does not say."""
        fact = self._package(name).fact("pythons", version)
        minor = line_of(python)
        if fact is None or not minor:
            return None
        return minor in fact.split(" ") if fact[0].isdigit() else satisfies(minor, fact)

    def requirement(self, name: str, version: str, other: str, python: str = "") -> str | None:
        """What a version asks of another package: ">=1.26.0,<2.0.0", "" for any version, None when it does not ask for
        it.

        Where it depends on the Python and none is given, the first alternative.
        """
        choices = list(self._requirements(name, version, other, python))
        return choices[0] if choices else None

    def allows(self, name: str, version: str, other: str, other_version: str, python: str = "") -> bool | None:
        """Tell whether a version's own metadata accepts that version of another package; None when it does not ask for
        it.
        """
        choices = list(self._requirements(name, version, other, python))
        return any(satisfies(other_version, choice) for choice in choices) if choices else None

    def _requirements(self, name: str, version: str, other: str, python: str) -> Iterator[str]:
        fact = self._package(name).fact("needs " + family(other), version)
        minor = line_of(python)
        for choice in fact.split(" | ") if fact else ():
            requirement, _, wanted = choice.partition(" ; ")
            if not wanted or not minor or satisfies(minor, wanted):
                yield requirement.replace("*", "")

    def tensorflow_keras(self, tensorflow: str) -> str | None:
        """The Keras that `tf.keras` of a TensorFlow up to 2.15 is: "2.2.4-tf", "2.4.0"; None from 2.16 on, where it is
        the package `keras`.

        From 2.6 to 2.15 that is the newest release of the line of `keras` that the TensorFlow asks for.
        """
        own = self._package("tensorflow").fact("keras", tensorflow)
        if own is not None:
            return own
        asked = self.requirement("tensorflow", tensorflow, "keras")
        if not asked or not satisfies(tensorflow, "<2.16.0rc0"):
            return None
        return self.newest("keras", prefix=line_of(tensorflow), requirement=asked) or self.newest(
            "keras", requirement=asked
        )

    def tensorflows_of(self, keras: str) -> tuple[str, ...]:
        """The TensorFlows whose own `tf.keras` is that version ("2.2.4-tf" or "2.10.0"), oldest first."""
        found = (tf for tf in self.versions("tensorflow") if is_final(tf) and self.tensorflow_keras(tf) == keras)
        return tuple(found)


def line_of(version: str) -> str:
    """Return the line that a version belongs to: "3.12" for 3.12.4; "" when there is none."""
    parts = public(version).split(".")
    return ".".join(parts[:2]) if len(parts) > 1 and parts[0].isdigit() and parts[1][:1].isdigit() else ""


def _index(file: str) -> str:
    """Return the text of a file of the index, wherever the package was imported from."""
    loader, here = __spec__.loader, __file__
    path = here[: -len("catalog.py")] + "index/" + file
    data: bytes = loader.get_data(path)  # type: ignore[union-attr]
    return data.decode("utf-8")


_catalog: Catalog | None = None


def catalog() -> Catalog:
    """Return the catalog; nothing is read before it is asked."""
    global _catalog
    if _catalog is None:
        _catalog = Catalog()
    return _catalog
