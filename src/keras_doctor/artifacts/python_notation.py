"""Python's notation of dicts and lists, as `str(config)` writes it, turned into JSON. Nothing is evaluated."""

from __future__ import annotations

# Outside of strings. A tuple of one item has a comma that JSON does not take.
_REPLACED = (
    ("True", "true"),
    ("False", "false"),
    ("None", "null"),
    ("nan", "NaN"),
    ("inf", "Infinity"),
    (",)", ")"),
    ("(", "["),
    (")", "]"),
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", "'": "'", '"': '"'}
_HEXADECIMAL = "0123456789abcdefABCDEF"


def to_json(text: str) -> str | None:
    """Return the JSON that says the same as a literal of dicts, lists, tuples, strings, numbers, True, False and None.

    None when a string in it does not end. Whether the result is JSON is for its reader to say.
    """
    out: list[str] = []
    position = 0
    next_single = next_double = -1
    while True:
        if next_single < position:
            next_single = _find(text, "'", position)
        if next_double < position:
            next_double = _find(text, '"', position)
        start = min(next_single, next_double)
        between = text[position:start]
        for python, json in _REPLACED:
            if python in between:
                between = between.replace(python, json)
        out.append(between)
        if start == len(text):
            return "".join(out)
        end = _string_end(text, start)
        if end < 0:
            return None
        out.append(_quoted(text[start + 1 : end]))
        position = end + 1


def _find(text: str, mark: str, position: int) -> int:
    found = text.find(mark, position)
    return len(text) if found < 0 else found


def _string_end(text: str, start: int) -> int:
    """Return where the string that starts at a quote ends; -1 when it does not."""
    quote = text[start]
    end = text.find(quote, start + 1)
    while end > 0:
        before = end
        while text[before - 1] == "\\":
            before -= 1
        if (end - before) % 2 == 0:
            return end
        end = text.find(quote, end + 1)
    return -1


def _quoted(body: str) -> str:
    """Return the body of a Python string as a JSON string."""
    if body.isprintable() and "\\" not in body and '"' not in body:
        return f'"{body}"'
    characters: list[str] = []
    position = 0
    while position < len(body):
        character = body[position]
        position += 1
        if character == "\\" and position < len(body):
            following = body[position]
            position += 1
            width = {"x": 2, "u": 4}.get(following, 0)
            digits = body[position : position + width]
            if width and len(digits) == width and all(digit in _HEXADECIMAL for digit in digits):
                character = chr(int(digits, 16))
                position += width
            else:
                character = _ESCAPES.get(following, "\\" + following)
        characters.append(_escaped(character))
    return '"' + "".join(characters) + '"'


def _escaped(text: str) -> str:
    """Return one or two characters as they stand inside a JSON string."""
    if text == '"':
        return '\\"'
    return "".join("\\\\" if one == "\\" else f"\\u{ord(one):04x}" if one < " " else one for one in text)
