"""The pages of what no file shows are reached from the texts that they give as examples."""

from __future__ import annotations

import pkgutil

import pytest

import keras_doctor.rules
from keras_doctor.rules.rule import Said
from keras_doctor.symptoms import explain

NAMES = sorted(name for _, name, _ in pkgutil.iter_modules(keras_doctor.rules.__path__) if name.startswith("kd9"))


def examples():
    for name in NAMES:
        module = __import__(f"keras_doctor.rules.{name}", None, None, ("RULE",))
        for index, example in enumerate(module.EXAMPLES):
            if isinstance(example, Said):
                yield pytest.param(module.RULE, example.text, id=f"{name}-{index}")


@pytest.mark.parametrize(("rule", "text"), list(examples()))
def test_the_text_leads_to_the_page(rule, text):
    explanation = explain(text)
    assert (explanation.cause, explanation.code) == (rule.cause, rule.code)
    assert explanation.remedies
