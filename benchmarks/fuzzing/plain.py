"""Mutations that know nothing of formats: flips, cuts, copies, zeros, other integers, line ends, splices."""

from __future__ import annotations

from fuzzing.dice import Dice


def flip(dice: Dice, data: bytearray) -> str:
    """Flip single bits."""
    count = dice.some(8)
    for _ in range(count):
        data[dice.below(len(data))] ^= 1 << dice.below(8)
    return f"flip {count} bits"


def set_bytes(dice: Dice, data: bytearray) -> str:
    """Give single bytes another value."""
    count = dice.some(8)
    for _ in range(count):
        data[dice.below(len(data))] = dice.pick((0, 1, 0x7F, 0x80, 0xFF, dice.below(256)))
    return f"set {count} bytes"


def truncate(dice: Dice, data: bytearray) -> str:
    """Cut the end off, or seldom the start."""
    if dice.odds(0.1):
        count = dice.length(len(data) // 2)
        del data[:count]
        return f"cut {count} bytes from the start"
    keep = len(data) - dice.length(len(data)) if dice.odds(0.7) else dice.below(len(data))
    del data[keep:]
    return f"truncate to {keep}"


def insert(dice: Dice, data: bytearray) -> str:
    """Insert bytes."""
    at, count = dice.below(len(data) + 1), dice.length(512)
    data[at:at] = dice.randbytes(count) if dice.odds(0.5) else bytes((dice.below(256),)) * count
    return f"insert {count} bytes at {at}"


def delete(dice: Dice, data: bytearray) -> str:
    """Delete bytes."""
    at, count = dice.below(len(data)), dice.length(512)
    del data[at : at + count]
    return f"delete {count} bytes at {at}"


def copy_block(dice: Dice, data: bytearray) -> str:
    """Copy a block over another place."""
    count = dice.length(min(2048, len(data)))
    source, target = dice.below(len(data) - count + 1), dice.below(len(data) - count + 1)
    data[target : target + count] = data[source : source + count]
    return f"copy {count} bytes from {source} to {target}"


def zero_block(dice: Dice, data: bytearray) -> str:
    """Zero a block, or fill it with 0xFF."""
    count = dice.length(min(4096, len(data)))
    at = dice.below(len(data) - count + 1)
    if dice.odds(0.3):
        at = at // 512 * 512
        count = min(512, len(data) - at)
    fill = b"\xff" if dice.odds(0.1) else b"\0"
    data[at : at + count] = fill * count
    return f"fill {count} bytes at {at} with {fill!r}"


def set_integer(dice: Dice, data: bytearray) -> str:
    """Write an interesting integer at an aligned offset."""
    width = dice.pick((1, 2, 4, 8))
    if len(data) < width:
        return "nothing"
    at = dice.below(len(data) // width) * width
    order = "big" if dice.odds(0.1) else "little"
    value = dice.edge(width, len(data), int.from_bytes(data[at : at + width], order))  # type: ignore[arg-type]
    data[at : at + width] = value.to_bytes(width, order)  # type: ignore[arg-type]
    return f"write {value:#x} in {width} bytes at {at}"


def convert_lines(dice: Dice, data: bytearray) -> str:
    """Convert line ends or characters, as transfers in text mode do."""
    old, new = dice.pick(((b"\n", b"\r\n"), (b"\r\n", b"\n"), (b"\r", b""), (b"\n", b"\r"), (b"\xff", b"\xef\xbf\xbd")))
    data[:] = data.replace(old, new)
    return f"replace {old!r} by {new!r}"


def utf8_replacement(dice: Dice, data: bytearray) -> str:
    """Decode as UTF-8 and encode again: what is not text becomes U+FFFD."""
    data[:] = data.decode("utf-8", "replace").encode()
    return "decode as UTF-8 with replacement"


# (mutation, weight): gentle ones are frequent, since most inputs should still get through to config and tensors.
PLAIN = (
    (flip, 6), (set_bytes, 5), (set_integer, 6), (copy_block, 3), (zero_block, 2), (truncate, 2), (insert, 1),
    (delete, 1),
)  # fmt: skip
_TABLE = tuple(mutation for mutation, weight in PLAIN for _ in range(weight))
_RARE = (convert_lines, utf8_replacement)


def mutate_plainly(dice: Dice, data: bytearray) -> str:
    """Apply one mutation that knows nothing of the format."""
    if not data:
        data += dice.randbytes(dice.length(64))
        return "bytes where none were"
    return dice.pick(_RARE if dice.odds(0.02) else _TABLE)(dice, data)


def splice(dice: Dice, data: bytearray, other: bytes) -> str:
    """Go over to another file: its end behind our start, or a block of it in ours."""
    at = dice.below(len(data) + 1)
    if dice.odds(0.5):
        start = at if dice.odds(0.6) else dice.below(len(other) + 1)
        data[at:] = other[start:]
        return f"the other file from {start} on at {at}"
    count = dice.length(min(4096, len(other) or 1))
    start = min(at, len(other)) if dice.odds(0.6) else dice.below(len(other))
    data[at : at + count] = other[start : start + count]
    return f"{count} bytes of the other file from {start} at {at}"
