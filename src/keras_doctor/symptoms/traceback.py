"""A plain text taken apart: the exceptions that it tells of, in their order, and the frames that lead to them.

Tracebacks of Python, IPython, Jupyter, Colab, pytest, AutoGraph ("in user code"), R and gunicorn are read, whole or in
pieces; so are the last lines of Java and JavaScript.
"""

from __future__ import annotations

import re

from keras_doctor.records import record

_MOST_FRAMES = 400
_MOST_ERRORS = 40
_MOST_MESSAGE = 20_000
_LONGEST_WORD = 300
_LONGEST_FRAME = 1500  # characters of a line that is a frame

_PATH = r"(?P<path>[^\s\"'`()\[\]<>|]*[\w\-]\.py[xdc]?|<frozen [\w.]+>)(?![\w.])[\"'\])`]*(?:\(https?:[^)\s]*\))?"
_LINE = r"(?:,?\s*line\s+(?P<line>\d+)|:(?P<line2>\d+))?"
_FUNCTION = r"(?:\s*,\s*|\s*:\s*|\s+)?(?:in\s+)?(?P<function><?[A-Za-z_*][\w.<>*]*>?)?"
_FRAME = _PATH + _LINE + _FUNCTION
_COMPILED = r"[Ff]ile \"?(?P<path>[\w/\\.]+\.pyx)\"?, line (?P<line>\d+), in (?P<function>[\w.]+)"
_ERROR = (
    r"^(?P<lead>[^A-Za-z0-9]{0,12}|E\s{1,8}|# |.{0,60}?(?:PyException|RuntimeException"
    r"|Error in [\w.$:]+\([^\n]{0,80}\) ?):\s*)"
    r"(?P<kind>(?:[A-Za-z_]\w*\.){0,6}(?:[A-Z]\w*(?:Error|Exception|Warning|Interrupt|Iteration|Exit)"
    r"|[a-z]\w*\.error|Error|ERROR|error))"
    r"\b(?P<mark>\*{0,2}:\s*|\*{0,2}\s*$)(?P<message>.*)$"
)
_HEADER = r"Traceback \(most recent call last\)"
_SOURCE = r"^\s*(?:-+> ?)?\s*\d{1,5}\s"
# A source line that raises, as the last one of a text.
_RAISED = r"(?:^|\n)\s*raise (?P<kind>\w+(?:Error|Exception))\(\s*[rfbu]{0,2}[\"'](?P<message>[^\n]{8,}?)[\"'\s%)\w.]*$"
_ENDS = (
    "during handling of the above exception", "the above exception was the direct cause", "traceback (most recent",
    "detailed traceback", "in user code:", "versions:", "call arguments received",
)  # fmt: skip
_CARETS = frozenset(" ^~\t")


@record
class Frame:
    """One frame. `path` has slashes; `function` is "" where the text does not say it, `line` 0."""

    path: str
    function: str = ""
    line: int = 0

    @property
    def stem(self) -> str:
        """The file's name without its ending: "saving_lib"."""
        return self.path.rpartition("/")[2].rpartition(".")[0]


@record
class Error:
    """One exception. `kind` is its class without the module; `parts` are the messages that were put into one another,
    the outermost first, without the configs that Keras prints into them; `dumps` are those configs.
    """

    kind: str
    message: str
    parts: tuple[str, ...]
    dumps: tuple[str, ...] = ()

    @property
    def inner(self) -> str:
        """What was raised first."""
        return self.parts[-1]


@record
class Parsed:
    """What a text tells: `errors` in the order in which they stand, `frames` in theirs; `prose`: the text without the
    lines of source code that a traceback shows and that were not what raised.
    """

    text: str
    errors: tuple[Error, ...]
    frames: tuple[Frame, ...]
    prose: str = ""


def parse(text: str) -> Parsed:
    """Take a plain text apart."""
    frame, compiled, error = re.compile(_FRAME), re.compile(_COMPILED), re.compile(_ERROR)
    errors: list[Error] = []
    frames: list[Frame] = []
    message: list[str] | None = None
    kind = ""
    size = 0
    prose: list[str] = []
    source = ""  # what the line before was, by `_source`; "frame" for a frame
    numbered = re.compile(_SOURCE)
    for line in text.split("\n"):
        if len(line) > _MOST_MESSAGE:
            line = line[:_MOST_MESSAGE]
        low = line.strip().lower()
        source = _source(line, source, numbered)
        if source in ("", "raised"):
            prose.append(line)
        found = _frame(line, frame, compiled) if (".py" in line or "<frozen" in line) else None
        if found is not None and not _is_prose(line, message):
            kind, message = _close(errors, kind, message)
            if len(frames) < _MOST_FRAMES:
                frames.append(found)
            source = "frame"
            continue
        match = error.match(line) if _may_be_error(line) else None
        if match and (match["message"].strip() or match["mark"].strip(" *\n") == ":" or not match["lead"].strip()):
            if "Traceback (most" in match["message"]:
                kind, message = _close(errors, kind, message)
                continue
            if message is not None and _inside(line, message):
                message.append(line)
                continue
            kind, message = _close(errors, kind, message)
            kind, message, size = match["kind"], [match["message"]], 0
        elif message is not None:
            if low.startswith(_ENDS) or (low and set(line) <= _CARETS):
                kind, message = _close(errors, kind, message)
            elif size < _MOST_MESSAGE:
                message.append(line)
                size += len(line)
    _close(errors, kind, message)
    raised = re.search(_RAISED, text.rstrip()[-_MOST_MESSAGE:])
    if not errors and raised:  # the text ends before its last line: what stands in the source is what it would say
        errors.append(error_of(raised["kind"], raised["message"]))
    return Parsed(text, tuple(errors[-_MOST_ERRORS:]), tuple(frames), "\n".join(prose))


def _source(line: str, before: str, numbered: re.Pattern[str]) -> str:
    """Return what a line is: "" for prose, "code" for source that a traceback shows, "raised" for the source from
    the arrow of IPython on when that line raises (its strings are the message).
    """
    if numbered.match(line):
        if ">" in line[: line.find("raise")] if "raise" in line else False:
            return "raised"
        return "raised" if before == "raised" else "code"
    if before == "frame" and line[:1] in " \t" and line.strip():
        return "code"
    return ""


def _may_be_error(line: str) -> bool:
    return any(word in line for word in ("rror", "ERROR", "xception", "arning", "Interrupt", "Iteration", "Exit"))


def _frame(line: str, frame: re.Pattern[str], compiled: re.Pattern[str]) -> Frame | None:
    if len(line) > _LONGEST_FRAME:
        return None
    match = compiled.search(line) or frame.search(line)
    if match is None:
        return None
    groups = match.groupdict()
    number = groups.get("line") or groups.get("line2")
    function = groups["function"] or ""
    if not number and not function:
        return None
    if not number and " in " + function not in line:
        return None
    return Frame(groups["path"].replace("\\", "/"), function.strip("*"), int(number[:7]) if number else 0)


def _is_prose(line: str, message: list[str] | None) -> bool:
    """Tell whether a file is named in a sentence of a message, not as a frame."""
    return message is not None and len(message) == 1 and bool(re.match(r"\s*[a-z]+ [a-z]+ ", line))


def _inside(line: str, message: list[str]) -> bool:
    """Tell whether "Error: …" continues the message: it is indented, or the message says that it will follow."""
    return line[:1] == " " and bool(message) and message[-1].rstrip().endswith(("encountered:", "following error:"))


def _close(errors: list[Error], kind: str, message: list[str] | None) -> tuple[str, None]:
    if message is not None:
        errors.append(error_of(kind, "\n".join(message)))
    return "", None


def error_of(kind: str, message: str) -> Error:
    """Return an exception from its class and its message as they stand."""
    message = message[:_MOST_MESSAGE].strip()
    parts, dumps = take_apart(message)
    return Error(kind.rpartition(".")[2], message, parts, dumps)


def take_apart(message: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the messages that Keras put into one another, outermost first, and the configs that it printed."""
    parts, dumps = [], []
    for part in re.split(r"Exception encountered:\s*", message):
        shown, dump = _without_dump(part)
        if dump:
            dumps.append(dump)
        shown = flat(shown)
        if shown:
            parts.append(shown)
    return tuple(parts) or ("",), tuple(dumps)


def _without_dump(part: str) -> tuple[str, str]:
    match = re.search(r"(?:config\s*=|object config:|Complete metadata:|Received: config=)\s*(?=[{(])", part)
    if match is None:
        return part, ""
    end = _balanced(part, match.end())
    return part[: match.start()] + part[end:], part[match.end() : end]


def _balanced(text: str, start: int) -> int:
    """Return where the bracket at `start` is closed; the end of the text when it was cut."""
    depth = 0
    for match in re.finditer(r"[{}()\[\]]", text[start : start + _MOST_MESSAGE]):
        depth += 1 if match[0] in "{([" else -1
        if depth == 0:
            return start + match.end()
    return len(text)


def flat(text: str) -> str:
    """Return a message in one line, without what a page's author or Keras sets around names, and with words of bounded
    length: what shapes look for in them stays cheap.
    """
    words = text.replace("`", "").replace("**", "").split()
    return " ".join(word if len(word) <= _LONGEST_WORD else word[:_LONGEST_WORD] for word in words)
