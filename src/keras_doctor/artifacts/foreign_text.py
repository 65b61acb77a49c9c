"""Texts that hold no model: tables, source code, configurations of other libraries, and plain text."""

from __future__ import annotations

import os

from keras_doctor.artifacts.foreign_kinds import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument

FORMATS = (
    "csv", "python", "shell-script", "yaml", "mlflow-file", "caffe-text", "frozen-graph-text", "darknet-config",
    "lightgbm", "ncnn", "text",
)  # fmt: skip
KIND = "text"
MAGIC = ()
PRIORITY = 90

_PYTHON = ("import ", "from ", "def ", "class ", "if __name__", "@", "print(")
_DELIMITERS = (",", ";", "\t", "|")
_SHOWN = 60


def recognises(probe: Probe) -> bool:
    """Tell whether the file is text to its end: a text before binary data is another module's matter."""
    tail = probe.source.read_up_to(max(0, probe.source.size - 4096), 4096)
    return b"\0" not in tail


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the kind of text."""
    text = probe.head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    kind = next((kind for kind, test in _TESTS if test(text, probe.path)), "text")
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    shown = first if len(first) <= _SHOWN else first[:_SHOWN] + "…"
    return document(
        probe, kind, f' that starts with "{shown}"' if kind == "text" and shown else "", "text", first_line=first[:200]
    )


def _lines(text: str) -> list[str]:
    """Return the lines that are not blank, without the last one where it is cut."""
    lines = text.splitlines()
    if len(lines) > 1 and not text.endswith("\n"):
        lines.pop()
    return [line for line in lines if line.strip()]


def _is_python(text: str, path: str) -> bool:
    marks = sum(line.startswith(_PYTHON) for line in _lines(text))
    return marks >= (1 if path.endswith((".py", ".pyw")) else 3) and ("import " in text or "def " in text)


def _is_yaml(text: str, path: str) -> bool:
    lines = [line for line in _lines(text) if not line.lstrip().startswith("#")]
    keyed = sum(line.lstrip(" -").partition(":")[2][:1] in ("", " ") and ":" in line for line in lines)
    return text.startswith(("---\n", "---\r\n", "--- ")) or (
        bool(lines) and keyed * 10 >= len(lines) * (5 if path.endswith((".yaml", ".yml")) else 9) and len(lines) > 1
    )


def _is_csv(text: str, path: str) -> bool:
    lines = _lines(text)[:20]
    if len(lines) < (2 if path.endswith((".csv", ".tsv")) else 4):
        return False
    return any(lines[0].count(mark) and len({line.count(mark) for line in lines}) == 1 for mark in _DELIMITERS)


_TESTS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    (
        "mlflow-file",
        lambda text, path: ("\nflavors:" in text or text.startswith("flavors:")) and "python_function:" in text,
    ),
    ("frozen-graph-text", lambda text, path: text.lstrip().startswith("node {") and 'op: "' in text),
    (
        "caffe-text",
        lambda text, path: (
            ("\nlayer {" in text or "\nlayers {" in text or text.startswith("layer {")) and "type:" in text
        ),
    ),
    ("darknet-config", lambda text, path: text.lstrip().startswith(("[net]", "[network]"))),
    ("lightgbm", lambda text, path: text.startswith("tree\nversion=")),
    ("ncnn", lambda text, path: text.startswith("7767517\n")),
    ("shell-script", lambda text, path: text.startswith("#!") and "python" not in text.partition("\n")[0]),
    (
        "python",
        lambda text, path: (text.startswith("#!") and "python" in text.partition("\n")[0]) or _is_python(text, path),
    ),
    ("csv", _is_csv),
    ("yaml", _is_yaml),
    ("shell-script", lambda text, path: os.path.splitext(path)[1].lower() in (".sh", ".bat", ".ps1", ".cmd")),
)
