"""Mutations of JSON and YAML: the tree (values of another kind, swapped, nested, huge) and the text (tokens, lines)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from fuzzing.dice import Dice
from fuzzing.models import keywords, layer
from fuzzing.plain import mutate_plainly
from fuzzing.vocabulary import CLASSES

_DEEP_LIST: Any = []
for _ in range(90):
    _DEEP_LIST = [_DEEP_LIST]
_DEEP_DICT: Any = {}
for _ in range(90):
    _DEEP_DICT = {"class_name": "Wrapper", "config": {"layer": _DEEP_DICT}}

# Values that stand where another kind is expected.
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 127, 2**31, 2**63, -(2**63), 10**19, 10**400, -(10**4000), 0.5, -0.0, 1e308,
    1e-320,
    float("nan"), float("inf"), float("-inf"), "", "0", "same", "valid", "channels_first", "float16", "float99", "None",
    "é" * 40, "\ud800", "\0", "a/b/../c", "../../x", "x" * 3000, "\u202e\u0007\x1b[2J", "𝕏", "Custom>Layer", "__main__",
    [], [None], [[]], [0], [-1, 10**9], [10**9, 10**9, 10**9], [None, None, None, 3], [[[1]]], ["a", 0, 0], [1, "a",
    None, {}],
    {}, {"": ""}, {"class_name": None}, {"class_name": "Dense"}, {"class_name": "Dense", "config": None},
    {"class_name": [], "config": {}}, {"class_name": "__tuple__", "items": [1, 2]}, {"class_name": "__keras_tensor__"},
    {"class_name": "__keras_tensor__", "config": {"keras_history": ["dense", -1, 10**9], "shape": None}},
    {"class_name": "__keras_tensor__", "config": []}, {"class_name": "Functional", "config": {"layers": {}}},
    {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"units": 10**30}}]}},
    {"module": "os", "class_name": "system", "config": "true", "registered_name": None},
    {"class_name": "__lambda__", "config": {"code": "4wEA", "defaults": None, "closure": None}},
    {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "Dense", "config": {"units": -1}}}},
    {"class_name": "Bidirectional", "config": {"layer": None, "backward_layer": 3}},
    {"class_name": "StackedRNNCells", "config": {"cells": [None, {"class_name": "LSTMCell"}]}},
    {"args": [], "kwargs": {}}, {"args": None}, [{"args": [{"class_name": "__keras_tensor__", "config": {}}]}],
    _DEEP_LIST, _DEEP_DICT,
)  # fmt: skip

# Words that decide what a reader does with the dict they stand in.
KEYS = (
    "class_name", "config", "layers", "layer", "name", "units", "filters", "kernel_size", "strides", "batch_shape",
    "batch_input_shape", "inbound_nodes", "input_layers", "output_layers", "module", "registered_name", "build_config",
    "input_shape", "axis", "dtype", "cell", "cells", "keras_version", "backend", "training_config", "optimizer_config",
    "weightsManifest", "weights", "shape", "paths", "modelTopology", "model_config", "weight_map", "trainable", "items",
    "backward_layer", "dims", "output_shape", "target_shape", "n", "data_format", "input_dim", "output_dim", "size",
)  # fmt: skip
_FRESH = tuple(value if not isinstance(value, (dict, list)) else json.dumps(value).encode() for value in VALUES)


def _any(dice: Dice) -> Any:
    """Return one of `VALUES`, a new object each time."""
    value = dice.pick(_FRESH)
    return json.loads(value) if isinstance(value, bytes) else value


def mutate_tree(dice: Dice, root: Any, generous: bool = True) -> tuple[Any, str]:
    """Return the tree with one change, and what was done. The tree may be changed in place.

    `generous`: it may become much larger.
    """
    holder, key = _place(dice, root)
    if holder is None:
        return _any(dice), "another root"
    value = holder[key]
    roll = dice.below(16)
    if roll < 6:
        holder[key] = _other(dice, value, generous)
        return root, f"{key!r} becomes {type(holder[key]).__name__!s}"
    if roll == 6:
        del holder[key]
        return root, f"delete {key!r}"
    if roll == 7 and isinstance(holder, list):
        times = 300 if generous and dice.odds(0.1) else 1
        holder[key:key] = [value] * times
        return root, f"repeat item {key} {times} times"
    if roll == 8 and isinstance(holder, dict):
        name = dice.pick(KEYS)
        holder[name] = holder.pop(key)
        return root, f"rename {key!r} to {name!r}"
    if roll == 9:
        other, other_key = _place(dice, root)
        if other is not None:
            holder[key], other[other_key] = other[other_key], value
            return _acyclic(root), f"swap {key!r} with {other_key!r}"
    if roll == 10 and isinstance(holder, dict):
        holder[dice.pick(KEYS)] = _any(dice)
        return root, "another key"
    if roll == 11 and isinstance(value, dict):
        if isinstance(value.get("config"), dict) and dice.odds(0.5):
            value["config"].update(keywords(dice, 0.05))
            return root, f"more keywords in {key!r}"
        holder[key] = layer(dice, "l1", 0)
        return root, f"{key!r} becomes a {holder[key]['class_name']} layer"
    if roll == 11:
        holder[key] = [value] if dice.odds(0.5) else {dice.pick(KEYS): value}
        return root, f"wrap {key!r}"
    if roll == 12:
        other, other_key = _place(dice, root)
        if other is not None:
            other[other_key] = load(dump(value))
            return root, f"copy {key!r} to {other_key!r}"
    if roll == 13:
        depth = dice.pick((10, 60, 64, 65, 100, 300) if generous else (2,))
        for _ in range(depth):
            value = {"class_name": "Sequential", "config": {"layers": [value]}} if isinstance(value, dict) else [value]
        holder[key] = value
        return root, f"nest {key!r} {depth} deep"
    if isinstance(value, str):
        holder[key] = dice.pick(CLASSES)
        return root, f"{key!r} becomes {holder[key]}"
    holder[key] = _any(dice)
    return root, f"{key!r} becomes {type(holder[key]).__name__!s}"


def _place(dice: Dice, root: Any) -> tuple[Any, Any]:
    """Return a container and a key in it, on a random way down from the root; None when there is none."""
    holder, key = None, None
    node = root
    while isinstance(node, (dict, list)) and node and dice.odds(0.98 if holder is None else 0.88):
        holder = node
        key = dice.pick(list(node)) if isinstance(node, dict) else dice.below(len(node))
        node = node[key]
    return holder, key


_NEAR: tuple[Callable[[float], Any], ...] = (
    lambda value: value + 1, lambda value: -value, lambda value: value * 1000, lambda value: 0, lambda value: value / 2,
    lambda value: str(value), lambda value: [value], lambda value: value * 10**30,
)  # fmt: skip


def _other(dice: Dice, value: Any, generous: bool) -> Any:
    """Return a value near the one that is there, or of another kind."""
    roll = dice.below(4)
    if roll == 0 and isinstance(value, (int, float)):
        try:
            return dice.pick(_NEAR)(value)
        except (OverflowError, ValueError):  # of 4000 digits
            return 0
    if roll == 0 and isinstance(value, str):
        at = dice.below(len(value) + 1)
        return dice.pick(
            (value[:at], value + value[:100], value.upper(), value[:at] + "\u2028" + value[at:], value + ">x", [value])
        )
    if roll == 1 and isinstance(value, list):
        return dice.pick(
            (
                value + value,
                value[::-1],
                value[:1],
                value[1:],
                [list(value)],
                {"0": value},
                value * (40 if generous else 1),
            )
        )
    if roll == 1 and isinstance(value, dict):
        return dice.pick((list(value), list(value.values()), dict(reversed(value.items())), str(value)[:5000]))
    return _any(dice)


def _acyclic(root: Any) -> Any:
    """Return the tree, or what can be written of it when a swap put a node into itself."""
    try:
        json.dumps(root)
    except (ValueError, RecursionError):
        return {"class_name": "Sequential", "config": []}
    return root


_MOST = 400_000  # bytes of one text


def dump(root: Any, compact: bool = False) -> bytes:
    """Return JSON text, with whatever JSON's writer of Python lets through (NaN, lone surrogates as escapes)."""
    try:
        return json.dumps(root, separators=(",", ":") if compact else None).encode()
    except (ValueError, RecursionError):
        return b"{}"


def load(text: bytes) -> Any:
    """Return the value of JSON text; None when it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}\[\],:]')
_TOKENS = (
    b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b'""', b"0", b"-1", b"1e999", b"NaN", b"-Infinity",
    b"1" * 5000,
    b"0x10", b"1.", b"-", b'"\\ud800"', b'"\\u0000"', b'"\\x"', b'"\xff"', b"'", b'"', b"/*", b"[" * 2000,
    b'{"a":' * 1500,
    *(b"[" * depth + b"]" * depth for depth in (200, 700, 940, 1500, 6000)),
    *(b'{"class_name":"Sequential","config":{"layers":[' * depth + b"]}}" * depth for depth in (30, 300, 320, 2000)),
    b'{"a":1,"a":2}', b"9" * 400, b'"' + b"a" * 70000 + b'"', b"\xef\xbb\xbf", b"\0",
)  # fmt: skip


def mutate_json(dice: Dice, text: bytes) -> tuple[bytes, str]:
    """Return JSON text with some changes, of its tree or of its characters, and what was done."""
    notes = []
    if dice.odds(0.8):
        root = load(text)
        for number in range(dice.some(5)):
            root, note = mutate_tree(dice, root, number == 0)
            notes.append(note)
        return dump(root)[:_MOST], "JSON: " + ", ".join(notes)
    return _mutate_tokens(dice, text)


def _mutate_tokens(dice: Dice, text: bytes) -> tuple[bytes, str]:
    roll = dice.below(12)
    if roll == 0:
        return text.decode("utf-8", "replace").encode(
            dice.pick(("utf-16", "utf-16-le", "utf-32", "utf-8-sig"))
        ), "another encoding"
    if roll == 1:
        return text.replace(b"\n", b"\r\n").replace(b" ", b"\t"), "other blanks"
    if roll == 2:
        data = bytearray(text)
        return bytes(data), mutate_plainly(dice, data) and "plainly changed text"
    tokens = list(_TOKEN.finditer(text))
    if not tokens:
        return dice.pick(_TOKENS), "a token alone"
    one = dice.pick(tokens)
    if roll < 8:
        token = dice.pick(_TOKENS)
        return text[: one.start()] + token + text[one.end() :], f"token {token[:20]!r} at {one.start()}"
    if roll == 8:
        return text[: one.start()] + text[one.end() :], f"no token at {one.start()}"
    if roll == 9:
        return text[: one.end()] + one.group() + text[one.end() :], f"token twice at {one.start()}"
    other = dice.pick(tokens)
    first, second = sorted((one, other), key=lambda token: token.start())
    if first.end() > second.start():
        return text[: one.start()], f"end at {one.start()}"
    return (
        text[: first.start()]
        + second.group()
        + text[first.end() : second.start()]
        + first.group()
        + text[second.end() :],
        f"tokens at {first.start()} and {second.start()} swapped",
    )


def mutate_in_place(dice: Dice, text: bytes) -> tuple[bytes, str]:
    """Return changed JSON text of the same length: what becomes shorter is filled up with blanks."""
    root = load(text)
    if root is not None and dice.odds(0.8):
        notes = []
        for _ in range(dice.some(3)):
            root, note = mutate_tree(dice, root, False)
            notes.append(note)
        changed = dump(root, compact=True)
        if len(changed) <= len(text):
            return changed.ljust(len(text)), "text: " + ", ".join(notes)
        return changed[: len(text)], "text cut: " + ", ".join(notes)
    tokens = list(_TOKEN.finditer(text)) or [re.match(rb"", text)]
    one = dice.pick(tokens)
    length = one.end() - one.start() if one else 0
    token = dice.pick(_TOKENS)[:length].ljust(length)
    at = one.start() if one else 0
    return text[:at] + token + text[at + length :], f"token {token[:20]!r} at {at} of the text"


_YAML_LINES = (
    b"- - - - - -", b"? : ?", b"a: &a [*a]", b"<<: *x", b"key: !!python/object/apply:os.system ['true']",
    b"x: !!binary |",
    b"---", b"...", b"%YAML 9.9", b"\t- tab", b"'", b'"', b"key: |", b"  >-", b"[[[[[[[[[[[[", b"{" * 600, b"- " * 800,
    b"a: 1\na: 2", b"? " * 300, b"x: !!python/tuple [1, 2]", b"x: !!float .inf", b"x: 0o17", b"x: 1_000",
    b"x: 2001-01-01",
    b"x: ~", b"x: " + b"9" * 5000, b"class_name: Model", b"config:", b"# comment", b": :", b"*undefined", b"&b " * 40,
    b"x: !<tag:yaml.org,2002:str> y", b"x: \"\\ud800\"", b"x: \"\\U0010FFFF\"", b"x: 1e999", b"x: .nan", b"  x: y: z",
    b"a: &x [1,1,1,1,1,1,1,1,1]\nb: &y [*x,*x,*x,*x,*x,*x,*x,*x]\nc: &z [*y,*y,*y,*y,*y,*y,*y,*y]\nd: [*z,*z,*z,*z]",
)  # fmt: skip


_YAML_SCALARS = (
    b"null", b"~", b"true", b"no", b"0", b"-1", b"3", b"1e9", b".nan", b".inf", b"0x7f", b"0o17", b"1_000",
    b"99999999999999999999",
    b"''", b"'it''s'", b'"\\u00e9"', b"[]", b"{}", b"[1, 2]", b"[null, 4]",
    b"{class_name: Dense, config: {units: 3}}", b"2001-01-01",
    b"!!python/tuple [1, 2]", b"!!str 1", b"!!python/name:os.system ''", b"relu", b"valid", b"same", b"x" * 300,
    b"Dense", b"LSTM", b"Model",
    b"[[dense, 0, 0]]", b"{a: {b: {c: [1, {d: 2}]}}}", b"12:30:45", b"-.5", b"1.", b"+1", b"!!float 3", b"!!int '7'",
)  # fmt: skip


def mutate_yaml(dice: Dice, text: bytes) -> tuple[bytes, str]:
    """Return YAML text with lines, blanks or tokens changed, and what was done."""
    lines = text.split(b"\n")
    notes = []
    for _ in range(dice.some(3)):
        at = dice.below(len(lines))
        key, colon, value = lines[at].partition(b": ")
        if colon and value[:1] not in (b"{", b"[", b"", b"&", b"*", b"|", b">", b"!") and dice.odds(0.65):
            lines[at] = key + colon + dice.pick(_YAML_SCALARS)
            notes.append(f"another value in line {at}")
            continue
        roll = dice.below(12)
        if roll == 0:
            lines.insert(at, dice.pick(_YAML_LINES))
            notes.append(f"insert {lines[at][:30]!r}")
        elif roll == 1:
            del lines[at]
            lines = lines or [b""]
            notes.append(f"delete line {at}")
        elif roll == 2:
            other = dice.below(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
            notes.append(f"swap lines {at} and {other}")
        elif roll == 3:
            lines[at] = dice.pick((b" ", b"  ", b"    ", b"\t")) + lines[at] if dice.odds(0.5) else lines[at].lstrip()
            notes.append(f"indent line {at} otherwise")
        elif roll == 4:
            value = dump(_any(dice))[:6000]
            lines[at] = lines[at].split(b":")[0] + b": " + value
            notes.append(f"value {value[:20]!r} in line {at}")
        elif roll == 5:
            lines[at] = lines[at].replace(
                b": ", dice.pick((b":", b" : ", b": !!str ", b": &a ", b": *a ", b": |", b": >")), 1
            )
            notes.append(f"another colon in line {at}")
        elif roll == 6:
            lines[at] = (
                lines[at].replace(b"class_name", b"'class_name'").replace(b"- ", dice.pick((b"-", b"? ", b"- - ")))
            )
            notes.append(f"another mark in line {at}")
        elif roll == 7:
            lines[at:at] = lines[at : at + dice.below(40)]
            notes.append(f"lines from {at} twice")
        elif roll == 8:
            lines[at] = b" " * dice.pick((1, 3, 7, 200, 3000)) + lines[at]
            notes.append(f"line {at} far in")
        else:
            words = re.findall(rb"\S+", lines[at])
            if words:
                lines[at] = lines[at].replace(
                    dice.pick(words), dice.pick((b"{", b"]", b"!", b"&", b"*", b"null", b"-1", b"\xff", b"1e9")), 1
                )
            notes.append(f"another word in line {at}")
    if dice.odds(0.03):
        return b"\r\n".join(lines), "YAML: CRLF, " + ", ".join(notes)
    return b"\n".join(lines), "YAML: " + ", ".join(notes)
