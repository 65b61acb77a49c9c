"""Dating, on what real releases wrote: tests/data/dating/cases.jsonl.xz says of each artifact which release did."""

from __future__ import annotations

import json
import lzma
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_doctor.artifacts.dating import date
from keras_doctor.artifacts.dating_keys import CLASSES, SPANS
from keras_doctor.artifacts.dating_markers import MARKERS
from keras_doctor.artifacts.dating_stated import parse
from keras_doctor.artifacts.dating_writers import ANYBODY, WRITERS, describe, members, order, span

CASES = Path(__file__).parent.parent / "data/dating/cases.jsonl.xz"


@pytest.fixture(scope="module")
def cases():
    return [json.loads(line) for line in lzma.decompress(CASES.read_bytes()).splitlines()]


@pytest.fixture(scope="module")
def blind(cases):
    """Each case with its date when nothing is stated."""
    return [(case, dated(case, stated=False)) for case in cases]


def dated(case, stated=True, **changes):
    given_ = {key: case[key] for key in ("config", "training", "facts", "format")}
    if stated:
        given_.update({key: case[key] for key in ("stated_version", "stated_backend", "saved_at")})
    else:
        given_["facts"] = {k: v for k, v in case["facts"].items() if k not in ("metadata", "attribute_storage")}
    return date(**{**given_, **changes})


def era(case):
    key = order(case["version"])
    if case["library"] == "keras":
        return {1: "keras-1", 2: "keras-2", 3: "keras-3"}[key[0]]
    return "tf.keras" if key < (2, 12) else "tf.keras-v3"


def holds(provenance, version):
    if not provenance.earliest:
        return not provenance.latest
    key = order(version)
    return order(provenance.earliest) <= key and (not provenance.latest or key <= order(provenance.latest))


def width(provenance):
    releases = {order(name) for writer in WRITERS for name in writer[1:3]}
    last = order(provenance.latest) if provenance.latest else (99,)
    return sum(order(provenance.earliest or "0") <= key <= last for key in releases)


def name(case):
    return case["library"], case["version"], case["architecture"], case["format"]


def test_the_cases_cover_every_line_of_releases(cases):
    versions = {(case["library"], case["version"]) for case in cases}
    assert len(versions) > 80
    for library, start in [("keras", "1."), ("keras", "2."), ("keras", "3."), ("tf.keras", "2.1"), ("tf_keras", "2.")]:
        assert any(known == library and version.startswith(start) for known, version in versions)


def test_a_stated_version_is_exact_and_never_doubted(cases):
    wrong = []
    for case in cases:
        if case["stated_version"]:
            found = dated(case)
            exact = found.keras_version == found.earliest == found.latest == case["version"]
            doubted = any(evidence.what.startswith("but ") for evidence in found.evidence)
            if not exact or doubted or found.era != era(case) or found.library not in (case["library"], None):
                wrong.append((name(case), found))
    assert wrong == []


def test_the_interval_holds_the_truth_when_nothing_is_stated(cases):
    assert [
        (name(case), found) for case in cases if not holds(found := dated(case, stated=False), case["version"])
    ] == []


def test_era_and_library_are_right_or_left_open_when_nothing_is_stated(blind):
    wrong = []
    for case, found in blind:
        if found.era not in (era(case), "") or found.library not in (case["library"], None):
            wrong.append((name(case), found))
    assert wrong == []


# Mean width in releases, and how often the era must be known, as measured when this was written, with some room.
@pytest.mark.parametrize(
    ("form", "widest", "known"),
    [
        ("keras-v3", 8.5, 0.97),
        ("hdf5-model", 9.5, 0.9),
        ("json-architecture", 12, 0.8),
        ("savedmodel", 2, 0.99),
    ],
)
def test_the_interval_is_narrow(blind, form, widest, known):
    found = [provenance for case, provenance in blind if case["format"] == form]
    assert sum(map(width, found)) / len(found) < widest
    assert sum(bool(provenance.era) for provenance in found) / len(found) > known


def test_a_date_says_why(blind):
    for _, found in blind:
        if found.earliest:
            assert 1 <= len(found.evidence) <= 8
            assert all(evidence.what and evidence.where for evidence in found.evidence)


def test_marks_that_no_release_shows_are_not_needed(cases):
    """Every stated fact of the table is used: each mark is seen in some case, apart from those of other formats."""
    from keras_doctor.artifacts.dating_marks import look

    seen = Counter()
    for case in cases:
        seen.update(look(case["config"], case["training"], case["facts"], case["format"]).found.keys())
    elsewhere = {
        "format-keras-v3-directory",
        "format-v3-weights-sharded",
        "format-yaml-architecture",
        "weights-keras-1",
    }
    elsewhere |= {"checkpoint-layers", "checkpoint-optimizer", "no-top-level-weights", "module-layers"}
    assert {mark for mark in MARKERS if not seen[mark]} <= elsewhere | {"module-outside-archive"}


def test_marks_never_exclude_a_writer_that_shows_them(cases):
    from keras_doctor.artifacts.dating_marks import look

    wrong = defaultdict(set)
    for case in cases:
        writers = [writer for writer in WRITERS if writer[4] == case["library"] and case["version"] in writer[1:3]]
        for mark in look(case["config"], case["training"], case["facts"], case["format"]).found:
            if mark in MARKERS:
                allowed = {WRITERS[index] for index in members(span(MARKERS[mark][0]))}
                if not allowed & set(writers):
                    wrong[mark].add(name(case))
    assert wrong == {}


# ---- single stories


def functional(**config):
    node = {"class_name": "InputLayer", "config": {"name": "a"}, "name": "a", "inbound_nodes": []}
    config = {"name": "m", "layers": [node], "input_layers": [["a", 0, 0]], "output_layers": [["a", 0, 0]], **config}
    return {"class_name": "Functional", "config": config}


@pytest.mark.parametrize(
    ("stated", "library", "era_", "tensorflow"),
    [
        ("1.2.2", "keras", "keras-1", ""),
        ("2.2.4", "keras", "keras-2", ""),
        ("2.3.1", "keras", "keras-2", ""),
        ("2.0.8-tf", "tf.keras", "tf.keras", "1.4 to 1.7"),
        ("2.1.6-tf", "tf.keras", "tf.keras", "1.9 to 1.12"),
        ("2.2.4-tf", "tf.keras", "tf.keras", "1.13 to 2.1"),
        ("2.3.0-tf", "tf.keras", "tf.keras", "2.0 to 2.2"),
        ("2.4.0", "tf.keras", "tf.keras", "2.3 to 2.4"),
        ("2.10.0", "tf.keras", "tf.keras", "2.10"),
        ("2.12.0", "tf.keras", "tf.keras-v3", "2.12"),
        ("2.15.0", None, "tf.keras-v3", "2.15"),
        ("2.16.0", "tf_keras", "tf.keras-v3", "2.16"),
        ("3.4.1", "keras", "keras-3", ""),
        # not releases that are known here
        ("0.3.3", "keras", "keras-1", ""),
        ("2.4.3", "tf.keras", "tf.keras", ""),
        ("2.9.0.dev2022042103", "tf.keras", "tf.keras", ""),
        ("2.22.0", "tf_keras", "tf.keras-v3", ""),
        ("3.99.0.dev2030010100", "keras", "keras-3", ""),
    ],
)
def test_what_follows_from_a_stated_version(stated, library, era_, tensorflow):
    found = date(config=None, stated_version=stated, facts={}, format="hdf5-weights")
    assert (found.keras_version, found.earliest, found.latest) == (stated, stated, stated)
    assert (found.library, found.era, found.tensorflow) == (library, era_, tensorflow)
    assert found.evidence[0].what == f"it states {stated}"


def test_the_config_narrows_down_which_tensorflow_calls_itself_so():
    found = date(config=functional(), stated_version="2.4.0", facts={}, format="hdf5-model")
    assert found.tensorflow == "2.3 to 2.4"
    layer = {"class_name": "TFOpLambda", "config": {"name": "f", "function": "math.add"}}
    found = date(config=functional(layers=[layer]), stated_version="2.4.0", facts={}, format="hdf5-model")
    assert (found.keras_version, found.tensorflow) == ("2.4.0", "2.4")
    assert any("TFOpLambda" in evidence.what for evidence in found.evidence)


def test_a_stated_version_of_another_era_is_refuted():
    dense = {
        "class_name": "Dense",
        "name": "d",
        "config": {"name": "d", "units": 1, "quantization_config": None},
        "inbound_nodes": [{"args": [], "kwargs": {}}],
    }
    found = date(
        config=functional(trainable=True, layers=[dense]), stated_version="2.2.4", facts={}, format="hdf5-model"
    )
    assert found.keras_version == "2.2.4"
    assert (found.era, found.library, found.earliest, found.latest) == ("keras-3", "keras", "3.13.0", "")
    objections = [evidence for evidence in found.evidence if evidence.what.startswith("but ")]
    assert objections[0].where == "config.layers[0]"
    assert "Keras 3.0.0 and later" in objections[0].what


def test_a_stated_version_that_only_a_detail_contradicts_is_kept():
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 1, "quantization_config": None}, "name": "d"}
    config = functional(trainable=True, layers=[{**dense, "inbound_nodes": [{"args": [], "kwargs": {}}]}])
    found = date(config=config, stated_version="3.5.0", facts={}, format="hdf5-model")
    assert (found.earliest, found.latest, found.era) == ("3.5.0", "3.5.0", "keras-3")
    assert any(evidence.what.startswith("but Dense with quantization_config") for evidence in found.evidence)


def test_classes_of_users_do_not_date():
    def layer(cls, **keys):
        return {"class_name": cls, "config": {"name": "x", "epsilon": 1.0, **keys}, "name": "x", "inbound_nodes": []}

    def bounds(config):
        found = date(config=config, facts={}, format="hdf5-model")
        return found.earliest, found.latest, found.library

    plain = bounds(functional(layers=[]))
    for cls in ("LayerNormalization", "Attention", "TransformerBlock", "GroupNormalization", "Swish", "F1Score"):
        assert bounds(functional(layers=[layer(cls)])) == plain
    mine = {**layer("Dense", quantization_config=None), "module": "__main__", "registered_name": "Custom>Dense"}
    assert bounds(functional(layers=[mine])) == plain


def test_tensorflow_js_is_told_apart():
    facts = {"generated_by": "TensorFlow.js tfjs-layers v1.2.7"}
    found = date(config={"class_name": "Sequential", "config": []}, facts=facts, format="tfjs-layers")
    assert (found.keras_version, found.earliest, found.library, found.era) == ("tfjs-layers 1.2.7", "", None, "keras-2")
    found = date(config=None, facts={"generated_by": "keras v2.4.0"}, format="tfjs-layers")
    assert (found.keras_version, found.library) == ("2.4.0", "tf.keras")


def test_a_savedmodel_is_dated_by_its_tensorflow():
    found = date(config=None, facts={"tensorflow_version": "2.8.4"}, format="savedmodel")
    assert (found.earliest, found.latest, found.library, found.tensorflow) == ("2.8.0", "2.8.0", "tf.keras", "2.8.4")
    found = date(config=None, facts={"tensorflow_version": "2.17.1"}, format="savedmodel")
    assert (found.earliest, found.library) == ("2.17.0", "tf_keras")
    found = date(config=None, stated_version="2.7.0", facts={"tensorflow_version": "2.8.4"}, format="savedmodel")
    assert (found.earliest, found.tensorflow) == ("2.7.0", "2.8.4")


def test_weights_alone():
    names = ("dense_1_W:0", "dense_1_b:0")
    found = date(config=None, facts={"weight_names": names}, format="hdf5-weights")
    assert found.era == "keras-1"
    facts = {"v3_containers": ("layers", "vars"), "vars_have_name_attribute": True}
    found = date(config=None, facts=facts, format="v3-weights")
    assert (found.era, found.earliest, found.latest) == ("keras-3", "3.6.0", "")
    facts = {"v3_containers": ("_layer_checkpoint_dependencies",), "doubled_numbering": True}
    found = date(config=None, facts=facts, format="v3-weights")
    assert (found.era, found.earliest, found.latest) == ("tf.keras-v3", "2.12.0", "2.13.1")


def test_nothing_known_is_said_as_nothing():
    found = date(config=None, facts={}, format="savedmodel-export")
    assert (found.keras_version, found.earliest, found.latest, found.library, found.era) == (None, "", "", None, "")
    assert found.evidence == ()


def test_the_date_is_iso():
    found = date(config=None, saved_at="2024-05-01@13:20:00", facts={}, format="keras-v3")
    assert found.saved_at == "2024-05-01T13:20:00"


# ---- what tables hold


def test_tables_hold_only_spans_that_mean_something():
    for writers, words in MARKERS.values():
        assert 0 < span(writers) < ANYBODY
        assert words
    for text in SPANS:
        assert span(text) or text == ""
    for entry in CLASSES.values():
        exists, trust, *keys = entry.split("|")
        assert int(exists) < len(SPANS)
        assert trust
        for key in keys:
            name_, present, absent = key.split(" ")
            assert name_
            assert max(int(present), int(absent)) < len(SPANS)


def test_sets_of_writers_are_told_in_few_words():
    assert describe(span("2.0.0..2.3.1 tf2.3..tf2.15 tk2.14.1..tk2.21.0 3.9.0..")) == (
        "Keras 2.0.0 to 2.3.1, tf.keras of TensorFlow 2.3 to 2.15, tf_keras, Keras 3.9.0 and later"
    )
    assert describe(span("tf2.2")) == "tf.keras of TensorFlow 2.2"


# ---- hostile input

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(sorted(CLASSES)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "class_name",
                    "config",
                    "module",
                    "registered_name",
                    "layers",
                    "name",
                    "inbound_nodes",
                    "dtype",
                    "output_layers",
                    "build_config",
                    "compile_config",
                    "optimizer_config",
                    "metrics",
                    "input_layers",
                    "keras_version",
                    "units",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@settings(max_examples=150, deadline=None)
@given(JSON, JSON, st.none() | st.text(max_size=12), st.sampled_from(["hdf5-model", "keras-v3", "json-architecture"]))
def test_no_config_makes_it_raise(config, training, stated, form):
    found = date(config=config, training=training, stated_version=stated, saved_at=stated, facts={}, format=form)
    assert all(isinstance(evidence.where, str) for evidence in found.evidence)


def test_a_huge_config_costs_little():
    import time

    layers = [
        {"class_name": f"C{i}", "config": {f"k{i}": [[]] * 20}, "inbound_nodes": [[["a", 0, 0, {}]]]}
        for i in range(30_000)
    ]
    deep = config = {"class_name": "Sequential", "config": {"layers": layers, "vocabulary": ["w"] * 1_000_000}}
    for _ in range(20_000):
        deep = {"class_name": "Bidirectional", "config": {"layer": deep}}
    for hostile in (config, deep):
        start = time.process_time()
        date(config=hostile, training=hostile, facts={"weight_names": ("x",) * 1000}, format="hdf5-model")
        assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text", ["", "  ", "-tf", "..", "9" * 400, "x" * 5000, "３.0", "2.-tf", "tfjs", "\0", "2.4.0\n"]
)
def test_any_text_may_be_stated(text):
    date(config=None, stated_version=text, facts={}, format="hdf5-model")
    found = parse(text)
    assert found is None or len(found.text) <= 80
