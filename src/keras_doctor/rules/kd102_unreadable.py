"""The path cannot be read.

**What happens.** Something is there, and the operating system does not let it be read: `Permission denied`,
`Input/output error`, `Too many levels of symbolic links`, `File name too long`; or it is a pipe or a device.

**Why.** The file belongs to somebody else (a container wrote it as root), a folder on the way may not be entered, the
path was handed over wrongly (the JSON text of a model in place of its path), the disk fails, or a cloud drive cannot
fetch the file at the moment. On Windows `Permission denied` often means that the path is a folder.

**How to mend.** The finding says which part of the path refuses, and the command that opens it.
"""

from __future__ import annotations

import os

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD102", "unreadable", "path-problem", "error", ("format:unreadable", "format:special"), effect="fails")

_LONGEST = 200

# What stands in the operating system's reason → what to do.
_REASONS: tuple[tuple[str, str], ...] = (
    (
        "input/output error",
        "The disk or the network drive fails: copy the file from elsewhere, and look after the disk.",
    ),
    ("stale", "The network drive lost the file: mount it again."),
    ("symbolic links", "Links on the way point to each other: replace them by the file itself."),
    (
        "being used by another process",
        "Another program holds the file: close it (a training run, a viewer), then try again.",
    ),
    ("cloud", "The cloud drive cannot fetch the file now: make it available offline, then try again."),
    ("null", "The path holds a NUL character: it was read from binary data, or cut out of a longer text wrongly."),
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report what refuses, and how to open it."""
    document = context.document
    path = document.path
    reason = document.facts.get("reason", "")
    shown = path if len(path) <= _LONGEST else path[:_LONGEST] + "…"
    if _is_text(path):
        message = "what was given as a path is text (the JSON of a model?), not a path"
    elif document.format == "special":
        message = f"{shown} is no file: {reason}"
    else:
        message = f"{shown} cannot be read: {reason}"
    yield RULE.finding(
        step, message, evidence=tuple(_rights(path)), remedies=tuple(_remedies(path, reason, document.format))
    )


def _is_text(path: str) -> bool:
    return path.lstrip().startswith(("{", "[{", "<")) and len(path) > 50


def _refusing(path: str) -> str:
    """Return the first folder on the way that may not be entered, else the path itself."""
    parts = os.path.abspath(path).split(os.sep)
    for count in range(2, len(parts)):
        folder = os.sep.join(parts[:count])
        if os.path.isdir(folder) and not os.access(folder, os.X_OK):
            return folder
    return path


def _rights(path: str) -> Iterator[str]:
    try:
        status = os.stat(_refusing(path))
    except (OSError, ValueError):
        return
    from stat import filemode

    yield f"{_refusing(path)} has the rights {filemode(status.st_mode)} and belongs to user {status.st_uid}"


def _is_own(place: str) -> bool:
    """Tell whether a path belongs to who runs this, as far as the system knows owners."""
    if not hasattr(os, "geteuid"):
        return True
    try:
        return os.stat(place).st_uid == os.geteuid()
    except (OSError, ValueError):
        return True


def _remedies(path: str, reason: str, form: str) -> Iterator[Remedy]:
    lower = reason.lower()
    if _is_text(path):
        yield Remedy("JSON text goes to keras.models.model_from_json; to be checked here it must be in a file.")
        return
    if form == "special":
        yield Remedy(
            "Write what comes out of it into a file first, or give it on standard input:", "keras-doctor check -"
        )
        return
    if "denied" in lower or "not permitted" in lower:
        place = _refusing(path)
        if _is_own(place):
            right = "u+rx" if os.path.isdir(place) else "u+r"
            yield Remedy("It is your own: allow yourself to read it.", f"chmod {right} {quote(place)}")
        name = os.path.basename(path)
        copied = f'sudo cp -r {quote(path)} {quote(name)} && sudo chown -R "$USER" {quote(name)}'
        yield Remedy("Where it belongs to another user (a container's root): take a copy that is yours.", copied)
        return
    yield from (Remedy(text) for mark, text in _REASONS if mark in lower)


EXAMPLES = (
    Ill(
        lambda: sample("unreadable", container="none", path="/root/model.h5", facts={"reason": "Permission denied"}),
        "cannot be read: Permission denied",
    ),
    Ill(
        lambda: sample(
            "special", container="none", path="/dev/null", facts={"reason": "it is neither a file nor a folder"}
        ),
        "is no file",
    ),
    Ill(
        lambda: sample(
            "unreadable",
            container="none",
            path='{"class_name": "Sequential", "config": [' + '{"class_name": "Dense"}, ' * 20,
            facts={"reason": "File name too long"},
        ),
        "not a path",
    ),
    Well(sample),
)
