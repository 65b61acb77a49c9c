"""What a thoroughly broken file gives in numbers is told in little time."""

from __future__ import annotations

import io
import time

import pytest

from keras_doctor.findings import Diagnosis
from keras_doctor.records import replace
from keras_doctor.reports import diagnosis as text
from keras_doctor.reports.terminal import Terminal
from keras_doctor.rules import diagnose
from keras_doctor.rules.samples import sample
from keras_doctor.wire.errors import Damage


@pytest.mark.parametrize("quiet", [False, True])
def test_thousands_of_findings_take_no_second(quiet):
    """Each was once compared with each: 800 took one (fuzz.py --replay 3:126539)."""
    document, environment = sample(damage=Damage("structure", "a member has lost its name", "/", 1504, None))
    finding = diagnose(document, environment).findings[0]
    many = [replace(finding, message=f"{finding.message} {number}", order=number) for number in range(20_000)]
    if quiet:
        many[1:] = [replace(one, severity="info", effect="") for one in many[1:]]
    stream = io.StringIO()
    started = time.process_time()
    text.show(Diagnosis(document, environment, many), Terminal(stream))
    assert time.process_time() - started < 1
    assert "19,99" in stream.getvalue()
