"""Tensor bundles: every dtype, slices and strings as TensorFlow read them; cut and broken ones."""

from __future__ import annotations

import hashlib
import json

import pytest

from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.source import BytesSource, open_path
from keras_doctor.wire.tensor_bundle import TensorBundle


def opened(prefix) -> TensorBundle:
    return TensorBundle(open_path(f"{prefix}.index"), lambda n, of: open_path(f"{prefix}.data-{n:05}-of-{of:05}"))


def held(prefix, index: bytes | None = None, data: bytes | None = None) -> TensorBundle:
    """A bundle of one shard whose bytes can be other ones."""
    with open(f"{prefix}.index", "rb") as file:
        index = file.read() if index is None else index
    with open(f"{prefix}.data-00000-of-00001", "rb") as file:
        data = file.read() if data is None else data
    return TensorBundle(BytesSource(index), lambda n, of: BytesSource(data))


def test_tensors_are_those_that_tensorflow_read(tensorflow_files):
    compared = set()
    for prefix, tensors in json.loads((tensorflow_files / "readings.json").read_text())["tensors"].items():
        bundle = opened(tensorflow_files / prefix)
        assert not bundle.damage
        assert set(bundle.entries) == set(tensors)
        for key, (dtype, shape, digest) in tensors.items():
            entry = bundle.entries[key]
            assert (entry.dtype, list(entry.shape)) == (dtype, shape), key
            assert hashlib.sha256(bundle.read(entry)).hexdigest()[:32] == digest, key
            assert bundle.verify(entry), key
            compared.add(dtype)
    assert {"bfloat16", "float8_e5m2", "float8_e4m3fn", "int4", "bool", "complex128", "string"} <= compared


def test_strings_come_one_by_one(tensorflow_files):
    bundle = opened(tensorflow_files / "checkpoints/dtypes")
    values = bundle.strings(bundle.entries["string/.ATTRIBUTES/VARIABLE_VALUE"])
    assert values == [b"a", b"bcd", b"", ("é" * 200).encode()]


def test_slices_of_a_partitioned_variable_are_put_together(tensorflow_files):
    bundle = opened(tensorflow_files / "checkpoints/v1_sharded")
    entry = bundle.entries["emb/table"]
    assert entry.shape == (7, 2)
    assert [start for start, _ in entry.slices] == [(0, 0), (3, 0), (5, 0)]
    assert bundle.read(entry) == b"".join(bundle.read(part) for _, part in entry.slices)


def test_other_bytes_fail_the_checksum(tensorflow_files):
    prefix = tensorflow_files / "checkpoints/dtypes"
    whole = held(prefix)
    entry = whole.entries["float64/.ATTRIBUTES/VARIABLE_VALUE"]
    data = bytearray((tensorflow_files / "checkpoints/dtypes.data-00000-of-00001").read_bytes())
    data[entry.offset + 3] ^= 1
    flipped = held(prefix, data=bytes(data))
    assert not flipped.verify(flipped.entries[entry.key])
    assert flipped.verify(flipped.entries["int32/.ATTRIBUTES/VARIABLE_VALUE"])


def test_a_cut_shard_loses_the_tensors_behind_the_cut(tensorflow_files):
    prefix = tensorflow_files / "checkpoints/dtypes"
    data = (tensorflow_files / "checkpoints/dtypes.data-00000-of-00001").read_bytes()
    cut = held(prefix, data=data[:300])
    lost = [entry for entry in cut.entries.values() if entry.offset + entry.size > 300]
    assert lost == [entry for entry in cut.entries.values() if entry.lost]
    assert [damage.kind for damage in cut.damage] == ["truncated"]
    assert str(sum(entry.lost for entry in lost)) in cut.damage[0].what
    for entry in cut.entries.values():
        if entry.lost:
            with pytest.raises(FormatError):
                cut.read(entry)
        else:
            assert cut.verify(entry)


def test_a_missing_shard_leaves_the_names(tensorflow_files):
    prefix = tensorflow_files / "checkpoints/dtypes"

    def nothing(number, count):
        raise FileNotFoundError(number, count)

    bundle = TensorBundle(open_path(f"{prefix}.index"), nothing)
    assert set(bundle.entries) == set(opened(prefix).entries)
    assert [(damage.kind, damage.part) for damage in bundle.damage] == [("missing", "data-00000-of-00001")]


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.95])
def test_a_cut_index_gives_the_entries_before_the_cut(tensorflow_files, kept):
    prefix = tensorflow_files / "checkpoints/dtypes"
    index = (tensorflow_files / "checkpoints/dtypes.index").read_bytes()
    whole = held(prefix).entries
    cut = held(prefix, index[: int(len(index) * kept)])
    assert 0 < len(cut.entries) <= len(whole)
    assert list(cut.entries.items()) == list(whole.items())[: len(cut.entries)]
    assert cut.damage


def test_a_flipped_bit_in_the_index_fails_its_checksum(tensorflow_files):
    prefix = tensorflow_files / "checkpoints/dtypes"
    index = bytearray((tensorflow_files / "checkpoints/dtypes.index").read_bytes())
    index[60] ^= 1
    assert "checksum" in [damage.kind for damage in held(prefix, bytes(index)).damage]


@pytest.mark.parametrize("index", [b"", b"\0" * 48, b"\0\0\6\x08\1", b"text " * 30])
def test_what_is_no_index_is_refused(tensorflow_files, index):
    with pytest.raises(FormatError):
        held(tensorflow_files / "checkpoints/dtypes", index)


@pytest.mark.parametrize("start", [0, 40, 200])
def test_entries_behind_a_broken_one_are_read_from_the_next_full_key_on(tensorflow_files, start):
    """LevelDB writes each sixteenth key in full."""
    prefix = tensorflow_files / "checkpoints/dtypes"
    whole = held(prefix)
    index = bytearray(open_path(f"{prefix}.index").read(0, open_path(f"{prefix}.index").size))
    index[start : start + 24] = b"\xff" * 24
    bundle = held(prefix, index=bytes(index))
    assert any("broken" in damage.what for damage in bundle.damage)
    keys = list(whole.entries)
    assert len(keys) > 16
    for key in keys[16:]:  # with the header, those behind the first restart
        assert bundle.read(bundle.entries[key]) == whole.read(whole.entries[key])
