"""There is nothing at the path.

**What happens.** The loader finds no file: `No such file or directory`, `No file or directory found at`, `File not
found: filepath=… Please ensure the file is an accessible .keras zip file` (Keras 3 says this also when the file is
there and is no zip), `SavedModel file does not exist at`.

**Why.** The name is misspelt or has another ending, the script runs in another folder than one thinks, `~` or a
variable was not expanded, a backslash of a Windows path was taken for an escape, a link points to what is gone, or the
file was never committed, downloaded or saved.

**How to mend.** The finding names what is nearest. In a script, build paths from a place that is sure:
`pathlib.Path(__file__).parent / "model.keras"`.
"""

from __future__ import annotations

import os

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.nearest import around, below, listing, missing_part, similar
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD101", "path-missing", "path-problem", "error", ("format:missing",), effect="fails")

_REMOTE = ("hf://", "gs://", "s3://", "kaggle://", "http://", "https://", "hdfs://", "abfs://", "ftp://")
_PARTIAL = (".crdownload", ".part", ".partial", ".download", ".icloud", ".dvc", ".aria2")
_CONTROL = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_LONGEST = 200


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report that nothing is there, where it was looked for, and what is near."""
    path = context.document.path
    if path.startswith(_REMOTE):
        yield RULE.finding(
            step,
            f"{path.partition('://')[0]}:// is an address on the network: it is not looked at from here",
            remedies=(Remedy("Download the file, then check it where it lies."),),
            severity="warning",
            effect="unknown",
        )
        return
    reason = context.document.facts.get("reason", "")
    link = reason.startswith("a link to ")
    shown = path if len(path) <= _LONGEST else path[:_LONGEST] + "…"
    if shown != shown.strip() or not shown.isprintable():
        shown = repr(shown)  # blanks and invisible characters are seen only between quotes
    if not path:
        message = "the path is empty"
    elif link:
        message = f"{shown} is {reason}"
    else:
        message = f"there is nothing at {shown}"
    yield RULE.finding(
        step, message, evidence=tuple(_evidence(path)), remedies=tuple(_remedies(path, reason if link else ""))
    )


def _evidence(path: str) -> Iterator[str]:
    if not os.path.isabs(path):
        yield f"looked for in {os.getcwd()}"
    if path.startswith("~"):
        yield f"~ stands for a home folder, {os.path.expanduser('~')}, and loaders do not expand it"
    folder, name = missing_part(path)
    if os.path.isfile(folder):
        yield f"{folder} is a file, not a folder"
    elif path and os.path.join(folder, name).rstrip("/") != path.rstrip("/"):
        yield f"the folder {os.path.join(folder, name)} does not exist"


def _remedies(path: str, link: str) -> Iterator[Remedy]:
    """Yield the likeliest meanings of the path, those that exist as commands; at most four."""
    count = 0
    for text, meant in _meant(path):
        yield Remedy(text, f"keras-doctor check {quote(meant)}" if meant else "")
        count += 1
        if count == 4:
            return
    if ".git/annex/" in link:
        yield Remedy("Fetch the file with git-annex:", f"git annex get {quote(path)}")
    elif not count:
        yield Remedy("Check the path, and that the file was saved, downloaded or committed at all.")


def _meant(path: str) -> Iterator[tuple[str, str]]:
    """Yield what the path may have meant: words, and the path that exists ("" when none does)."""
    for text, change in _SPELLINGS:
        changed = change(path)
        if changed != path and os.path.exists(changed):
            yield text, changed
            return
    for mark, written in _CONTROL.items():
        if mark in path:
            yield f'The path holds a control character: "{written}" in a Python string. Write r"…" or use /.', ""
            break
    if "{" in path and "}" in path:
        yield "The name is a template: fill in its {…} fields before it is used as a path.", ""
    if any(mark in path for mark in "*?["):
        yield "The name is a pattern, and loaders expand none: take one name that glob.glob gives.", ""
    yield from _near(os.path.expanduser(path))


def _near(path: str) -> Iterator[tuple[str, str]]:
    folder, name = missing_part(path)
    if not name or os.path.isfile(folder):
        return
    rest = path[len(os.path.join(folder, name)) :].strip("/\\")
    names = listing(folder)
    for ending in _PARTIAL:
        for candidate in (name + ending, f".{name}{ending}"):
            if candidate in names:
                yield (
                    f"{candidate} lies there: the file itself is still to be fetched.",
                    os.path.join(folder, candidate),
                )
    near = [
        (rank, os.path.join(folder, other, rest) if rest else os.path.join(folder, other))
        for rank, other in similar(name, names)
    ]
    near = [(rank, meant) for rank, meant in near if os.path.exists(meant)]
    yield from (("Nearest to it is:", meant) for rank, meant in near if rank <= 1)
    last = os.path.basename(path.rstrip("/\\"))
    yield from (("A file of this name lies at:", found) for found in below(last, os.path.dirname(path)))
    yield from (("Nearest to it is:", meant) for rank, meant in near if rank > 1)
    if not near:
        yield from (("A file of this name lies at:", found) for found in around(last, os.path.dirname(path)))


_SPELLINGS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("~ was not expanded (os.path.expanduser does that). It means:", os.path.expanduser),
    ("A variable was not expanded (os.path.expandvars does that). It means:", os.path.expandvars),
    ("There are blanks or quotes around the name. Without them it is:", lambda path: path.strip().strip("'\"").strip()),
    ("Backslashes are no separators here. With / it is:", lambda path: path.replace("\\", "/")),
    ("It is there relative to this folder, without the / at its start:", lambda path: path.lstrip("/")),
    ("This is an address of a file; its path is:", lambda path: path.removeprefix("file://")),
)


EXAMPLES = (
    Ill(
        lambda: sample("missing", container="none", path="no-such-folder/modle.h5", facts={"reason": "No such file"}),
        "there is nothing at no-such-folder/modle.h5",
    ),
    Ill(lambda: sample("missing", container="none", path="model.h5 ", facts={"reason": ""}), "'model.h5 '"),
    Ill(lambda: sample("missing", container="none", path="hf://user/model"), "an address on the network"),
    Well(sample),
)
