"""Tensor expressions against NumPy and ml_dtypes."""

from __future__ import annotations

import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_doctor.document import Locus, TensorRef
from keras_doctor.document import expressions as x
from keras_doctor.wire.errors import FormatError
from keras_doctor.writers import evaluation
from keras_doctor.writers.evaluation import pieces


def stored(array: np.ndarray, name: str = "kernel", step: int = 7) -> TensorRef:
    array = np.asarray(array)
    data = array.tobytes()
    chunks = [data[at : at + step] for at in range(0, len(data), step)]
    return TensorRef(name, f"group/{name}", array.shape, array.dtype.name, len(data), Locus(), lambda: iter(chunks))


def value(tensor: TensorRef) -> np.ndarray:
    data = b"".join(pieces(tensor))
    assert len(data) == tensor.nbytes
    dtype = ml_dtypes.bfloat16 if tensor.dtype == "bfloat16" else tensor.dtype
    return np.frombuffer(data, dtype).reshape(tensor.shape)


def counted(shape: tuple[int, ...], dtype: str = "int32") -> np.ndarray:
    return np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)


SHAPES = st.lists(st.integers(0, 5), min_size=1, max_size=4).map(tuple)
DTYPES = st.sampled_from(["int8", "float16", "float32", "int64", "complex64", "complex128"])


@given(SHAPES, DTYPES, st.data())
@settings(max_examples=200, deadline=None)
def test_moves_are_numpys(shape, dtype, data):
    """Chains of moves give what NumPy gives, without a calculation and without reading anything to know the shape."""
    array = counted(shape, dtype)
    tensor = stored(array)
    for move in data.draw(
        st.lists(st.sampled_from(["transpose", "reshape", "part", "concatenate", "flip"]), max_size=3)
    ):
        rank = array.ndim
        axis = data.draw(st.integers(-rank, rank - 1))
        if move == "transpose":
            axes = data.draw(st.permutations(range(rank)))
            array, tensor = array.transpose(axes), x.transpose(tensor, axes)
        elif move == "reshape" and array.size:
            array, tensor = array.reshape(-1, array.shape[0]), x.reshape(tensor, (-1, array.shape[0]))
        elif move == "part":
            start = data.draw(st.integers(0, array.shape[axis]))
            stop = data.draw(st.integers(start, array.shape[axis]))
            array = np.take(array, range(start, stop), axis)
            tensor = x.part(tensor, axis, start, stop)
        elif move == "concatenate":
            array, tensor = np.concatenate([array, array], axis), x.concatenate([tensor, tensor], axis)
        elif move == "flip":
            array, tensor = np.flip(array, axis), x.flip(tensor, [axis])
    assert tensor.shape == array.shape
    assert x.is_exact(tensor)
    assert b"".join(tensor.chunks()) == array.tobytes()


@pytest.mark.parametrize("dtype", ["int8", "float32", "complex128"])
def test_windows_that_slide(dtype):
    """What numpy.lib.stride_tricks lays out: windows of a row, the diagonal of a matrix."""
    row, square = counted((9,), dtype), counted((5, 5), dtype)
    windows = np.lib.stride_tricks.sliding_window_view(row, 3)[::2]
    np.testing.assert_array_equal(value(x.strided(stored(row), (4, 3), (2, 1))), windows)
    np.testing.assert_array_equal(value(x.strided(stored(square), (5,), (6,))), square.diagonal())
    with pytest.raises(ValueError, match="lead out"):
        x.strided(stored(square), (6,), (5,))


def test_pieces_of_a_large_transpose():
    array = counted((600, 700, 3), "float32")
    np.testing.assert_array_equal(value(x.transpose(stored(array, step=1 << 16), (1, 2, 0))), array.transpose(1, 2, 0))


@pytest.mark.parametrize("shape", [(1100, 600), (3, 3, 300, 200), (2, 550, 600), (1, 700_000)])
@pytest.mark.parametrize("dtype", ["int16", "float32", "complex128"])
def test_large_ones_are_transposed_alike_with_numpy_and_without(shape, dtype, monkeypatch):
    monkeypatch.setattr(evaluation, "_SMALL", 0)
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    for axes in (None, (1, 0, *range(2, len(shape)))):
        tensor = x.transpose(stored(array, step=1 << 20), axes)
        quick = list(pieces(tensor))
        assert b"".join(tensor.chunks()) == b"".join(quick) == array.transpose(axes).tobytes()
        assert max(map(len, quick)) <= 1 << 20


def test_gates_in_another_order():
    """Keras 1 keeps the gates of an LSTM as i, c, f, o in tensors of their own; later releases as i, f, c, o in one."""
    gates = {name: stored(np.full((2, 3), number, "float32"), name) for number, name in enumerate("icfo")}
    kernel = x.concatenate([gates[name] for name in "ifco"], 1)
    np.testing.assert_array_equal(value(kernel)[0], [0, 0, 0, 2, 2, 2, 1, 1, 1, 3, 3, 3])
    assert [value(one)[0, 0] for one in x.split(kernel, 1, 4)] == [0, 2, 1, 3]


def test_zeros_and_constants():
    np.testing.assert_array_equal(value(x.zeros("a", (3, 2), "float16")), np.zeros((3, 2), "float16"))
    one = np.float32(2.5).tobytes()
    np.testing.assert_array_equal(value(x.constant("a", (5, 400_000), "float32", one)), np.full((5, 400_000), 2.5))
    given_ = counted((2, 2), "int64")
    np.testing.assert_array_equal(value(x.constant("a", (2, 2), "int64", given_.tobytes())), given_)


FLOATS = ["float16", "bfloat16", "float32", "float64"]


def noise(dtype: str, shape=(3, 40, 7)) -> np.ndarray:
    array = np.random.default_rng(3).normal(size=shape) * 3
    return array.astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


def nearest(array: np.ndarray, dtype: str) -> np.ndarray:
    return array.astype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


@pytest.mark.parametrize("dtype", FLOATS)
def test_arithmetic_is_rounded_once(dtype):
    a, b = noise(dtype), noise(dtype)[:, ::-1].copy()
    wide_a, wide_b = a.astype("float64"), b.astype("float64")
    for tensor, expected in [
        (x.scale(stored(a), 1.2), wide_a * 1.2),
        (x.shift(stored(a), 0.1), wide_a + 0.1),
        (x.add(stored(a), stored(b)), wide_a + wide_b),
        (x.multiply(stored(a), stored(b)), wide_a * wide_b),
        (x.square(stored(a)), wide_a**2),
        (x.square_root(x.square(stored(a))), np.sqrt(nearest(wide_a**2, dtype).astype("float64"))),
        (x.reciprocal(stored(a)), 1 / wide_a),
    ]:
        assert not tensor.exact
        np.testing.assert_array_equal(value(tensor), nearest(expected, dtype), err_msg=repr(tensor))


@pytest.mark.parametrize(("shape", "axis"), [((7, 300), 1), ((3, 400_000), 1), ((2, 2, 300_000), 1), ((5, 9), 0)])
def test_slices_of_any_size_are_scaled(shape, axis):
    array = noise("float32", shape)
    start, stop = shape[axis] // 3, 2 * shape[axis] // 3 + 1
    expected = np.moveaxis(array.astype("float64"), axis, 0)
    expected[start:stop] *= 1.2
    made = value(x.scale(stored(array, step=100_000), 1.2, axis=axis - len(shape), start=start, stop=stop))
    np.testing.assert_array_equal(made, np.moveaxis(expected, 0, axis).astype("float32"))


def test_columns_of_some_gates_are_scaled():
    array = noise("float32", (5, 12))
    tensor = x.scale(stored(array), 1.2, axis=1, start=3, stop=6)
    expected = array.astype("float64")
    expected[:, 3:6] *= 1.2
    np.testing.assert_array_equal(value(tensor), expected.astype("float32"))
    column = x.scale(stored(array), 0.5, axis=0, start=4)
    assert column.exact
    np.testing.assert_array_equal(value(column)[4], array[4] / 2)
    np.testing.assert_array_equal(value(column)[:4], array[:4])


@pytest.mark.parametrize("target", [*FLOATS, "int32"])
@pytest.mark.parametrize("dtype", [*FLOATS, "int64", "bool"])
def test_casts(dtype, target):
    array = noise(dtype) if dtype in FLOATS else (counted((50, 40)) % (2 if dtype == "bool" else 300)).astype(dtype)
    tensor = x.cast(stored(array), target)
    expected = nearest(array.astype("float64"), target)
    np.testing.assert_array_equal(value(tensor), expected)
    if tensor.exact:
        np.testing.assert_array_equal(expected.astype("float64"), array.astype("float64"))


def test_bfloat16_keeps_what_is_no_number():
    array = np.array([np.inf, -np.inf, np.nan, 3.4e38, 1e-45, -0.0, 1 + 2**-8, 1 + 3 * 2**-8, 1 + 2**-8 + 2**-40])
    made = value(x.cast(stored(array), "bfloat16")).astype("float64")
    # ml_dtypes itself rounds float64 twice, and the last one down.
    nearest_ = [np.inf, -np.inf, np.nan, np.inf, 0, -0.0, 1, 1 + 4 * 2**-8, 1 + 2 * 2**-8]
    np.testing.assert_array_equal(made, nearest_)
    assert np.signbit(made[5])


def test_names_and_words():
    tensor = x.scale(x.transpose(stored(noise("float32", (2, 3))), (1, 0)), 1.2)
    assert (tensor.name, tensor.path, tensor.shape) == ("kernel", "group/kernel", (3, 2))
    assert "scale(transpose(group/kernel, axes=(1, 0)), factor=1.2" in repr(tensor)
    assert x.renamed(tensor, "0").name == "0"
    assert not x.renamed(tensor, "0").exact


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t: x.transpose(t, (0, 0)),
        lambda t: x.reshape(t, (4, 4)),
        lambda t: x.part(t, 0, 1, 4),
        lambda t: x.split(t, 1, 2),
        lambda t: x.concatenate([t, x.transpose(t, (1, 0)), t], 0),
        lambda t: x.add(t, x.reshape(t, (6,))),
        lambda t: x.scale(x.cast(t, "float32"), 2.0, axis=0, start=2, stop=9),
        lambda t: x.constant("a", (3,), "int8", b"ab"),
        lambda t: x.scale(t, 2.0),
        lambda t: x.reciprocal(t),
    ],
)
def test_what_does_not_fit_is_refused_when_it_is_said(wrong):
    with pytest.raises(ValueError):
        wrong(stored(counted((2, 3))))


def test_a_tensor_with_too_few_bytes():
    short = TensorRef("a", "a", (4,), "int8", 4, Locus(), lambda: iter([b"abc"]))
    with pytest.raises(FormatError):
        b"".join(x.flip(short, [0]).chunks())


def test_what_moves_needs_no_numpy_and_what_calculates_says_that_it_does():
    code = """
import sys
sys.modules["numpy"] = None
from keras_doctor.document import Locus, TensorRef, expressions as x
from keras_doctor.writers import evaluation
from keras_doctor.writers.evaluation import pieces
a = TensorRef("a", "a", (2, 2), "float16", 8, Locus(), lambda: iter([b"aabbccdd"]))
assert b"".join(pieces(x.transpose(a))) == b"aaccbbdd"
try:
    b"".join(pieces(x.scale(a, 2.0)))
except x.NeedsArithmetic as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "takes NumPy: pip install" in done.stdout
