"""Small texts that stand in for a file that is elsewhere: Git LFS, git-annex, DVC, links checked out as text."""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument

FORMATS = ("git-lfs-pointer", "git-annex-pointer", "dvc-pointer", "internet-shortcut", "link-as-text")
KIND = "text"
MAGIC = ()
PRIORITY = 15

# Git LFS, docs/spec.md: the first line names the version; the second address is that of its first releases.
_LFS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
_ANNEX = b"/annex/objects/"
_LONGEST_LINK = 1024
_MODEL_ENDINGS = (".h5", ".hdf5", ".keras", ".pb", ".weights", ".json", ".tflite", ".onnx")


def recognises(probe: Probe) -> bool:
    """Tell whether the text is one of these pointers."""
    return kind_of(probe) is not None


def kind_of(probe: Probe) -> str | None:
    """Return which pointer the text is, None when it is none."""
    head = probe.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(_LFS):
        return "git-lfs-pointer"
    if probe.source.size > len(probe.head):
        return None
    if _ANNEX in head and head.count(b"\n") <= 1:
        return "git-annex-pointer"
    if (head.startswith(b"outs:") or b"\nouts:" in head) and (b"md5:" in head or b"hash:" in head) and b"path:" in head:
        return "dvc-pointer"
    if head[:18].lower() == b"[internetshortcut]":
        return "internet-shortcut"
    text = head.strip()
    one_path = len(text) <= _LONGEST_LINK and not any(mark in text for mark in b" \n\t<>{}\"'") and b"/" in text
    if one_path and text.lower().endswith(tuple(ending.encode() for ending in _MODEL_ENDINGS)) and b"://" not in text:
        return "link-as-text"
    return None


def read(probe: Probe) -> ModelDocument:
    """Return a document that says what the pointer points to."""
    kind = kind_of(probe) or FORMATS[0]
    text = probe.head.decode("utf-8", "replace")
    facts: dict[str, Any] = {}
    detail = ""
    if kind == "git-lfs-pointer":
        oid = _after(text, "oid ").removeprefix("sha256:")
        facts = {"oid": oid if oid.isalnum() else "", "object_size": _number(_after(text, "size "))}
    elif kind == "git-annex-pointer":
        key = text.strip().rpartition("/")[2]
        size = key.partition("-s")[2].partition("-")[0]
        facts = {"key": key[:200], "object_size": _number(size)}
    elif kind == "dvc-pointer":
        facts = {"object": _after(text, "path: "), "object_size": _number(_after(text, "size: "))}
    elif kind == "internet-shortcut":
        facts = {"target": _after(text, "URL=")}
        detail = f", to {facts['target']}" if facts["target"] else ""
    elif kind == "link-as-text":
        facts = {"target": text.strip()}
        detail = f": {facts['target']}"
    return document(probe, kind, detail, "text", **facts)


def _after(text: str, key: str) -> str:
    """Return what follows `key` on the first line that starts with it."""
    for line in text.splitlines():
        line = line.strip().removeprefix("- ")
        if line.startswith(key):
            return line[len(key) :].strip()[:500]
    return ""


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 20 else None
