"""Every known way in which a model file acts when it is loaded is told, and nothing harmless is taken for one."""

from __future__ import annotations

import pytest
from hostile_files import CLEAN, HOSTILE

import keras_doctor as kd
from keras_doctor.document import ModelDocument
from keras_doctor.releases import advisories
from keras_doctor.rules import catalogue

OPEN = "python==3.11 keras==3.0.5 tensorflow==2.16.2"  # a release that lets most of it happen
CLOSED = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


def security(made, env):
    document = made if isinstance(made, ModelDocument) else kd.read(made)
    found = kd.diagnose(document, kd.Environment.parse(env)).findings
    return {finding.code: finding for finding in found if finding.code.startswith("KD8")}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_acts_is_told_in_every_release(name, tmp_path):
    ending, make, code = HOSTILE[name]
    made = make(tmp_path / f"model{ending}")
    assert code in security(made, OPEN)
    assert code in security(made, CLOSED)


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_harmless_is_left_alone(name, tmp_path):
    made = CLEAN[name](tmp_path / "model.keras")
    assert security(made, OPEN) == {}
    assert security(made, CLOSED) == {}


def test_whether_a_release_runs_it_is_said(tmp_path):
    _, make, code = HOSTILE["function of the system"]
    made = make(tmp_path / "model.keras")
    runs, refuses = security(made, OPEN)[code], security(made, CLOSED)[code]
    assert runs.severity == "error"
    assert "imports it" in runs.message
    assert "CVE-2025-1550" in " ".join(runs.evidence)
    assert refuses.severity == "warning"
    assert "imports no such module" in refuses.message


ADVISORIES = (
    "CVE-2021-37678", "CVE-2022-29216", "CVE-2024-3660", "CVE-2024-55459", "CVE-2025-1550", "CVE-2025-8747",
    "CVE-2025-9905", "CVE-2025-9906", "CVE-2025-12058", "CVE-2025-12060", "CVE-2025-12638", "CVE-2025-49655",
    "CVE-2026-0897", "CVE-2026-1462", "CVE-2026-1669", "CVE-2026-12481", "GHSA-hqp4-2352-xf5r",
)  # fmt: skip


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_every_advisory_stands_on_a_page(advisory):
    assert any(advisory in catalogue.page(entry) for entry in catalogue.entries())


def test_lines_of_releases_are_told_apart():
    # 3.12.x is a maintained line: 3.12.3 has what 3.13.0 to 3.14.1 lack.
    assert advisories.affecting("shape-bomb", "keras", "3.12.4") is None
    assert advisories.affecting("shape-bomb", "keras", "3.14.1") is not None
    assert advisories.affecting("outside-data", "keras", "3.13.1") is not None
    assert advisories.affecting("outside-data", "keras", "3.13.2") is None
