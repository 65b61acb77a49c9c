"""The bounded JSON reader against `json`."""

from __future__ import annotations

import json
import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_doctor.records import replace
from keras_doctor.wire.errors import FormatError, LimitExceeded
from keras_doctor.wire.jsontext import loads
from keras_doctor.wire.limits import DEFAULT_LIMITS

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES, st.booleans(), st.sampled_from(["", " ", "\n\t "]))
def test_what_json_writes_is_read_back(value, ascii_only, blank):
    text = blank + json.dumps(value, ensure_ascii=ascii_only) + blank
    assert loads(text) == value
    assert loads(text.encode("utf-8", "surrogatepass")) == value if "\\ud" in text or ascii_only else True


@given(st.text(alphabet='[]{}",:0123456789.eE+-truefalsn \n\\'))
def test_accepts_and_refuses_what_json_does(text):
    try:
        wanted = json.JSONDecoder(strict=False).decode(text)
    except ValueError:
        with pytest.raises(FormatError):
            loads(text)
    else:
        assert repr(loads(text)) == repr(wanted)


def test_constants_and_byte_order_mark():
    assert loads("[NaN, Infinity, -Infinity]")[1:] == [math.inf, -math.inf]
    assert math.isnan(loads("NaN"))
    assert loads(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "offset"), [('{"a": ', 6), ('["é", x]', 7), ('{"a": 1} b', 9), ("", 0), ("   ", 0), ('"abc', 0)]
)
def test_errors_say_where(text, offset):
    with pytest.raises(FormatError) as caught:
        loads(text)
    assert caught.value.offset == offset


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5000])
def test_bombs_are_refused(text):
    with pytest.raises(FormatError):
        loads(text)


def test_limits_are_kept_before_anything_is_built():
    few = replace(DEFAULT_LIMITS, json_containers=10, text_bytes=100)
    with pytest.raises(LimitExceeded):
        loads("[" + "[]," * 20 + "1]", few)
    with pytest.raises(LimitExceeded):
        loads("[" + "1," * 60 + "1]", few)
    with pytest.raises(LimitExceeded):
        loads("[" + "1," * 20 + "1]", replace(DEFAULT_LIMITS, json_values=10))
    with pytest.raises(LimitExceeded):
        loads("[" + '"é",' * 8 + "1]", few)  # characters of several bytes may each take four in memory


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(FormatError) as caught:
        loads(b'{"a": "\xff"}')
    assert caught.value.offset == 7


def test_errors_are_told_where_json_was_never_imported():
    """The C scanner of some releases raises SystemError until `json` is there."""
    code = (
        "import sys; from keras_doctor.wire.jsontext import loads; from keras_doctor.wire.errors import FormatError\n"
        "assert loads('[1]') == [1] and 'json' not in sys.modules\n"
        "try: loads('[1')\n"
        "except FormatError as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "not JSON" in done.stdout
