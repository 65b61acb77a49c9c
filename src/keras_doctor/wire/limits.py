"""Bounds on what a file may make us do. Every one is a parameter with a default; none is read from the file."""

from __future__ import annotations

from keras_doctor.records import record


@record
class Limits:
    """How much a hostile file can cost: depth, counts and bytes.

    Exceeding one raises `LimitExceeded` or ends a list early.
    """

    depth: int = 64  # of nested groups, messages, JSON containers in walks
    objects: int = 200_000  # links, members, messages, attributes of one file
    text_bytes: int = 48 << 20  # one JSON, YAML or attribute text; a quarter where characters may take four bytes each
    json_containers: int = 1_000_000  # lists and objects in one JSON text: each costs 64 to 232 bytes of memory
    json_values: int = 1_500_000  # values in one JSON text: each costs up to 40 bytes of memory, with a key 150
    inflated_bytes: int = 256 << 20  # one compressed member or chunk, inflated in memory
    bomb_bytes: int = 16 << 20  # what inflates a hundredfold, as weights and texts hardly ever do, may inflate to this
    inflate_ratio: int = 1100  # deflate cannot do better than 1032 to 1
    checked_bytes: int = 64 << 20  # checksums are verified by default up to this many bytes a file
    rank: int = 32  # dimensions of an array


DEFAULT_LIMITS = Limits()
