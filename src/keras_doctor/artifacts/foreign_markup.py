"""Web pages and XML documents that were saved under a model's name, and what they say."""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument

FORMATS = ("html", "xml", "xml-error", "svg", "openvino", "http-response")
KIND = "text"
MAGIC = ()
PRIORITY = 50

_LOOK = 1 << 18  # how far a title is looked for: pages carry long scripts before it
_LONGEST_TITLE = 120
_PAGE_MARKS = ("<!doctype html", "<html", "<head", "<body", "<script", "<title", "<meta ", "<!-- saved from url")
_ENTITIES = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&#x27;": "'",
    "&nbsp;": " ",
    "&middot;": "·",
    "&amp;": "&",
}

# What stands on a page → what page it is. In the order in which they are looked for.
_PAGES: tuple[tuple[str, str], ...] = (
    ("google drive - virus scan warning", "google-drive-scan"),
    ("google drive - quota exceeded", "google-drive-quota"),
    ("can't scan this file for viruses", "google-drive-scan"),
    ("<title>google drive", "google-drive"),
    ("accounts.google.com", "login"),
    ("github.com", "github"),
    ("huggingface.co", "huggingface"),
    ("dropbox.com", "dropbox"),
    ("kaggle.com", "kaggle"),
    ("1drv.ms", "onedrive"),
    ("sharepoint.com", "onedrive"),
    ("just a moment...", "browser-check"),
    ('type="password"', "login"),
    ("type='password'", "login"),
)


def recognises(probe: Probe) -> bool:
    """Tell whether the text is HTML, XML or a web server's answer."""
    return kind_of(_start(probe)) is not None


def read(probe: Probe) -> ModelDocument:
    """Return a document with the page's title or the error's code."""
    text = probe.source.read_up_to(0, _LOOK).decode("utf-8", "replace")
    kind = kind_of(_start(probe)) or FORMATS[0]
    if kind == "xml-error":
        code, message = between(text, "<Code>", "</Code>"), between(text, "<Message>", "</Message>")
        said = ": ".join(part for part in (code, message) if part)
        return document(probe, kind, f": {said}" if said else "", "text", code=code)
    if kind != "html":
        root = _root(text)
        return document(probe, kind, f" (<{root}>)" if kind == "xml" and root else "", "text")
    lower = text.lower()
    title = (
        between(text, "<title", "</title>").partition(">")[2] or between(text, "<TITLE", "</TITLE>").partition(">")[2]
    )
    for entity, character in _ENTITIES.items():
        title = title.replace(entity, character)
    title = " ".join(title.split())[:_LONGEST_TITLE]
    page = next((page for mark, page in _PAGES if mark in lower), "")
    return document(probe, kind, f', titled "{title}"' if title else "", "text", page=page, page_title=title)


def _start(probe: Probe) -> str:
    return probe.head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip()


def kind_of(start: str) -> str | None:
    """Return the kind of markup that a text starts as, None when it is none."""
    lower = start[:2048].lower()
    if start.startswith("HTTP/") and start[5:6].isdigit():
        return "http-response"
    if not lower.startswith("<"):
        return None
    root = _root(lower)
    if lower.startswith(_PAGE_MARKS) or root in ("html", "head", "body"):
        return "html"
    if root == "svg":
        return "svg"
    if root == "net" and "<layers>" in start:
        return "openvino"
    if root == "error":
        return "xml-error"
    return "xml" if lower.startswith("<?xml") or (root and f"</{root}" in lower) else None


def _root(text: str) -> str:
    """Return the name of the first element, past declarations and comments."""
    position = 0
    for _ in range(32):
        position = text.find("<", position)
        if position < 0:
            return ""
        if text.startswith("<!--", position):
            position = text.find("-->", position)
            if position < 0:
                return ""
        elif text[position + 1 : position + 2] in "?!":
            position += 1
        else:
            end = position + 1
            while end < len(text) and (text[end].isalnum() or text[end] in ":_-."):
                end += 1
            return text[position + 1 : end]
    return ""


def between(text: str, start: str, end: str) -> str:
    """Return what stands between two marks, "" when they are not there, at most 1,000 characters."""
    first = text.find(start)
    last = text.find(end, first) if first >= 0 else -1
    return text[first + len(start) : min(last, first + 1000)].strip() if last > first else ""
