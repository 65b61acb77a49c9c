"""Files of `releases/api` in memory: sections and their facts, for one release of a line.

A file is read whole and a section is found in it by its first line; only sections that are asked for are taken apart.
"""

from __future__ import annotations

from keras_doctor.releases.runs import within
from keras_doctor.releases.version import in_line, satisfies, version_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_texts: dict[str, str] = {}
_lines: dict[str, tuple[str, ...]] = {}


def text_of(path: str) -> str:
    """Return a file of the data, "" when there is none: "keras-3/layers.tsv"."""
    found = _texts.get(path)
    if found is None:
        folder = __file__[: -len("api_text.py")] + "api/"
        try:
            data: bytes = __spec__.loader.get_data(folder + path)  # type: ignore[union-attr]
        except OSError:
            data = b""
        found = _texts[path] = data.decode("utf-8")
    return found


def lines() -> dict[str, tuple[str, ...]]:
    """Return the lines of releases and, in order, the releases that the data has of each."""
    if not _lines:
        for row in text_of("lines.tsv").splitlines():
            if not row.startswith("#"):
                name, _, releases = row.partition("\t")
                _lines[name] = tuple(releases.split(" "))
    return _lines


def line_of(library: str, version: str) -> str:
    """Return the line that a release of a library belongs to, "" for a library that the data does not have.

    `library` and `version` as `Environment.release` gives them.
    """
    if library in ("tf-keras", "tf_keras"):
        return "tf-keras"
    if library == "tf.keras" and satisfies(version, "<2.6.0rc0"):
        return "tensorflow"
    if library not in ("keras", "tf.keras"):
        return ""
    if satisfies(version, "<2.0.0rc0"):
        return "keras-1"
    if satisfies(version, "<2.6.0rc0"):
        # 2.4 holds no code of its own: it is the Keras of the TensorFlow beside it, 2.2 to 2.5
        return "keras-2" if satisfies(version, "<2.4.0rc0") else "tensorflow"
    return "keras-2.6" if satisfies(version, "<3.0.0.dev0") else "keras-3"


def nearest(line: str, version: str) -> tuple[int, bool]:
    """Return the position in a line of the release whose facts hold for a version, and whether it is that release.

    A patch release that the data does not have answers as the newest of its minor, a minor as the newest before it. Of
    each TensorFlow minor the data has the newest patch alone, which counts as the release itself.
    """
    releases = lines().get(line, ())
    key = version_key(version)
    for position, release in enumerate(releases):
        if release == version or (key is not None and version_key(release) == key):
            return position, True
    minor = ".".join(version.split(".")[:2])
    same = [p for p, release in enumerate(releases) if in_line(release, minor)]
    if same:
        return same[-1], line == "tensorflow"
    older = [p for p, release in enumerate(releases) if key is not None and (version_key(release) or key) < key]
    return (older[-1] if older else 0), False


class Data:
    """The facts about one release."""

    def __init__(self, line: str, position: int) -> None:
        self.line = line
        self.position = position
        self._positions = {release: number for number, release in enumerate(lines().get(line, ()))}
        self._held: dict[str, bool] = {}
        self._sections: dict[tuple[str, str], dict[str, tuple[str, ...]] | None] = {}

    def section(self, file: str, name: str) -> dict[str, tuple[str, ...]] | None:
        """Return the facts of a section by key; None when the release does not have it."""
        try:
            return self._sections[file, name]
        except KeyError:
            found = self._sections[file, name] = self._read(file, name)
            return found

    def _read(self, file: str, name: str) -> dict[str, tuple[str, ...]] | None:
        if "\t" in name or "\n" in name:
            return None
        text = text_of(f"{self.line}/{file}.tsv")
        start = text.find(f"\n={name}\t")
        if start < 0:
            return None
        end = text.find("\n=", start + 2)
        rows = text[start + 1 : end if end > 0 else len(text)].split("\n")
        if not self._holds(rows[0].split("\t")[1]):
            return None
        facts = {}
        for row in rows[1:]:
            fields = row.split("\t")
            if len(fields) > 1 and (not fields[1] or self._holds(fields[1])):
                facts[fields[0]] = tuple(fields[2:])
        return facts

    def fact(self, file: str, name: str, key: str) -> tuple[str, ...] | None:
        """Return one fact of a section that has many, without taking the rest apart."""
        if (file, name) in self._sections:
            return (self._sections[file, name] or {}).get(key)
        if "\t" in name + key or "\n" in name + key:
            return None
        text = text_of(f"{self.line}/{file}.tsv")
        start = text.find(f"\n={name}\t")
        end = text.find("\n=", start + 2) if start >= 0 else -1
        end = end if end > 0 else len(text)
        place = text.find(f"\n{key}\t", start, end + 1) if start >= 0 else -1
        while place >= 0:
            fields = text[place + 1 : text.find("\n", place + 1)].split("\t")
            if not fields[1]:
                fields[1] = text[start + 2 + len(name) + 1 : text.find("\n", start + 1)]
            if self._holds(fields[1]):
                return tuple(fields[2:])
            place = text.find(f"\n{key}\t", place + 1, end + 1)
        return None

    def names(self, file: str) -> Iterator[str]:
        """Yield the sections of a file that the release has, in order."""
        for row in text_of(f"{self.line}/{file}.tsv").split("\n="):
            name, tab, runs = row.partition("\n")[0].partition("\t")
            if tab and not name.startswith("#") and self._holds(runs):
                yield name

    def _holds(self, runs: str) -> bool:
        found = self._held.get(runs)
        if found is None:
            found = self._held[runs] = within(self.position, runs, self._positions)
        return found
