"""Architectures in JSON, of every era and as people mangle them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keras_doctor.artifacts import read
from keras_doctor.artifacts.python_notation import to_json
from keras_doctor.wire.source import BytesSource

MANIFEST = (Path(__file__).parents[1] / "data/corpus-manifest.tsv").read_text().splitlines()[1:]
SAVERS = sorted({line.split("/")[0] for line in MANIFEST} - {"pathology"})
DENSE = {"class_name": "Dense", "config": {"name": "d", "units": 3, "activation": 'it\'s "q" \\ \u00e9\n'}}
MODEL = {
    "class_name": "Sequential",
    "config": {"name": "s", "layers": [DENSE]},
    "keras_version": "2.4.0",
    "backend": "tensorflow",
}


def opened(text, name="model.json"):
    return read(name, BytesSource(text if isinstance(text, bytes) else text.encode(), name))


@pytest.mark.parametrize("saver", SAVERS)
def test_what_releases_wrote_is_read_as_json_reads_it(corpus, saver):
    for path in sorted((corpus / saver).rglob("arch.json")):
        document = read(str(path))
        wanted = json.loads(path.read_text())
        assert document.format == "json-architecture"
        assert document.config == wanted
        assert document.damage == ()
        assert document.provenance.keras_version == wanted.get("keras_version")
        assert document.provenance.backend == wanted.get("backend")


def test_sorted_and_indented(corpus):
    long = {**MODEL, "config": {"name": "s", "layers": [DENSE] * 200}}
    document = opened(json.dumps(long, indent=4, sort_keys=True))
    assert document.config == long
    assert len(document.layers) == 200


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (json.dumps(json.dumps(MODEL)), "encoded twice"),
        (b"\xef\xbb\xbf" + json.dumps(MODEL).encode(), "byte order mark"),
        (str(MODEL), "Python's notation"),
    ],
)
def test_what_no_reader_takes_is_read_all_the_same(text, says):
    document = opened(text)
    assert document.format == "json-architecture"
    assert document.config == MODEL
    assert len(document.damage) == 1
    assert document.damage[0].kind == "text"
    assert says in document.damage[0].what


@pytest.mark.parametrize("at", [40, 100, 150])
def test_cut(at):
    document = opened(json.dumps(MODEL)[:at])
    assert document.format == "json-architecture"
    assert document.config is None
    assert [damage.kind for damage in document.damage] == ["text"]
    assert "too early" in document.damage[0].what


def test_config_of_an_archive_alone(corpus, tmp_path):
    import zipfile

    with zipfile.ZipFile(corpus / "py311_tf221_k3151/mlp_seq/model.keras") as archive:
        (tmp_path / "config.json").write_bytes(archive.read("config.json"))
    document = read(str(tmp_path / "config.json"))
    assert document.format == "json-architecture"
    assert document.training.path == "compile_config"
    assert document.provenance.era == "keras-3"


def test_get_config_without_its_class():
    document = opened(json.dumps({"name": "m", "layers": [DENSE], "input_layers": [], "output_layers": []}))
    assert (document.format, "get_config" in document.title) == ("json-architecture", True)
    document = opened(json.dumps([DENSE, DENSE]))
    assert (document.format, "get_config" in document.title) == ("json-architecture", True)


def test_keras_0():
    document = opened(json.dumps({"name": "Sequential", "layers": [{"name": "Dense", "input_dim": 4}], "loss": "mse"}))
    assert document.format == "json-architecture"
    assert document.provenance.era == "keras-0"
    graph = {"name": "Graph", "node_config": [], "input_config": [], "output_config": []}
    assert opened(json.dumps(graph)).provenance.era == "keras-0"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"class_name": "Adam", "config": {"lr": 0.1}}, "json-config"),
        ({"module": "keras.layers", "class_name": "Dense", "config": {}, "registered_name": None}, "json-config"),
        ({"class_name": "Tokenizer", "config": {"word_index": "{}"}}, "keras-tokenizer"),
        ({"annotations": [{"class_name": "dog"}], "images": []}, "coco"),
        ({"dogs": [{"class_name": "dog"}]}, "json"),
        ({"module": "my", "class_name": "Net", "config": {}, "registered_name": "my>Net"}, "json-architecture"),
    ],
)
def test_other_things_with_a_class_name(value, form):
    assert opened(json.dumps(value)).format == form


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": (1, 2), "b": (1,), "c": ()},
        {"t": True, "f": False, "n": None, "x": 1.5e-7, "neg": -3},
        {"q": "it's", "d": 'say "x"', "b": "back\\slash", "u": "é\u2028", "nl": "a\nb\tc", "bs": "\\'"},
        [[{"k": [None]}]],
        "alone",
    ],
)
def test_python_notation_is_turned_into_json(value):
    expected = json.loads(json.dumps(value))
    assert json.loads(to_json(repr(value))) == expected
    assert json.loads(to_json(str([value]))) == [expected]


@pytest.mark.parametrize("text", ["'no end", "{'a': 'b\\'}", '"', "\\'"])
def test_python_notation_that_does_not_end(text):
    assert to_json(text) is None


def test_python_notation_costs_little():
    import time

    text = "{'class_name': " + "'x' \"y\" (" * 40_000
    started = time.process_time()
    assert opened(text).config is None
    assert time.process_time() - started < 2
