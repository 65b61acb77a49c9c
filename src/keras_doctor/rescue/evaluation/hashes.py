"""The hashes by which preprocessing layers put categories into bins: TensorFlow's Fingerprint64 (FarmHash), its keyed
hash (SipHash), and how it combines two of them.

Source: `farmhashna::Hash64` of google/farmhash, `core/lib/strings/strong_hash` and `core/platform/fingerprint.h` of
TensorFlow.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CAT = 0xC6A4A7935BD1E995
CROSS_KEY = 0xDECAFCAFFE  # with which `tf.sparse.cross_hashed` begins


def _fetch(data: bytes, place: int, size: int = 8) -> int:
    return int.from_bytes(data[place : place + size], "little")


def _rotate(value: int, by: int) -> int:
    value &= _MASK
    return ((value >> by) | (value << (64 - by))) & _MASK


def _shift_mix(value: int) -> int:
    value &= _MASK
    return value ^ (value >> 47)


def _hash16(u: int, v: int, mul: int) -> int:
    a = _shift_mix((u ^ v) * mul)
    return _shift_mix((v ^ a) * mul) * mul & _MASK


def _up_to_16(data: bytes) -> int:
    size = len(data)
    mul = _K2 + size * 2
    if size >= 8:
        a, b = _fetch(data, 0) + _K2 & _MASK, _fetch(data, size - 8)
        c = _rotate(b, 37) * mul + a & _MASK
        d = (_rotate(a, 25) + b) * mul & _MASK
        return _hash16(c, d, mul)
    if size >= 4:
        return _hash16(size + (_fetch(data, 0, 4) << 3), _fetch(data, size - 4, 4), mul)
    if size:
        y = data[0] + (data[size >> 1] << 8)
        z = size + (data[-1] << 2)
        return _shift_mix(y * _K2 ^ z * _K0) * _K2 & _MASK
    return _K2


def _ends(data: bytes) -> tuple[int, int, int, int, int]:
    """Return what strings of 17 to 64 bytes have in common."""
    size = len(data)
    mul = _K2 + size * 2
    first = _K1 if size <= 32 else _K2
    a, b = _fetch(data, 0) * first & _MASK, _fetch(data, 8)
    c, d = _fetch(data, size - 8) * mul & _MASK, _fetch(data, size - 16) * _K2 & _MASK
    y = _rotate(a + b, 43) + _rotate(c, 30) + d & _MASK
    return y, a + _rotate(b + _K2, 18) + c & _MASK, a, c, mul


def _up_to_64(data: bytes) -> int:
    size = len(data)
    y, second, a, _, mul = _ends(data)
    z = _hash16(y, second, mul)
    if size <= 32:
        return z
    e, f = _fetch(data, 16) * mul & _MASK, _fetch(data, 24)
    g = (y + _fetch(data, size - 32)) * mul & _MASK
    h = (z + _fetch(data, size - 24)) * mul & _MASK
    return _hash16(_rotate(e + f, 43) + _rotate(g, 30) + h & _MASK, e + _rotate(f + a, 18) + g & _MASK, mul)


def _weak(data: bytes, place: int, a: int, b: int) -> tuple[int, int]:
    w, x, y, z = (_fetch(data, place + offset) for offset in (0, 8, 16, 24))
    a = a + w & _MASK
    b = _rotate(b + a + z, 21)
    c = a
    a = a + x + y & _MASK
    b = b + _rotate(a, 44) & _MASK
    return a + z & _MASK, b + c & _MASK


def fingerprint64(data: bytes) -> int:
    """Return the 64-bit fingerprint of a string."""
    size = len(data)
    if size <= 16:
        return _up_to_16(data)
    if size <= 64:
        return _up_to_64(data)
    x, y = 81, 81 * _K1 + 113 & _MASK
    z = _shift_mix(y * _K2 + 113) * _K2 & _MASK
    v, w = (0, 0), (0, 0)
    x = x * _K2 + _fetch(data, 0) & _MASK
    end = (size - 1) // 64 * 64
    for place in range(0, end, 64):
        x = _rotate(x + y + v[0] + _fetch(data, place + 8), 37) * _K1 & _MASK
        y = _rotate(y + v[1] + _fetch(data, place + 48), 42) * _K1 & _MASK
        x ^= w[1]
        y = y + v[0] + _fetch(data, place + 40) & _MASK
        z = _rotate(z + w[0], 33) * _K1 & _MASK
        v = _weak(data, place, v[1] * _K1, x + w[0])
        w = _weak(data, place + 32, z + w[1], y + _fetch(data, place + 16))
        z, x = x, z
    mul = _K1 + ((z & 0xFF) << 1)
    place = size - 64
    w = (w[0] + (size - 1 & 63) & _MASK, w[1])
    v = (v[0] + w[0] & _MASK, v[1])
    w = (w[0] + v[0] & _MASK, w[1])
    x = _rotate(x + y + v[0] + _fetch(data, place + 8), 37) * mul & _MASK
    y = _rotate(y + v[1] + _fetch(data, place + 48), 42) * mul & _MASK
    x ^= w[1] * 9 & _MASK
    y = y + v[0] * 9 + _fetch(data, place + 40) & _MASK
    z = _rotate(z + w[0], 33) * mul & _MASK
    v = _weak(data, place, v[1] * mul, x + w[0])
    w = _weak(data, place + 32, z + w[1], y + _fetch(data, place + 16))
    z, x = x, z
    return _hash16(
        _hash16(v[0], w[0], mul) + _shift_mix(y) * _K0 + z & _MASK, _hash16(v[1], w[1], mul) + x & _MASK, mul
    )


def combined(first: int, second: int) -> int:
    """Return the fingerprint of two fingerprints (`FingerprintCat64`)."""
    result = (first ^ _CAT) & _MASK
    result = (result ^ _shift_mix(second * _CAT) * _CAT) * _CAT & _MASK
    result = _shift_mix(result) * _CAT & _MASK
    return _shift_mix(result)


def keyed(data: bytes, key: tuple[int, int]) -> int:
    """Return the SipHash-2-4 of a string under two 64-bit keys."""
    k0, k1 = key[0] & _MASK, key[1] & _MASK
    state = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    tail = len(data) % 8
    last = (len(data) & 0xFF) << 56 | int.from_bytes(data[len(data) - tail :], "little")
    blocks = [_fetch(data, place) for place in range(0, len(data) - tail, 8)]
    for block in [*blocks, last]:
        state[3] ^= block
        _sip_round(_sip_round(state))
        state[0] ^= block
    state[2] ^= 0xFF
    for _ in range(4):
        _sip_round(state)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_round(v: list[int]) -> list[int]:
    v[0] = v[0] + v[1] & _MASK
    v[1] = _rotate(v[1], 51) ^ v[0]
    v[0] = _rotate(v[0], 32)
    v[2] = v[2] + v[3] & _MASK
    v[3] = _rotate(v[3], 48) ^ v[2]
    v[0] = v[0] + v[3] & _MASK
    v[3] = _rotate(v[3], 43) ^ v[0]
    v[2] = v[2] + v[1] & _MASK
    v[1] = _rotate(v[1], 47) ^ v[2]
    v[2] = _rotate(v[2], 32)
    return v
