"""HDF5 files that went through a transfer in text mode or a text editor, and what of that can be undone.

The signature was made to show it (II.A): its first byte is not ASCII, and it holds CR LF and a lone LF.
"""

from __future__ import annotations

from keras_doctor.wire.source import BytesSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.wire.limits import Limits
    from keras_doctor.wire.source import Source


def undo_text_mode(source: Source, limits: Limits) -> tuple[Source, str] | None:
    """Return the file as it was before, as far as that can be known, and what had happened to it; None when nothing."""
    head = source.read_up_to(0, 24)
    for start, what, undo in _CASES:
        if head.startswith(start) and source.size <= limits.inflated_bytes:
            return BytesSource(undo(source.read(0, source.size)), source.name), what
    return None


def _from_crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _from_mixed_crlf(data: bytes) -> bytes:
    """Only lone LF became CR LF: pairs that were there before cannot be told from those, except in the signature."""
    return data[:8] + data[8:].replace(b"\r\n", b"\n") if data[7:8] == b"\n" else data[:7] + _from_crlf(data[7:])


def _from_lf(data: bytes) -> bytes:
    """CR LF became LF. Apart from the signature a file of weights has such a pair once in 65,536 bytes."""
    return b"\x89HDF\r\n\x1a\n" + data[7:]


def _from_utf8(data: bytes) -> bytes:
    """Every byte was taken for a character of Latin-1 and written as UTF-8."""
    try:
        return data.decode("utf-8").encode("latin-1")
    except ValueError:
        return data


def _from_replacement(data: bytes) -> bytes:
    """What was not UTF-8 became U+FFFD. 0xFF is the best guess: undefined addresses consist of it.

    Two or three bytes may have become one character. In a superblock of version 0 that can be seen and mended: the end
    of the file, which may hold such bytes, stands between fixed ones.
    """
    data = b"\x89" + data.replace(b"\xef\xbf\xbd", b"\xff")[1:]
    behind = data.find(b"\xff" * 8 + bytes(8), 40, 72)
    if data[8:9] != b"\0" or not 40 <= behind <= 48:
        return data
    return data[:40] + (len(data) + 48 - behind).to_bytes(8, "little") + data[behind:]


_CASES = (
    (
        b"\x89HDF\r\r\n\x1a\r\n",
        "each line feed became CR LF (a transfer in text mode); that is undone exactly",
        _from_crlf,
    ),
    (b"\x89HDF\r\n\x1a\r\n", "line feeds became CR LF (a transfer in text mode)", _from_mixed_crlf),
    (b"\x89HDF\n\x1a\n", "each CR LF became a line feed (a transfer in text mode)", _from_lf),
    (
        b"\xc2\x89HDF",
        "it was converted from Latin-1 to UTF-8 (opened and saved as text); that is undone exactly",
        _from_utf8,
    ),
    (
        b"\xef\xbf\xbdHDF",
        "bytes that are not UTF-8 became U+FFFD (opened and saved as text): most numbers are lost for good",
        _from_replacement,
    ),
)
