"""Every rule's page is whole, and its examples are true."""

from __future__ import annotations

import pkgutil

import pytest

import keras_doctor.rules
from keras_doctor.document import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.findings.diagnosis import SEVERITIES, VERDICTS
from keras_doctor.loaders import Options, trace
from keras_doctor.loaders.tracing import STAGES
from keras_doctor.rules.rule import Context, Ill, Said, Well

NAMES = sorted(name for _, name, _ in pkgutil.iter_modules(keras_doctor.rules.__path__) if name.startswith("kd"))
SECTIONS = ("**What happens.**", "**Why.**", "**How to mend.**")


def module_of(name):
    return __import__(f"keras_doctor.rules.{name}", None, None, ("RULE",))


def findings(module, document, environment):
    """Walk a document as `diagnose` does, for one rule alone."""
    context = Context(document, environment, Options())
    return [
        finding
        for step in trace(document, environment, context.options)
        if set(step.tags) & set(module.RULE.on)
        for finding in module.examine(step, context)
    ]


def examples(kind):
    return [
        pytest.param(module_of(name), example, id=f"{name}-{index}")
        for name in NAMES
        for index, example in enumerate(module_of(name).EXAMPLES)
        if isinstance(example, kind)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_tells_its_whole_story(name):
    module = module_of(name)
    first, _, rest = module.__doc__.strip().partition("\n")
    assert first.endswith(".")
    assert len(first) <= 100
    places = [rest.find(section) for section in SECTIONS]
    assert -1 not in places
    assert places == sorted(places)
    assert name.startswith(module.RULE.code.lower() + "_")
    assert module.RULE.slug == module.RULE.slug.lower().replace(" ", "-")
    assert module.RULE.severity in SEVERITIES
    assert module.RULE.effect in ("", *VERDICTS)
    if module.RULE.on:
        assert any(isinstance(example, Ill) for example in module.EXAMPLES)
        assert any(isinstance(example, Well) for example in module.EXAMPLES)
    else:  # of what no file can show: tests/symptoms runs them
        assert all(isinstance(example, Said) for example in module.EXAMPLES)
        assert module.EXAMPLES


@pytest.mark.parametrize(("module", "example"), examples(Ill))
def test_the_ill_are_found(module, example):
    document, environment = example.make()
    assert isinstance(document, ModelDocument)
    assert isinstance(environment, Environment)
    found = findings(module, document, environment)
    assert found
    assert any(example.says in finding.message for finding in found), [finding.message for finding in found]
    for finding in found:
        assert finding.code == module.RULE.code
        assert finding.stage in STAGES
        assert finding.severity in SEVERITIES
        assert finding.message == finding.message.strip()
        assert not finding.message.endswith("!")
        assert all(remedy.text for remedy in finding.remedies)
        for remedy in finding.remedies:  # a dict of Python or a here-document is no placeholder that was left
            assert "END" in remedy.command or "{" not in remedy.command.replace("custom_objects={", "")


@pytest.mark.parametrize(("module", "example"), examples(Well))
def test_the_well_are_left_alone(module, example):
    assert findings(module, *example.make()) == []
