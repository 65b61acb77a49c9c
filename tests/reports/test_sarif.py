"""SARIF: shaped as the standard says, with the rules' pages, the places, and the reasons of what is ignored."""

from __future__ import annotations

import json
import os

import jsonschema
import pytest
from sarif_shape import SCHEMA

from keras_doctor.artifacts import read
from keras_doctor.document.locus import Locus
from keras_doctor.environments import Environment
from keras_doctor.findings import Diagnosis, Finding, Remedy
from keras_doctor.reports.sarif import Log
from keras_doctor.rules import diagnose

NEWEST = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")


def log_of(*diagnoses):
    log = Log("1.2.3")
    for diagnosis in diagnoses:
        log.add(diagnosis)
    told = json.loads(json.dumps(log.as_json()))
    jsonschema.validate(told, SCHEMA)
    return told["runs"][0]


@pytest.fixture
def broken(corpus):
    return diagnose(read(corpus / "pathology/cut_half-tf215h5/model.h5"), NEWEST)


def test_a_log_has_the_shape_of_the_standard(broken, corpus):
    sound = diagnose(read(corpus / "py37_tf24/mlp_seq/savedmodel"), NEWEST)
    run = log_of(broken, sound)
    assert run["tool"]["driver"]["version"] == "1.2.3"
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(ids) == len(set(ids))
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    truncated = run["tool"]["driver"]["rules"][ids.index("KD104")]
    assert truncated["name"] == "Truncated"
    assert "How to mend" in truncated["help"]["markdown"]
    assert "**" not in truncated["help"]["text"]


def test_a_place_in_the_bytes_is_a_region(broken):
    result = next(r for r in log_of(broken)["results"] if r["ruleId"] == "KD104")
    place = result["locations"][0]
    assert place["physicalLocation"]["region"]["byteOffset"] == 24304
    assert result["level"] == "error"


def made(**fields):
    document = read(os.devnull + "/nothing")
    usual = {"code": "KD104", "slug": "truncated", "cause": "damaged-file", "stage": "open", "severity": "warning"}
    return Diagnosis(document, NEWEST, [Finding(**{**usual, "message": "so it is", **fields})])


def test_a_place_in_the_config_is_a_logical_location():
    where = Locus(part="config.json", path="config.layers[3].config.units")
    place = log_of(made(where=where))["results"][0]["locations"][0]
    assert [each["fullyQualifiedName"] for each in place["logicalLocations"]] == [where.part, where.path]


def test_a_line_of_a_text_is_a_region():
    place = log_of(made(where=Locus(line=7)))["results"][0]["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 7}


def test_a_finding_about_the_whole_file_is_in_all_its_bytes(broken):
    result = next(r for r in log_of(broken)["results"] if r["ruleId"] == "KD114")
    region = result["locations"][0]["physicalLocation"]["region"]
    assert region == {"byteOffset": 0, "byteLength": broken.document.size}


def test_what_is_ignored_is_suppressed_with_its_reason():
    result = log_of(made().ignoring({"KD104": "a test file"}))["results"][0]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": "a test file"}]
    assert "suppressions" not in log_of(made())["results"][0]


def test_a_message_has_the_evidence_and_the_commands():
    finding = made(evidence=("seen",), remedies=(Remedy("Do this:", "cp a b"),))
    text = log_of(finding)["results"][0]["message"]["text"]
    assert text.splitlines() == ["so it is", "seen", "→ Do this:", "    cp a b"]


def test_bytes_that_are_no_text_stay_readable_for_every_reader():
    told = json.dumps(log_of(made(message="name \udcff", where=Locus(part="\udcff"))), ensure_ascii=False)
    told.encode()


def test_names_of_files_are_references(tmp_path, monkeypatch, corpus):
    odd = tmp_path / "a b" / "ü#?.h5"
    odd.parent.mkdir()
    odd.write_bytes(b"nothing of Keras")
    monkeypatch.chdir(tmp_path)
    run = log_of(diagnose(read("a b/ü#?.h5"), NEWEST))
    assert {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]} == {
        "a%20b/%C3%BC%23%3F.h5"
    }


def test_a_verdict_that_is_not_known_is_a_notification():
    unknown = Diagnosis(read(os.devnull + "/nothing"), NEWEST, [], ["its code is not here"])
    run = log_of(unknown)
    assert run["results"] == []
    assert "its code is not here" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
