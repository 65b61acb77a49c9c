"""Files of real releases, read and written again, beside h5py's and zipfile's reading of both."""

from __future__ import annotations

import collections
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import h5py
import pytest

from keras_doctor import read
from keras_doctor.document import Locus, ModelDocument, TensorRef, TrainingState, WeightGroup, expressions
from keras_doctor.records import replace
from keras_doctor.wire.errors import FormatError
from keras_doctor.writers import Refused, write
from keras_doctor.writers.writing import FORMATS

ROOT = Path(__file__).resolve().parents[2]
ENDINGS = {"keras-v3": ".keras", "json-architecture": ".json"}


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def sample(corpus: Path):
    """Yield a file of each format and saver, another architecture each time."""
    turns: collections.Counter[str] = collections.Counter()
    for saver in sorted(path for path in corpus.iterdir() if path.name != "pathology"):
        by_format = collections.defaultdict(list)
        for path in sorted(saver.glob("*/*")):
            if path.suffix in (".h5", ".keras", ".json") and path.name != "meta.json":
                by_format[path.name].append(path)
        for name, paths in by_format.items():
            yield paths[turns[name] * 7 % len(paths)]
            turns[name] += 1


def store(path: Path):
    """Return everything that h5py finds in the weights of a file."""
    data = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            data = archive.read("model.weights.h5")
    found = {}

    def visit(name, item):
        attributes = {key: _plain(value) for key, value in item.attrs.items()}
        if isinstance(item, h5py.Dataset):
            found[name] = item.dtype, item.shape, item[()].tobytes(), attributes
        elif attributes:
            found[name] = attributes

    with h5py.File(io.BytesIO(data), "r") as file:
        file.visititems(visit)
        found[""] = {key: _plain(value) for key, value in file.attrs.items()}
    return found


def _plain(value):
    value = value.tolist() if hasattr(value, "tolist") else value
    value = value.decode() if hasattr(value, "decode") else value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def test_files_of_every_saver_and_format(corpus, tmp_path):
    seen = collections.Counter()
    for number, path in enumerate(sample(corpus)):
        document = read(path)
        if document.format not in FORMATS:
            continue
        seen[document.format] += 1
        target = tmp_path / f"{number}{ENDINGS.get(document.format, '.h5')}"
        write(document, target)
        again = read(target)
        assert (again.format, again.damage, again.oddities) == (document.format, (), ()), path
        assert again.config == document.config, path
        assert again.training.config == document.training.config, path
        if document.format == "json-architecture":
            assert json.loads(target.read_text()) == json.loads(path.read_text()), path
            continue
        assert names(again) == names(document), path
        before, after = store(path), store(target)
        assert {key: before.get(key) for key in after} == after, path
        # Keras notes a name beside objects without variables, too.
        assert not [key for key in before if key not in after and not is_empty(before, key)], path
        if document.container == "zip":
            with zipfile.ZipFile(path) as one, zipfile.ZipFile(target) as two:
                files = [name for name in one.namelist() if not name.endswith("/")]
                assert sorted(two.namelist()) == sorted(files), path
                for name in two.namelist():
                    if name.startswith("assets/"):
                        assert one.read(name) == two.read(name)
    assert set(seen) == {"hdf5-model", "hdf5-weights", "keras-v3", "v3-weights", "json-architecture"}
    assert sum(seen.values()) > 60


def is_empty(found, key):
    return key.endswith("vars") and not any(other.startswith(f"{key}/") for other in found)


def names(document):
    groups = [
        (group.owner, [(one.name, one.shape, one.dtype, one.read()) for one in group.tensors])
        for group in document.weights
    ]
    return groups, [(one.path, one.read()) for one in document.training.slots + document.training.metric_state]


def one(corpus: Path, name: str) -> Path:
    return next(path for path in sorted(corpus.glob(f"py311_tf221_k3151/*/{name}")))


@pytest.mark.parametrize("name", ["model.h5", "model.keras", "model.weights.h5", "arch.json"])
def test_same_bytes_again_in_another_process(corpus, tmp_path, name):
    path = one(corpus, name)
    code = (
        "import sys\nfrom keras_doctor import read\nfrom keras_doctor.writers import write\n"
        "write(read(sys.argv[1]), sys.argv[2])"
    )
    for number in "12":
        environ = {**os.environ, "PYTHONHASHSEED": number, "TZ": f"UTC{number}"}
        subprocess.run([sys.executable, "-c", code, path, tmp_path / number], check=True, env=environ)
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_names_over_64512_bytes_are_stored_in_pieces_as_keras_does(corpus, tmp_path):
    document = read(one(corpus, "model.h5"))
    tensor = next(document.tensors())
    groups = tuple(
        WeightGroup(f"a_layer_with_a_long_name_{number:06}", "", (expressions.renamed(tensor, f"w{number}"),))
        for number in range(2600)
    )
    many = WeightGroup(
        "many", "", tuple(expressions.renamed(tensor, f"{'w' * 900}{number:04}") for number in range(200))
    )
    write(document.changed(weights=(*groups, many)), tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5", "r") as file:
        weights = file["model_weights"]
        pieces = [weights.attrs[f"layer_names{number}"] for number in range(2)]
        assert "layer_names" not in weights.attrs
        assert "layer_names2" not in weights.attrs
        assert all(piece.nbytes <= 64512 for piece in pieces)
        listed = [name.decode() for piece in pieces for name in piece]
        assert listed == [group.owner for group in (*groups, many)]
        assert len(weights["many"].attrs["weight_names0"][0]) == 904
        assert weights["a_layer_with_a_long_name_002321/w2321"].shape == tensor.shape
    assert len(read(tmp_path / "m.h5").weights) == 2601


def test_without_training_state(corpus, tmp_path):
    for name in ("model.h5", "model.keras"):
        path = next(path for path in sorted(corpus.glob(f"py311_tf221_k3151/*/{name}")) if read(path).training.slots)
        write(read(path).changed(training=TrainingState()), tmp_path / name)
        again = read(tmp_path / name)
        assert again.training == TrainingState()
        assert not any("optimizer" in key for key in store(tmp_path / name))
        assert "compile_config" not in again.config


def test_what_is_calculated(corpus, tmp_path):
    document = read(one(corpus, "model.h5"))
    doubled = tuple(
        replace(group, tensors=tuple(expressions.scale(tensor, 2.0) for tensor in group.tensors))
        for group in document.weights
    )
    write(document.changed(weights=doubled), tmp_path / "m.h5")
    with h5py.File(one(corpus, "model.h5")) as before, h5py.File(tmp_path / "m.h5") as after:
        for tensor in document.tensors():
            assert (before[tensor.path][()] * 2 == after[tensor.path][()]).all()


def test_safetensors(corpus, tmp_path):
    document = read(one(corpus, "model.keras"))
    write(document, tmp_path / "m.safetensors", "safetensors")
    data = (tmp_path / "m.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert length % 8 == 0
    assert header.pop("__metadata__")["written_as"] == "keras-v3"
    stored = store(one(corpus, "model.keras"))
    for name, entry in header.items():
        start, stop = entry["data_offsets"]
        owner, _, key = name.rpartition("/")
        assert data[8 + length :][start:stop] == stored[f"{owner}/vars/{key}"][2]


def test_architecture_of_a_whole_model(corpus, tmp_path):
    for saver in ("py36_keras224_tf113", "py311_tf221_k3151"):
        folder = next(path for path in sorted((corpus / saver).glob("*")) if (path / "model.h5").exists())
        write(read(folder / "model.h5"), tmp_path / f"{saver}.json", "json-architecture")
        made = json.loads((tmp_path / f"{saver}.json").read_text())
        assert made["config"] == read(folder / "model.h5").config["config"]
    assert "keras_version" in json.loads((tmp_path / "py36_keras224_tf113.json").read_text())


@pytest.mark.parametrize(
    ("name", "form", "why"),
    [
        ("model.h5", "keras-v3", "laid out anew"),
        ("model.keras", "hdf5-model", "laid out anew"),
        ("model.weights.h5", "keras-v3", "no architecture"),
        ("model.h5", "savedmodel", "not written"),
    ],
)
def test_what_is_refused(corpus, tmp_path, name, form, why):
    with pytest.raises(Refused, match=why):
        write(read(one(corpus, name)), tmp_path / "x", form)
    assert not list(tmp_path.iterdir())


def test_the_source_is_never_replaced(corpus, tmp_path):
    source = tmp_path / "m.h5"
    source.write_bytes(one(corpus, "model.h5").read_bytes())
    (tmp_path / "link.h5").symlink_to(source)
    for target in (source, tmp_path / "link.h5"):
        with pytest.raises(Refused, match="the file that is read"):
            write(read(source), target, force=True)
    assert source.read_bytes() == one(corpus, "model.h5").read_bytes()


def test_damaged_bytes_leave_nothing_behind(corpus, tmp_path):
    source = tmp_path / "m.h5"
    write(read(one(corpus, "model.h5")), source)  # the bytes of the last tensor end the file
    source.write_bytes(source.read_bytes()[:-10])
    (tmp_path / "out.h5").write_bytes(b"earlier")
    with pytest.raises(FormatError):
        write(read(source), tmp_path / "out.h5", force=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.h5", "out.h5"]
    assert (tmp_path / "out.h5").read_bytes() == b"earlier"


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (lambda tensor: tensor, 3 << 20),
        (lambda tensor: expressions.part(tensor, 1, 0, 512), 4 << 20),
        (lambda tensor: expressions.scale(tensor, 1.2), 12 << 20),
        (lambda tensor: expressions.transpose(tensor), (8 << 20) + (5 << 20)),
    ],
)
def test_memory_is_a_piece_or_the_largest_tensor(tmp_path, change, most):
    import tracemalloc

    piece = bytes(1 << 20)
    tensor = TensorRef("0", "", (2048, 1024), "float32", 8 << 20, Locus(), lambda: (piece for _ in range(8)))
    weights = tuple(WeightGroup(f"layers/dense_{number}", "", (change(tensor),)) for number in range(2))
    document = ModelDocument("", "v3-weights", "hdf5", weights=weights)
    write(document, tmp_path / "warm.h5")
    tracemalloc.start()
    write(document, tmp_path / "m.h5")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < most
