"""Python's notation of dicts and lists, as `str(config)` and `repr` write it, turned into JSON. Nothing is evaluated."""

from __future__ import annotations

_WORDS = {"True": "true", "False": "false", "None": "null", "nan": "NaN", "inf": "Infinity"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "\\": "\\", "'": "'", '"': '"'}
_BRACKETS = {"(": "[", ")": "]"}


def to_json(text: str) -> str | None:
    """Return the JSON that says the same as a literal of dicts, lists, tuples, strings, numbers, True, False and None.

    None when the text is none. JSON texts come out as they are.
    """
    out: list[str] = []
    position = 0
    size = len(text)
    while position < size:
        character = text[position]
        if character in "'\"":
            end = _string_end(text, position)
            if end < 0:
                return None
            out.append(_quoted(text[position + 1 : end]))
            position = end + 1
        elif character.isalpha() or character == "_":
            end = position
            while end < size and (text[end].isalnum() or text[end] == "_"):
                end += 1
            word = text[position:end]
            if word in ("array", "dict_values", "dtype", "lambda", "function"):
                return None
            out.append(_WORDS.get(word, word))
            position = end
        elif character == ",":
            position += 1
            following = text[position : position + 200].lstrip()[:1]
            if not following or following not in ")]}":  # a comma may follow the last item
                out.append(",")
        else:
            out.append(_BRACKETS.get(character, character))
            position += 1
    return "".join(out)


def _string_end(text: str, start: int) -> int:
    quote = text[start]
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text[position] == quote:
            return position
        else:
            position += 1
    return -1


def _quoted(body: str) -> str:
    """Return the body of a Python string as a JSON string."""
    characters: list[str] = []
    position = 0
    while position < len(body):
        character = body[position]
        if character == "\\" and position + 1 < len(body):
            following = body[position + 1]
            width = {"x": 2, "u": 4}.get(following, 0)
            digits = body[position + 2 : position + 2 + width]
            if width and len(digits) == width and all(digit in "0123456789abcdefABCDEF" for digit in digits):
                characters.append(_escaped(chr(int(digits, 16))))
                position += 2 + width
                continue
            characters.append(_escaped(_ESCAPES.get(following, "\\" + following)))
            position += 2
            continue
        characters.append(_escaped(character))
        position += 1
    return '"' + "".join(characters) + '"'


def _escaped(text: str) -> str:
    """Return a character (or two) as it stands inside a JSON string."""
    if text == '"':
        return '\\"'
    return "".join(f"\\u{ord(one):04x}" if one < " " else "\\\\" if one == "\\" else one for one in text)
