"""The TOML reader, compared with Python's own where there is one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.tomltext import loads

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

GOOD = [
    "",
    "a = 1",
    "a = 1 # one\n\n# nothing\nb = 'x # y'",
    "[tool.keras-doctor]\nfail-on = \"warning\"\nignore = {KD811 = \"ours\", 'KD812' = 'too'}\n",
    '[tool."keras-doctor".per-file-ignores]\n"models/*.h5" = ["KD111", "KD114",]\n',
    "a.b.c = 1\na.b.d = 2\n[a.e]\nf = 3",
    "[[x]]\na = 1\n[[x]]\na = 2\n[x.y]\nb = 3",
    "[a]\nb = 1\n[a.c]\nd = 2",
    "[a.b]\nc = 1\n[a]\nd = 2",
    "a = [1, [2, 3], {b = 4}] # end",
    "a = [\n  1, # one\n\n  2,\n]\n",
    "a = \"\"\"\nline\n  two \\\n     three\"\"\" \nb = '''\nraw \\n'''",
    'a = """"quoted""""\nb = "\\t\\u00e9\\U0001F600\\""',
    "a = 0xff\nb = 0o17\nc = 0b101\nd = 1_000\ne = -3\nf = +4",
    "a = 1.5\nb = 1e3\nc = -2E-2\nd = inf\ne = -inf\nf = 6_0.5",
    "a = true\nb = false\nc = {}\nd = []\ne = { x = 1, y.z = 2 }",
    "\ufeffa = 'ü'\r\nb = 2\r\n",
    '"" = 1\n"a.b" = 2\n1 = 3\n- = 4',
]
BAD = [
    "a", "a =", "a = b", "= 1", "[a", "[]", "a = 1 b = 2", "a = 1\na = 2", "[a]\n[a]", "a = 'x", 'a = "x\ny"',
    "a = [1, 2", "a = {b = 1", "a = {b = 1\n}", 'a = "\\q"', 'a = "\\ud800"', "a = 1\n[a]", "a = 1__0", "a = _1",
    "a = {b = 1}\n[a.c]", "a = [1]\n[[a]]", "a.b = 1\na = 2", "[a.b]\n[a]\nb.c = 1", "a = '''x", "a = +", "a = 0x",
    "a = TRUE", "[[a]\nb = 1", "a = [1 2]", "a b = 1", "a..b = 1", "a = {b = 1}\na.c = 2",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_it_reads_what_python_reads(text):
    data = text.encode()
    assert loads(data) == tomllib.loads(data.decode("utf-8-sig"))


@pytest.mark.parametrize("text", BAD)
def test_it_refuses_what_python_refuses(text):
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    with pytest.raises(FormatError):
        loads(text.encode())


def test_the_project_file_of_this_package():
    data = (Path(__file__).parents[2] / "pyproject.toml").read_bytes()
    assert loads(data) == tomllib.loads(data.decode())


def test_dates_stay_text():
    assert loads(b"a = 2024-01-02\nb = 07:32:00\nc = 1979-05-27T07:32:00Z") == {
        "a": "2024-01-02", "b": "07:32:00", "c": "1979-05-27T07:32:00Z",
    }  # fmt: skip


@pytest.mark.parametrize("data", [b"\xff", b"a = " + b"[" * 10_000, b"a." * 10_000 + b"b = 1"])
def test_what_is_hostile_is_refused(data):
    with pytest.raises(FormatError):
        loads(data)
