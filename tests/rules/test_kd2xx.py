"""The rules about the environment: their examples, and what they must not say."""

from __future__ import annotations

from importlib import import_module

import pytest

from keras_doctor import Environment, diagnose
from keras_doctor.records import replace
from keras_doctor.releases.catalog import catalog
from keras_doctor.releases.version import satisfies
from keras_doctor.rules._pages import RULES
from keras_doctor.rules.rule import Ill
from keras_doctor.rules.samples import sample

MODULES = [import_module(f"keras_doctor.rules.{fields[0]}") for code, fields in RULES.items() if code.startswith("KD2")]
EXAMPLES = [
    pytest.param(module, example, id=f"{module.RULE.code}-{number}")
    for module in MODULES
    for number, example in enumerate(module.EXAMPLES)
]


@pytest.mark.parametrize(("module", "example"), EXAMPLES)
def test_examples(module: object, example: object) -> None:
    document, environment = example.make()  # type: ignore[attr-defined]
    rule = module.RULE  # type: ignore[attr-defined]
    found = [finding for finding in diagnose(document, environment).findings if finding.code == rule.code]
    if isinstance(example, Ill):
        assert found, f"{rule.code} finds nothing"
        assert example.says in found[0].message
    else:
        assert not found


@pytest.mark.parametrize(("module", "example"), EXAMPLES)
def test_commands_can_be_pasted(module: object, example: object) -> None:
    import shlex

    document, environment = example.make()  # type: ignore[attr-defined]
    for finding in diagnose(document, environment).findings:
        if finding.code.startswith("KD2"):
            for remedy in finding.remedies:
                assert "\n" not in remedy.command
                assert "None" not in remedy.command + remedy.text
                if not remedy.command.startswith("import"):
                    assert shlex.split(remedy.command) or not remedy.command
                for word in shlex.split(remedy.command) if "==" in remedy.command else ():
                    name, _, version = word.partition("==")
                    if version and catalog().versions(name) and "import" not in remedy.command:
                        assert catalog().knows(name, version), word


def fitting(python: str, tensorflow: str) -> str:
    """Return a string of what pip would install with a TensorFlow of its time."""
    parts = [f"python=={python}", f"tensorflow=={tensorflow}"]
    keras = catalog().tensorflow_keras(tensorflow) if satisfies(tensorflow, ">=2.6") else None
    if keras is None and satisfies(tensorflow, ">=2.16"):
        asked = catalog().requirement("tensorflow", tensorflow, "keras") or ""
        keras = catalog().newest("keras", python=python, requirement=asked)
    parts += [f"keras=={keras}"] if keras else []
    bounds = {
        "numpy": "<2" if satisfies(tensorflow, "<2.18") else "",
        "protobuf": "<4" if satisfies(tensorflow, "<2.12") else "",
    }
    bounds["numpy"] = "<1.20" if satisfies(tensorflow, "<2.6") else bounds["numpy"]
    bounds["h5py"] = "<3" if satisfies(tensorflow, "<2.5") else ""
    for name, bound in bounds.items():
        asked = catalog().requirement("tensorflow", tensorflow, name, python)
        version = catalog().newest(name, python=python, requirement=",".join(filter(None, (asked, bound))))
        parts += [f"{name}=={version}"] if version else []
    return " ".join(parts)


FINAL = [v for v in catalog().versions("tensorflow") if "rc" not in v and satisfies(v, ">=1.13")]


@pytest.mark.parametrize("tensorflow", FINAL)
def test_what_pip_installs_together_is_well(tensorflow: str) -> None:
    lstm = {"class_name": "Sequential", "config": {"layers": [{"class_name": "LSTM", "config": {"units": 3}}]}}
    for python in catalog().pythons("tensorflow", tensorflow):
        environment = replace(Environment.parse(fitting(python, tensorflow)), complete=True)
        for form in ("hdf5-model", "savedmodel"):
            document, _ = sample(form, config=lstm)
            found = [
                f for f in diagnose(document, environment).findings if f.code.startswith("KD2") and f.code != "KD207"
            ]
            assert not [f for f in found if f.severity == "error"], (environment, found)


@pytest.mark.parametrize("problem", ["gone", ""])
def test_an_environment_that_was_not_seen_lacks_nothing(problem: str) -> None:
    document, _ = sample("keras-v3")
    found = {finding.code for finding in diagnose(document, Environment(complete=True, problem=problem)).findings}
    assert found & {"KD201", "KD203", "KD210", "KD212"} == ({"KD212"} if problem else {"KD201"})
    assert diagnose(document, Environment(problem="gone")).verdict == "unknown"


def test_a_string_lacks_nothing_that_it_does_not_name() -> None:
    document, _ = sample("hdf5-model")
    for spec in ("", "python==3.11", "keras==3.15.1", "tensorflow==2.16.2", "tensorflow==2.4.4"):
        found = diagnose(document, Environment.parse(spec)).findings
        assert not [finding for finding in found if finding.code.startswith("KD2")], spec
