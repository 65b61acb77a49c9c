"""Damaged files: what survives comes back, what is lost is said, and nothing stands in for it unasked.

Truth is what h5py reads of the good file that each damaged one was made from (pathology/*/ in the packed corpus).
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from keras_doctor.artifacts import read
from keras_doctor.document.joining import with_architecture
from keras_doctor.environments import Environment
from keras_doctor.layers.stored_variables import stored_variables
from keras_doctor.rescue.repairing import repair
from keras_doctor.rescue.salvage import salvage
from keras_doctor.rescue.wishes import Wishes

h5py = pytest.importorskip("h5py")
ENV = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")


def truth(path: Path) -> dict[str, np.ndarray]:
    """Return the tensors of a good file as h5py reads them, by path without the optimizer's."""
    content = path.read_bytes()
    if content.startswith(b"PK"):
        content = zipfile.ZipFile(path).read("model.weights.h5")
    with h5py.File(io.BytesIO(content), "r") as file:
        names: list[str] = []
        file.visit(names.append)
        return {name: np.asarray(file[name]) for name in names if isinstance(file[name], h5py.Dataset)}


def stored(path: Path) -> dict[tuple[str, str], bytes]:
    document = read(path)
    return {(place, name): tensor.read() for place, name, tensor in stored_variables(document, document.provenance.era)}


@pytest.fixture
def half(corpus: Path, tmp_path: Path) -> Path:
    """Return the first half of a file of Keras 2.2.4: what describes its last layer is behind the cut. The values of
    that layer, which lie before it, are zeros here.
    """
    content = bytearray((corpus / "pathology/cut_half-k224h5/model.h5").read_bytes())
    with h5py.File(corpus / "pathology/no_versions-k224h5/model.h5", "r") as file:
        for name in ("kernel:0", "bias:0"):
            item = file[f"model_weights/dense_1/dense_1/{name}"]
            offset = item.id.get_offset()
            content[offset : offset + item.nbytes] = bytes(item.nbytes)
    path = tmp_path / "half.h5"
    path.write_bytes(content)
    return path


def test_a_cut_file_is_refused_without_fill(half: Path, tmp_path: Path) -> None:
    report = repair(half, tmp_path / "out.keras", ENV)
    assert not report.path
    assert not (tmp_path / "out.keras").exists()
    assert {(one.layer, one.name, one.shape) for one in report.lost_tensors} == {
        ("dense_1", "kernel", (24, 5)),
        ("dense_1", "bias", (5,)),
    }
    assert "dense_1/kernel (24, 5)" in report.refused
    assert "--fill zeros" in report.refused


def test_what_survives_is_saved_alone_under_the_names_of_its_layers(
    half: Path, tmp_path: Path, k224: dict[str, np.ndarray]
) -> None:
    report = repair(half, tmp_path / "out.safetensors", ENV)
    assert (report.holds, report.verification.equal) == ("weights", None)
    assert {(one.layer, one.name) for one in report.lost_tensors} == {("dense_1", "kernel"), ("dense_1", "bias")}
    groups = read(str(tmp_path / "out.safetensors")).weights or report.plan.document.weights
    found = sorted(tensor.read() for group in groups for tensor in group.tensors)
    assert found == sorted(v.tobytes() for name, v in by_variable(k224).items() if not name.startswith("dense_1"))


def test_an_architecture_has_no_weights_to_lose(corpus: Path, tmp_path: Path) -> None:
    source = corpus / "py37_tf24/cnn/arch.json"
    report = repair(source, tmp_path / "out.keras", ENV)
    assert not report.path
    assert report.refused.startswith("it holds no weights")
    assert f"--architecture {source}" in report.refused
    report = repair(source, tmp_path / "out.json", ENV)
    assert report.path
    assert not report.lost_tensors
    assert report.verdict == "loads"


@pytest.mark.parametrize("fill", ["zeros", "initializer"])
def test_a_cut_file_is_filled_when_asked(half: Path, tmp_path: Path, k224: dict[str, np.ndarray], fill: str) -> None:
    before = half.read_bytes()
    report = repair(half, tmp_path / "out.h5", ENV, wishes=Wishes(fill=fill))
    assert report.path
    assert half.read_bytes() == before
    assert [change.kind for change in report.changes if change.fix == "fill"] == ["lossy", "lossy"]
    assert report.verification.equal is None  # nothing is there to compare with
    found, expected = by_variable(truth(tmp_path / "out.h5")), by_variable(k224)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert name.startswith("dense_1") or np.array_equal(found[name], values), name
    kernel = found["dense_1/kernel"]
    assert (kernel == 0).all() if fill == "zeros" else kernel.std() > 0.1
    assert not found["dense_1/bias"].any()


def by_variable(tensors: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return tensors by layer and variable: "dense_1/kernel"."""
    return {"/".join(name.split("/")[-2:]).removesuffix(":0"): values for name, values in tensors.items()}


@pytest.fixture
def k224(corpus: Path) -> dict[str, np.ndarray]:
    """Return the tensors of the file of Keras 2.2.4 that the damaged ones were made from."""
    kept = truth(corpus / "pathology/no_versions-k224h5/model.h5")
    return {name: values for name, values in kept.items() if name.startswith("model_weights")}


def test_filling_is_deterministic(half: Path, tmp_path: Path) -> None:
    for name in ("one.keras", "other.keras"):
        repair(half, tmp_path / name, ENV, wishes=Wishes(fill="initializer"))
    assert (tmp_path / "one.keras").read_bytes() == (tmp_path / "other.keras").read_bytes()


def test_a_description_that_is_gone_does_not_shift_the_others(
    corpus: Path, tmp_path: Path, k224: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes((corpus / "pathology/no_versions-k224h5/model.h5").read_bytes())
    with h5py.File(path, "r") as file:
        kernel = file["model_weights/dense_1/dense_1/kernel:0"]
        header, offset, length = h5py.h5o.get_info(kernel.id), kernel.id.get_offset(), kernel.nbytes
    with path.open("r+b") as raw:
        raw.seek(header.addr)
        raw.write(bytes(header.hdr.space.total))
        raw.seek(offset)
        raw.write(bytes(length))
    report = repair(path, tmp_path / "out.h5", ENV, wishes=Wishes(fill="zeros"))
    assert [(one.layer, one.name) for one in report.lost_tensors] == [("dense_1", "kernel")]
    found = by_variable(truth(tmp_path / "out.h5"))
    assert np.array_equal(found["dense_1/bias"], k224["model_weights/dense_1/dense_1/bias:0"])


@pytest.mark.parametrize("case", ["a_dataset_gone-k224h5", "a_wrong_shape-k224h5", "no_weights-k224h5"])
def test_tensors_that_were_unlinked_are_found_again(
    corpus: Path, tmp_path: Path, k224: dict[str, np.ndarray], case: str
) -> None:
    """HDF5 unlinks what is deleted: values and description stay where they were until something else comes there."""
    path = corpus / "pathology" / case / "model.h5"
    report = repair(path, tmp_path / "out.h5", ENV)
    assert report.path
    assert not report.lost_tensors
    again = [change for change in report.changes if change.message.startswith("found the tensor")]
    assert {change.kind for change in again} == {"approximate"}
    assert report.verification.equal is None
    assert len(again) == (9 if case.startswith("no_weights") else 1)
    found, expected = by_variable(truth(tmp_path / "out.h5")), by_variable(k224)
    assert {name: values.tobytes() for name, values in found.items()} == {
        name: values.tobytes() for name, values in expected.items()
    }


def test_a_stray_tensor_is_given_to_nobody_when_it_can_be_anothers(corpus: Path, tmp_path: Path) -> None:
    """With the optimizer's tensors unlinked as well, there are more strays of each shape than variables, and only names
    tell them apart.
    """
    path = tmp_path / "model.h5"
    path.write_bytes((corpus / "pathology/no_weights-k224h5/model.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["optimizer_weights"]
    assert len(salvage(read(path)).found) == 9
    content = path.read_bytes()
    for name in (b"kernel:0", b"bias:0", b"gamma:0", b"beta:0", b"moving_mean:0", b"moving_variance:0"):
        content = content.replace(b"\0" + name + b"\0", bytes(len(name) + 2))
    path.write_bytes(content)
    result = salvage(read(path))
    assert not result.found
    assert len(result.lost) == 9


def test_variables_of_one_shape_are_told_apart_when_the_list_of_names_is_lost(
    corpus: Path, tmp_path: Path, k224: dict[str, np.ndarray]
) -> None:
    """Without weight_names HDF5 gives beta before gamma, and both have one shape."""
    path = tmp_path / "model.h5"
    path.write_bytes((corpus / "pathology/no_versions-k224h5/model.h5").read_bytes())
    with h5py.File(path, "r+") as file:
        del file["model_weights/batch_normalization_1"].attrs["weight_names"]
    result = salvage(read(path))
    assert not result.lost
    found = {
        name: tensor.read()
        for _, name, tensor in stored_variables(result.document, result.document.provenance.era)
        if tensor.name.startswith("batch_normalization_1")
    }
    for name, data in found.items():
        wanted = k224[f"model_weights/batch_normalization_1/batch_normalization_1/{name}:0"]
        assert data == wanted.tobytes()
    assert len(found) == 4


@pytest.mark.parametrize("sister", ["pathology/no_versions-k224h5/model.h5", "json"])
def test_an_architecture_is_borrowed(corpus: Path, tmp_path: Path, k224: dict[str, np.ndarray], sister: str) -> None:
    path = corpus / "pathology/config_cut_h5-k224h5/model.h5"
    with pytest.raises(ValueError, match="--architecture FILE"):
        repair(path, tmp_path / "out.keras", ENV)
    lender = corpus / "pathology/no_versions-k224h5/model.h5"
    if sister == "json":
        with h5py.File(lender, "r") as file:
            config = file.attrs["model_config"]
        lender = tmp_path / "model.json"
        lender.write_bytes(config if isinstance(config, bytes) else config.encode())
    report = repair(path, tmp_path / "out.keras", ENV, architecture=lender)
    assert report.path
    assert not report.lost_tensors
    assert report.diagnosis.verdict == "loads"
    assert report.verification.equal
    assert sorted(stored(tmp_path / "out.keras").values()) == sorted(values.tobytes() for values in k224.values())


@pytest.mark.parametrize("name", ["out.safetensors", "out.weights.h5"])
def test_without_an_architecture_the_weights_go_alone(corpus: Path, tmp_path: Path, name: str) -> None:
    report = repair(corpus / "pathology/config_cut-k3k/model.keras", tmp_path / name, ENV)
    assert report.path
    assert report.holds == "weights"
    expected = truth(corpus / "pathology/trailing_garbage-k3k/model.keras")
    model = {key: values for key, values in expected.items() if key.startswith("layers/")}
    if name.endswith(".h5"):
        found = truth(tmp_path / name)
        assert {key: found[key].tobytes() for key in model} == {key: v.tobytes() for key, v in model.items()}
    else:
        content = (tmp_path / name).read_bytes()
        assert all(values.tobytes() in content for values in model.values())


def test_a_compressed_model_is_taken_out(corpus: Path, tmp_path: Path, k224: dict[str, np.ndarray]) -> None:
    report = repair(corpus / "pathology/gzipped-k224h5/model.h5", tmp_path / "out.keras", ENV)
    assert report.path
    assert report.verification.equal
    assert sorted(stored(tmp_path / "out.keras").values()) == sorted(v.tobytes() for v in k224.values())


def test_values_that_cannot_be_read_are_noticed_though_nothing_says_so(corpus: Path, tmp_path: Path) -> None:
    """A damaged chunk shows only when it is unpacked."""
    path = tmp_path / "model.h5"
    path.write_bytes((corpus / "pathology/repacked_gzip-tf215h5/model.h5").read_bytes())
    with h5py.File(path, "r") as file:
        place = file["model_weights/dense/dense/kernel:0"].id.get_chunk_info(0)
    with path.open("r+b") as raw:
        raw.seek(place.byte_offset)
        raw.write(b"\0" * place.size)
    assert not read(path).damage
    report = repair(path, tmp_path / "out.keras", ENV)
    assert not report.path
    assert [(one.layer, one.name) for one in report.lost_tensors] == [("dense", "kernel")]


def test_values_behind_the_last_ones_known_are_found(corpus: Path, tmp_path: Path, k224: dict[str, np.ndarray]) -> None:
    """The writer put the values before the cut, and their descriptions behind it."""
    report = repair(corpus / "pathology/cut_half-k224h5/model.h5", tmp_path / "out.h5", ENV)
    assert not report.lost_tensors
    assert "approximate" in {change.kind for change in report.changes if change.fix == "salvage"}
    found = by_variable(truth(tmp_path / "out.h5"))
    assert all(np.array_equal(found[name], values) for name, values in by_variable(k224).items())


@pytest.fixture
def undescribed(corpus: Path, tmp_path: Path) -> tuple[Path, dict[str, tuple[int, int]]]:
    """Return a file of Keras 3.15.1 without the headers of two neighbouring variables, and where its values lie."""
    path = tmp_path / "model.h5"
    path.write_bytes((corpus / "pathology/no_versions-k3h5/model.h5").read_bytes())
    extents, headers = {}, []
    with h5py.File(path, "r") as file:
        for name in ("dense/dense/kernel", "dense/dense/bias", "dense_1/dense_1/kernel", "dense_1/dense_1/bias"):
            item = file[f"model_weights/{name}"]
            info = h5py.h5o.get_info(item.id)
            extents[name] = item.id.get_offset(), item.nbytes
            if name in ("dense/dense/bias", "dense_1/dense_1/kernel"):
                headers.append((info.addr, info.hdr.space.total))
    with path.open("r+b") as raw:
        for address, size in headers:
            raw.seek(address)
            raw.write(bytes(size))
    return path, extents


def test_values_without_a_description_are_found_between_their_neighbours(
    undescribed: tuple[Path, dict[str, tuple[int, int]]], corpus: Path, tmp_path: Path
) -> None:
    path, _ = undescribed
    report = repair(path, tmp_path / "out.h5", ENV)
    assert not report.lost_tensors
    assert [change.kind for change in report.changes if change.fix == "salvage"][:2] == ["approximate", "approximate"]
    good = truth(corpus / "pathology/no_versions-k3h5/model.h5")
    found = by_variable({name: v for name, v in truth(tmp_path / "out.h5").items() if name.startswith("model_weights")})
    for name in ("dense/bias", "dense_1/kernel"):
        layer = name.split("/")[0]
        assert np.array_equal(found[name], good[f"model_weights/{layer}/{name}"])


def test_values_that_are_zeroed_are_not_taken_for_values(
    undescribed: tuple[Path, dict[str, tuple[int, int]]], tmp_path: Path
) -> None:
    path, extents = undescribed
    offset, length = extents["dense_1/dense_1/kernel"]
    with path.open("r+b") as raw:
        raw.seek(offset)
        raw.write(bytes(length))
    report = repair(path, tmp_path / "out.h5", ENV)
    assert [(one.layer, one.name) for one in report.lost_tensors] == [("dense_1", "kernel")]
    assert not report.path


@pytest.mark.parametrize("mark", [b"SNOD", b"TREE", b"HEAP", b"GCOL"])
def test_a_flipped_bit_in_a_signature_loses_nothing_and_is_told(corpus: Path, tmp_path: Path, mark: bytes) -> None:
    content = bytearray((corpus / "pathology/no_versions-k3h5/model.h5").read_bytes())
    good = stored(corpus / "pathology/no_versions-k3h5/model.h5")
    at = content.index(mark)
    while at >= 0:
        content[at] ^= 0x10
        at = content.find(mark, at + 4)
    path = tmp_path / "model.h5"
    path.write_bytes(content)
    document = read(path)
    assert any(f"{mark.decode()} expected" in damage.what for damage in document.damage)
    result = salvage(document)
    assert not result.lost
    found = {
        (place, name): tensor.read()
        for place, name, tensor in stored_variables(result.document, result.document.provenance.era)
    }
    assert found == good


# Where what leads to the tensors stood is overwritten: the superblock and the root; the root and the names of layers;
# the names of variables; groups of a store.
OVERWRITTEN = [
    ("py311_tf215/nested/model.h5", 0, 2040),
    ("py311_tf215/nested/model.h5", 680, 2986),
    ("py37_tf24/lstm/model.h5", 4211, 7000),
    ("py36_keras122_tf14/cnn/model.h5", 0, 2048),
    ("py311_tf221_k3151/mha_ln/model.h5", 36707, 37219),
    ("py311_tf221_k3151/cnn/model.keras", 3321, 7417),
    ("py311_tf221_k3151/cnn/model.keras", 23760, 27856),
    ("py311_tf215/bilstm/model.keras", 14202, 14714),
]


@pytest.mark.parametrize("byte", [b"\0", b"\xb7"])
@pytest.mark.parametrize(("file", "start", "stop"), OVERWRITTEN)
def test_what_nothing_leads_to_is_told_by_the_names_that_are_left(
    file: str, start: int, stop: int, byte: bytes, corpus: Path, tmp_path: Path
) -> None:
    good = corpus / file
    content = bytearray(good.read_bytes())
    content[start:stop] = byte * (stop - start)
    path = tmp_path / good.name
    path.write_bytes(content)
    original = read(good)
    result = salvage(with_architecture(read(path), original))
    lost = {(one.owner, one.name) for one in result.lost}
    found = {
        (place, name): tensor.read()
        for place, name, tensor in stored_variables(result.document, original.provenance.era)
        if (place, name) not in lost
    }
    for place, name, tensor in stored_variables(original, original.provenance.era):
        offset = tensor.locus.offset
        assert offset is not None
        if offset + tensor.nbytes <= start or stop <= offset:
            assert found.get((place, name)) == tensor.read(), (place, name)


# Harms at random places (tools/check_salvage.py --harm), those that once went wrong


def given_back(good: Path, damaged: Path) -> dict[tuple[str, str], bytes]:
    """Return what a damaged file gives to the variables of a good one's architecture."""
    result = salvage(with_architecture(read(damaged), read(good)))
    lost = {(one.owner, one.name) for one in result.lost}
    era = read(good).provenance.era
    found = stored_variables(result.document, era)
    return {(place, name): tensor.read() for place, name, tensor in found if (place, name) not in lost}


def harmed(good: Path, start: int, end: int, folder: Path) -> Path:
    """Return a copy of a file with noise between two places of the HDF5 bytes in it."""
    content = bytearray(good.read_bytes())
    shift = content.index(b"\x89HDF")
    content[shift + start : shift + end] = np.random.default_rng(1).bytes(end - start)
    path = folder / good.name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("file", "gone"),
    [
        ("py311_tf215/mha_ln/model.keras", "layers/multi_head_attention/_value_dense/vars/0"),
        ("py311_tf221_k3151/mha_ln/model.keras", "layers/multi_head_attention/key_dense/vars/0"),
    ],
)
def test_a_store_is_read_in_the_order_in_which_its_release_writes_attributes(
    corpus: Path, file: str, gone: str, tmp_path: Path
) -> None:
    good = corpus / file
    content = zipfile.ZipFile(good).read("model.weights.h5")
    with h5py.File(io.BytesIO(content), "r") as h5:
        start = h5py.h5o.get_info(h5[gone].id).addr
    back = given_back(good, harmed(good, start - 2500, start + 1500, tmp_path))
    whole = stored(good)
    assert len(back) >= len(whole) - 4
    assert all(data == whole[variable] for variable, data in back.items())


def test_one_side_of_a_bidirectional_does_not_stand_for_the_other(corpus: Path, tmp_path: Path) -> None:
    good = corpus / "py37_tf24/bilstm/model.h5"
    damaged = harmed(good, 19417, 23513, tmp_path)
    back, whole = given_back(good, damaged), stored(good)
    assert all(data == whole[variable] for variable, data in back.items())
    assert len(back) >= len(whole) - 6


def test_an_end_record_that_lists_nothing_is_not_believed(corpus: Path, tmp_path: Path) -> None:
    good = corpus / "py311_tf221_k3151/bilstm/model.keras"
    content = good.read_bytes()
    path = tmp_path / "model.keras"
    path.write_bytes(content[:-16] + bytes(16))
    assert zipfile.ZipFile(path).namelist() == []
    assert given_back(good, path) == stored(good)


def test_a_group_whose_name_is_harmed_is_known_by_its_shapes(corpus: Path, tmp_path: Path) -> None:
    good = corpus / "py311_tf221_k3151/mha_ln/model.keras"
    content = good.read_bytes()
    assert content.count(b"output_dense\0") == 1
    path = tmp_path / "model.keras"
    path.write_bytes(content.replace(b"output_dense\0", b"outpqt_dense\0"))
    assert given_back(good, path) == stored(good)
