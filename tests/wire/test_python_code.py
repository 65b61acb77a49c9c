"""The code of Python functions, against what real Pythons make of it (tools/record_python_code.py)."""

import base64
import json
from pathlib import Path

import pytest

from keras_doctor.wire.bytecode import WRITERS, instructions, same
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.expressions import Argument, Calling, Cut, Listed, Name, Operation, expression
from keras_doctor.wire.marshalled import read_code

ROWS = json.loads((Path(__file__).parents[1] / "data" / "python-code.json").read_text(encoding="utf-8"))
PYTHONS = sorted({row["python"] for row in ROWS})
BRANCHED = ("if", "for")


def code_of(row):
    return read_code(base64.b64decode(row["code"]))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['python']} {row['source']}")
def test_read_as_by_its_own_python(row):
    code = code_of(row)
    assert row["python"] in WRITERS[code.layout]
    assert instructions(code, row["python"]) is not None
    assert code.name == "<lambda>"
    assert code.variables[0] == "x"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['python']} {row['source']}")
def test_what_other_pythons_read(row):
    code = code_of(row)
    claimed = [other for other in WRITERS[code.layout] if same(code, row["python"], other)]
    assert set(claimed) <= set(row["read_by"])
    if not any(word in row["source"].split() for word in BRANCHED):
        assert set(claimed) == set(row["read_by"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['python']} {row['source']}")
def test_what_the_function_does(row):
    """The expression, written as the function itself told what it does when the real Python called it."""
    found = expression(code_of(row), row["python"])
    if any(word in row["source"].split() for word in BRANCHED):
        assert found is None
    elif row["python"] != "2.7" or "=" not in row["source"]:
        assert spoken(found) == row["says"]


def spoken(value):
    if isinstance(value, Argument):
        return ("x", "3")[value.place]
    if isinstance(value, Name):
        return value.path
    if isinstance(value, Operation) and value.symbol == "[]":
        return f"{spoken(value.values[0])}[{spoken(value.values[1])}]"
    if isinstance(value, Operation):
        left, right = value.values
        return f"({spoken(left)} {value.symbol} {spoken(right)})"
    if isinstance(value, Calling):
        words = [spoken(one) for one in value.args] + [f"{name}={spoken(one)}" for name, one in value.kwargs]
        return f"{spoken(value.called)}({', '.join(words)})"
    if isinstance(value, Listed):
        return f"({', '.join(spoken(one) for one in value.values)})"
    if isinstance(value, Cut):
        return f"slice({spoken(value.start)}, {spoken(value.stop)}, {spoken(value.step)})"
    return repr(value)


@pytest.mark.parametrize("length", range(0, 200, 7))
def test_cut_code_is_an_error_of_its_own(length):
    for row in ROWS[:: len(ROWS) // 7]:
        data = base64.b64decode(row["code"])
        if length < len(data) - 40:
            with pytest.raises(FormatError):
                read_code(data[:length])


def test_changed_bytes_raise_nothing_else():
    data = base64.b64decode(ROWS[-8]["code"])
    for place in range(len(data)):
        for flip in (1, 0x80, 0xFF):
            changed = bytearray(data)
            changed[place] ^= flip
            try:
                code = read_code(bytes(changed))
            except FormatError:
                continue
            for python in PYTHONS:
                expression(code, python)


def test_comparisons_unpacking_and_turns_as_this_python_writes_them():
    """Numbers of comparisons stand elsewhere in each Python; what is swapped and unpacked is followed."""
    import marshal
    import sys

    running = f"{sys.version_info.major}.{sys.version_info.minor}"
    for symbol in ("<", "<=", "==", "!=", ">", ">="):
        code = read_code(marshal.dumps(compile(f"lambda x: x {symbol} 2", "", "eval").co_consts[0]))
        assert expression(code, running) == Operation(symbol, (Argument(0), 2))
    space = {}
    exec("def f(v):\n a, b = v\n a, b = b, a\n return [a, -b, [1, 2, 3]]", space)
    first, second = (Operation("[]", (Argument(0), place)) for place in (0, 1))
    found = expression(read_code(marshal.dumps(space["f"].__code__)), running)
    assert found == Listed((second, Operation("-", (first,)), Listed((1, 2, 3))))
