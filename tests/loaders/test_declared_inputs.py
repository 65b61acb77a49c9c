"""Models inside a model that get another size than they declare: Keras 3.3.3, 3.8.0 and 3.15.1 raised for each of
`BAD` ("expected shape=(None, 3, 8, 9), found shape=(None, 5, 10, 5)") and made each of `GOOD`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keras_doctor import Environment
from keras_doctor.rules import diagnose


def entry(name: str, class_name: str, **config: Any) -> dict[str, Any]:
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, **config},
        "registered_name": None,
    }


def sequential(name: str, sizes: list[int | None], *layers: dict[str, Any]) -> dict[str, Any]:
    first = entry("in_" + name, "InputLayer", batch_shape=[None, *sizes], dtype="float32")
    found = entry(name, "Sequential", layers=[first, *layers])
    return {**found, "module": "keras"}


BAD = ([5, 10, 5], [3, 8, 10], [None, 8, 8])
GOOD = ([3, 8, 9], [None, 8, 9], [None, None, None])


@pytest.mark.parametrize("given", [*BAD, *GOOD])
def test_keras_3_asks_for_the_size_that_a_nested_model_declares(given: list[int | None], tmp_path: Path) -> None:
    inner = sequential("inner", [3, 8, 9], entry("act", "Activation", activation="tanh"))
    path = tmp_path / "model.json"
    path.write_text(json.dumps(sequential("outer", given, inner)), encoding="utf-8")
    found = diagnose(path, Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0"))
    told = [finding.message for finding in found.findings if finding.code == "KD309"]
    assert (found.verdict, bool(told)) == (("fails", True) if given in BAD else ("loads", False)), found.findings
    assert all("inner" in one for one in told)
