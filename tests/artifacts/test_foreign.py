"""Files that are no Keras model are called what they are; files of Keras never are."""

from __future__ import annotations

import json
import random
import tarfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from foreign_samples import SAMPLES

from keras_doctor.artifacts import _index, read
from keras_doctor.artifacts.foreign_bytes import is_zeros
from keras_doctor.artifacts.foreign_kinds import KINDS, names
from keras_doctor.artifacts.formats import TITLES
from keras_doctor.environments import Environment
from keras_doctor.rules import diagnose
from keras_doctor.wire.source import BytesSource

DATA = Path(__file__).parents[1] / "data"
REAL = [line.split("\t") for line in (DATA / "foreign-manifest.tsv").read_text().splitlines()[1:]]
ENVIRONMENTS = [
    Environment.parse(spec)
    for spec in (
        "python==3.11 keras==3.15.1 tensorflow==2.21.0",
        "python==3.11 tensorflow==2.15.1",
        "python==3.7 tensorflow==2.4.4",
        "python==3.6 keras==2.2.4 tensorflow==1.13.2",
    )
]


@pytest.fixture(scope="module")
def real():
    """Return the bytes of the files that other libraries wrote, by name."""
    with tarfile.open(DATA / "foreign.tar.xz") as archive:
        return {member.name: archive.extractfile(member).read() for member in archive}


@pytest.mark.parametrize(("name", "data", "form", "says"), SAMPLES, ids=[f"{s[2]}-{i}" for i, s in enumerate(SAMPLES)])
def test_what_was_written_by_hand_is_named(name, data, form, says):
    document = read(name, BytesSource(data, name))
    assert document.format == form
    assert says in document.title
    if form != "unknown":
        assert document.facts["family"] == KINDS[form].family


@pytest.mark.parametrize(("name", "form", "writer", "says"), REAL, ids=[line[0] for line in REAL])
def test_what_other_libraries_wrote_is_named(real, name, form, writer, says):
    document = read(name, BytesSource(real[name], name))
    assert (document.format, says in document.title) == (form, True), document.title


@pytest.mark.parametrize(("name", "data", "form", "says"), SAMPLES, ids=[f"{s[2]}-{i}" for i, s in enumerate(SAMPLES)])
def test_nothing_of_this_loads_anywhere(name, data, form, says):
    document = read(name, BytesSource(data, name))
    for environment in ENVIRONMENTS:
        diagnosis = diagnose(document, environment)
        assert diagnosis.verdict == "fails"
        assert diagnosis.cause == (KINDS[form].cause if form in KINDS else "not-a-model")
        assert diagnosis.decisive.remedies


@pytest.mark.parametrize("name", [line[0] for line in REAL if line[1] not in ("csv", "text", "pickle")])
def test_a_wrong_name_hides_nothing(real, name):
    form = next(line[1] for line in REAL if line[0] == name)
    assert read("model.keras", BytesSource(real[name], "model.keras")).format == form


def test_every_kind_has_a_title_and_belongs_to_a_rule():
    from keras_doctor.rules._index import TRIGGERS

    for name, kind in KINDS.items():
        assert kind.title[:1].islower() or kind.title.split(" ", 1)[0].isascii()
        assert isinstance(kind.remedies, tuple)
        assert all(isinstance(remedy, str) and remedy for remedy in kind.remedies)
        assert f"format:{name}" in TRIGGERS
        assert name not in TITLES
    assert set(KINDS) == {name for family in ("foreign", "pointer", "wrapped", "folder") for name in names(family)}


def test_every_kind_is_declared_by_a_module():
    declared = set()
    listed = {name for _, _, name in _index.BINARY} | {*_index.DIRECTORY, *_index.TEXT, *_index.FALLBACK}
    for name in listed:
        declared |= set(__import__(f"keras_doctor.artifacts.{name}", None, None, ("FORMATS",)).FORMATS)
    assert set(KINDS) <= declared


def hdf5(tmp_path, fill, **options):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", **options) as file:
        fill(file)
    return read(str(path))


def test_hdf5_without_a_mark_of_keras(tmp_path):
    def fill(file):
        file["train_x"] = np.zeros((3, 4))
        file["list_classes"] = np.array([b"cat", b"dog"])

    document = hdf5(tmp_path, fill)
    assert document.format == "hdf5-data"
    assert "list_classes, train_x" in document.title
    assert hdf5(tmp_path, lambda file: None).format == "hdf5-empty"


def test_hdf5_of_keras_is_never_foreign(tmp_path):
    def weights_of_a_subclassed_model(file):
        file["encoder/dense/vars/0"] = np.zeros(3)

    def layer_without_weights(file):
        file.create_group("dropout").attrs["weight_names"] = np.array([], "S1")

    assert hdf5(tmp_path, weights_of_a_subclassed_model).format not in KINDS
    assert hdf5(tmp_path, layer_without_weights).format not in KINDS


def test_matlab_7_3_is_hdf5_behind_a_text(tmp_path):
    path = tmp_path / "a.mat"
    with h5py.File(path, "w", userblock_size=512) as file:
        file["a"] = np.zeros(3)
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    path.write_bytes(head + path.read_bytes()[len(head) :])
    assert read(str(path)).format == "matlab-hdf5"


def test_neighbours_explain_a_file(tmp_path):
    (tmp_path / "model.json").write_text("{}")
    (tmp_path / "weights.bin").write_bytes(bytes(range(1, 200)))
    assert read(str(tmp_path / "weights.bin")).format == "tfjs-shard"
    (tmp_path / "net.xml").write_text('<?xml version="1.0"?><net name="a"><layers/></net>')
    (tmp_path / "net.bin").write_bytes(bytes(range(1, 200)))
    assert read(str(tmp_path / "net.bin")).format == "openvino-weights"


def test_zeros_in_a_cloud_folder_are_a_placeholder(tmp_path):
    folder = tmp_path / "OneDrive - Work"
    folder.mkdir()
    (folder / "model.h5").write_bytes(bytes(5000))
    assert read(str(folder / "model.h5")).format == "cloud-placeholder"


def test_zeros_are_looked_for_everywhere():
    assert is_zeros(BytesSource(bytes(3_000_000)), 1 << 30)
    assert not is_zeros(BytesSource(bytes(2_999_999) + b"\1"), 1 << 30)
    assert is_zeros(BytesSource(bytes(3_000_000)), 1000)
    assert not is_zeros(BytesSource(bytes(2_999_999) + b"\1"), 1000)


def test_a_pickle_of_a_model_keeps_it_as_bytes(real):
    for name, ending in (("keras215.pkl", ".keras"), ("keras3.pkl", ".keras"), ("keras_py38_tf210.pkl", ".tar")):
        document = read(name, BytesSource(real[name], name))
        ((found, _, offset, length),) = document.facts["inside"]
        assert found == ending
        inner = read("inner" + ending, BytesSource(real[name][offset : offset + length]))
        assert inner.format == ("keras-v3" if ending == ".keras" else "tar-wrapped")
        assert inner.damage == ()


def test_the_corpus_has_no_foreign_files(corpus):
    """Whatever a release of Keras wrote is not taken for another kind."""
    looked = 0
    for saver in sorted(corpus.iterdir()):
        if saver.name == "pathology":
            continue
        for folder in sorted(saver.iterdir())[::7]:
            for entry in json.loads((folder / "meta.json").read_text()).get("files", []):
                path = folder / entry["file"]
                if entry["ok"] and path.exists():
                    assert read(str(path)).format not in KINDS, path
                    looked += 1
    assert looked > 100


def test_mutations_raise_nothing(real):
    """Mutated files of every kind, seeded: whatever comes out, no exception does."""
    generator = random.Random(7)
    pool = [(name, data) for name, data, _, _ in SAMPLES] + [(n, d) for n, d in real.items() if len(d) < 20_000]
    for _ in range(1500):
        name, data = generator.choice(pool)
        mutated = bytearray(data)
        for _ in range(generator.choice((0, 1, 2, 8))):
            if mutated:
                mutated[generator.randrange(min(len(mutated), 600))] = generator.randrange(256)
        if generator.random() < 0.4:
            mutated = mutated[: generator.randrange(len(mutated) + 1)]
        document = read(name, BytesSource(bytes(mutated), name))
        assert document.format


def test_core_ml_of_version_1_is_no_saved_model(real):
    """It begins with the bytes of a SavedModel: a version 1, and a message that begins with a name."""
    data = real["model.mlmodel"]
    assert data[0] == 0x08
    document = read("model.mlmodel", BytesSource(b"\x08\x01" + data[2:], "model.mlmodel"))
    assert document.format == "coreml"


def test_a_saved_model_with_a_name_of_its_own_is_one(corpus):
    """`meta_graph_version`, which nobody sets, stands before everything else in a MetaInfoDef."""
    data = (corpus / "py311_tf215/mlp_seq/savedmodel/saved_model.pb").read_bytes()

    def varint(value):
        return bytes((value & 127 | 128, *varint(value >> 7))) if value > 127 else bytes((value,))

    def split(at):
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                return value, at

    whole, start = split(3)
    length, inside = split(start + 1)
    info = b"\x0a\x01v" + data[inside : inside + length]
    graph = b"\x0a" + varint(len(info)) + info + data[inside + length : start + whole]
    renamed = data[:3] + varint(len(graph)) + graph + data[start + whole :]
    assert read("saved_model.pb", BytesSource(renamed, "saved_model.pb")).format == "savedmodel"
