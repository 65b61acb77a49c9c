"""Places in a config: paths lead where they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_doctor.document import ConfigNode
from keras_doctor.document.config import split_path
from keras_doctor.records import replace
from keras_doctor.wire.limits import DEFAULT_LIMITS

TREE = {"class_name": "Sequential", "config": {"layers": [{"name": "a"}, {"name": "b/c", "my key": [1, {"x.y": 2}]}]}}


def test_paths_are_written_as_people_write_them():
    paths = [node.path for node in ConfigNode(TREE).walk()]
    assert "config.layers[1].name" in paths
    assert 'config.layers[1]["my key"][1]["x.y"]' in paths


def test_every_path_leads_back_to_its_node():
    root = ConfigNode(TREE)
    for node in root.walk():
        assert root.at(node.path).value is node.value


@given(
    st.recursive(
        st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    )
)
def test_any_keys_can_be_addressed(tree):
    root = ConfigNode(tree)
    for node in root.walk():
        assert root.at(node.path).value is node.value


@pytest.mark.parametrize(
    "path", ["config.nothing", "config.layers[2]", "config.layers.a", "class_name.x", "config.layers[1][0]"]
)
def test_a_place_that_is_not_there_is_a_key_error(path):
    with pytest.raises(KeyError):
        ConfigNode(TREE).at(path)


@pytest.mark.parametrize("path", ["a[", "a[x]", "a..b", 'a["b', ".", "a."])
def test_text_that_is_no_path_is_a_value_error(path):
    with pytest.raises(ValueError):
        split_path(path)


def test_a_walk_is_bounded_in_depth():
    deep = current = []
    for _ in range(1000):
        current.append([])
        current = current[0]
    assert len(list(ConfigNode(deep).walk(replace(DEFAULT_LIMITS, depth=10)))) == 11
