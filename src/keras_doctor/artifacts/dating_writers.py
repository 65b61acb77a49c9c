"""Everyone who ever wrote Keras models: the releases, in order, as bits of a number.

A set of writers is an `int`, one bit a writer, so that narrowing is one `&`. A writer's label is the Keras release
("2.3.1", "3.4.0"), the TensorFlow line whose own Keras it is ("tf1.15", "tf2.4"), or the tf_keras release ("tk2.16.0").
In spans, written "2.0.0..2.3.1 tf2.4 3.9.0..", the order is the one of `WRITERS`.

What tf.keras calls itself was measured by importing TensorFlow 1.4, 1.8, 1.10, 1.12, 1.13, 1.14, 1.15 and 2.0 to 2.15.
TensorFlow 2.0 and 2.1 call themselves "2.2.4-tf", or "2.3.0-tf" where TF2_BEHAVIOR is 1 (which patch releases of 2.1
made the default): tensorflow_core/python/keras/__init__.py.
"""

from __future__ import annotations

_KERAS_1_AND_2 = """
1.0.0 1.0.1 1.0.2 1.0.3 1.0.4 1.0.5 1.0.6 1.0.7 1.0.8 1.1.0 1.1.1 1.1.2 1.2.0 1.2.1 1.2.2
2.0.0 2.0.1 2.0.2 2.0.3 2.0.4 2.0.5 2.0.6 2.0.7 2.0.8 2.0.9 2.1.0 2.1.1 2.1.2 2.1.3 2.1.4 2.1.5 2.1.6
2.2.0 2.2.1 2.2.2 2.2.3 2.2.4 2.2.5 2.3.0 2.3.1
"""
# TensorFlow line, the first and the last name that its Keras gives itself.
_TENSORFLOW = """
1.4 2.0.8-tf 2.0.8-tf
1.5 2.0.8-tf 2.1.5-tf
1.6 2.0.8-tf 2.1.5-tf
1.7 2.0.8-tf 2.1.5-tf
1.8 2.1.5-tf 2.1.5-tf
1.9 2.1.5-tf 2.1.6-tf
1.10 2.1.6-tf 2.1.6-tf
1.11 2.1.6-tf 2.1.6-tf
1.12 2.1.6-tf 2.1.6-tf
1.13 2.2.4-tf 2.2.4-tf
1.14 2.2.4-tf 2.2.4-tf
1.15 2.2.4-tf 2.2.4-tf
2.0 2.2.4-tf 2.3.0-tf
2.1 2.2.4-tf 2.3.0-tf
2.2 2.3.0-tf 2.3.0-tf
2.3 2.4.0 2.4.0
2.4 2.4.0 2.4.0
2.5 2.5.0 2.5.0
2.6 2.6.0 2.6.0
2.7 2.7.0 2.7.0
2.8 2.8.0 2.8.0
2.9 2.9.0 2.9.0
2.10 2.10.0 2.10.0
2.11 2.11.0 2.11.0
2.12 2.12.0 2.12.0
2.13 2.13.1 2.13.1
2.14 2.14.0 2.14.0
2.15 2.15.0 2.15.0
"""
_TF_KERAS = "2.14.1 2.15.0 2.15.1 2.16.0 2.17.0 2.18.0 2.19.0 2.20.1 2.21.0"
_KERAS_3 = """
3.0.0 3.0.1 3.0.2 3.0.3 3.0.4 3.0.5 3.1.0 3.1.1 3.2.0 3.2.1 3.3.0 3.3.1 3.3.2 3.3.3 3.4.0 3.4.1 3.5.0 3.6.0
3.7.0 3.8.0 3.9.0 3.9.1 3.9.2 3.10.0
3.11.0 3.11.1 3.11.2 3.11.3 3.12.0 3.12.1 3.12.2 3.12.3 3.12.4 3.13.0 3.13.1 3.13.2
3.14.0 3.14.1 3.15.0 3.15.1
"""

# (label, first name it states, last name, TensorFlow line or "", library, era)
LABEL, FIRST, LAST, TENSORFLOW, LIBRARY, ERA = range(6)
WRITERS: tuple[tuple[str, str, str, str, str, str], ...] = (
    *((v, v, v, "", "keras", "keras-1" if v[0] == "1" else "keras-2") for v in _KERAS_1_AND_2.split()),
    *(
        (
            f"tf{line}",
            low,
            high,
            line,
            "tf.keras",
            "tf.keras-v3" if low in ("2.12.0", "2.13.1", "2.14.0", "2.15.0") else "tf.keras",
        )
        for line, low, high in (row.split() for row in _TENSORFLOW.strip().splitlines())
    ),
    *((f"tk{v}", v, v, v.rpartition(".")[0], "tf_keras", "tf.keras-v3") for v in _TF_KERAS.split()),
    *((v, v, v, "", "keras", "keras-3") for v in _KERAS_3.split()),
)
INDEX = {writer[0]: index for index, writer in enumerate(WRITERS)}
ANYBODY = (1 << len(WRITERS)) - 1
NEWEST = len(WRITERS) - 1

_spans: dict[str, int] = {"": 0, "..": ANYBODY}


def span(text: str) -> int:
    """Return the writers that "2.0.0..2.3.1 tf2.4 3.9.0.." and the like name. Raises KeyError for an unknown label."""
    mask = _spans.get(text)
    if mask is None:
        mask = 0
        for piece in text.split():
            first, dots, last = piece.partition("..")
            low = INDEX[first]
            high = (INDEX[last] if last else NEWEST) if dots else low
            mask |= (2 << high) - (1 << low)
        _spans[text] = mask
    return mask


def of_era(era: str) -> int:
    """Return the writers of an era."""
    return sum((writer[ERA] == era) << index for index, writer in enumerate(WRITERS))


def members(mask: int) -> list[int]:
    """Return the indexes of the writers in a set, in order."""
    return [index for index in range(mask.bit_length()) if mask >> index & 1]


def order(version: str) -> tuple[int, ...]:
    """Return what orders versions: their leading numbers. "2.2.4-tf" is (2, 2, 4), text without a number (0,)."""
    numbers = []
    for piece in version.split(".")[:4]:
        digits = 0
        while digits < len(piece) and digits < 9 and "0" <= piece[digits] <= "9":
            digits += 1
        if not digits:
            break
        numbers.append(int(piece[:digits]))
        if digits < len(piece):
            break
    return tuple(numbers) or (0,)


# How a set is told: by line, since releases of one library follow each other.
_LINES = (
    ("Keras", span("1.0.0..2.3.1")),
    ("tf.keras of TensorFlow", span("tf1.4..tf2.15")),
    ("tf_keras", span("tk2.14.1..tk2.21.0")),
    ("Keras", span("3.0.0..")),
)


def describe(writers: int) -> str:
    """Return a set of writers in words: "tf.keras of TensorFlow 2.3 to 2.15, tf_keras, Keras 3.9.0 and later"."""
    words = []
    for name, line in _LINES:
        part = members(writers & line)
        if not part:
            continue
        if part == members(line) and name == "tf_keras":
            words.append(name)
            continue
        runs = [part[0]]
        for before, after in zip(part, [*part[1:], None], strict=True):
            if after != before + 1:
                words.append(f"{name} {_run(runs[-1], before)}")
                if after is not None:
                    runs.append(after)
    return ", ".join(words)


def _run(first: int, last: int) -> str:
    labels = [WRITERS[index][0].lstrip("tfk") for index in (first, last)]
    if last == NEWEST:
        return f"{labels[0]} and later"
    return labels[0] if first == last else f"{labels[0]} to {labels[1]}"
