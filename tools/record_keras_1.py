#!/usr/bin/env python3
"""Save models of Keras 1 with options that few models have, and what it computes with them. Runs inside Keras 1.

    KERAS_BACKEND=tensorflow|theano python tools/record_keras_1.py OUT [name …]
    tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C RECORDED -cJf tests/data/keras-1-models.tar.xz .

Writes OUT/CASE/{model.h5, golden.npz}: inputs `in0 …`, outputs `out0 …`. RECORDED holds an OUT for each release and
backend. What a release or backend does not have is named on standard error.
"""

import os
import sys

import numpy as np
from keras import backend as K  # noqa: N812 - as everybody calls it
from keras import layers as L  # noqa: N812
from keras.layers import Input
from keras.models import Model, Sequential

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def channels_first(function):
    """A case whose user has set image_dim_ordering to th."""

    def made():
        K.set_image_dim_ordering("th")
        try:
            return function()
        finally:
            K.set_image_dim_ordering("tf")

    CASES[function.__name__] = made
    return made


def chain(*layers):
    model = Sequential()
    for layer in layers:
        model.add(layer)
    return model


# Layers that do not say where the channels stand


@channels_first
def dim_conv():
    return chain(
        L.ZeroPadding2D((1, 1), input_shape=(3, 6, 7)),
        L.Convolution2D(4, 3, 3, activation="relu"),
        L.UpSampling2D((2, 1)),
        L.Cropping2D(((1, 0), (2, 1))),
        L.MaxPooling2D((2, 2)),
        L.Flatten(),
        L.Dense(3),
    )


@channels_first
def dim_dense():
    """Nothing but the size of a kernel tells."""
    return chain(L.ZeroPadding2D((1, 2), input_shape=(3, 5, 4)), L.Flatten(), L.Dense(2))


@channels_first
def dim_axis():
    return chain(L.BatchNormalization(axis=1, input_shape=(3, 4, 5)), L.UpSampling2D((2, 3)))


@channels_first
def dim_3d():
    return chain(
        L.ZeroPadding3D((1, 1, 2), input_shape=(2, 3, 4, 3)),
        L.Convolution3D(3, 2, 2, 2),
        L.UpSampling3D((1, 2, 2)),
        L.Cropping3D(((1, 1), (0, 1), (1, 0))),
    )


@channels_first
def dim_nested():
    inner = chain(L.ZeroPadding2D((2, 1), input_shape=(4, 4, 5)), L.UpSampling2D((2, 1)))
    return chain(chain(L.Convolution2D(4, 3, 3, input_shape=(3, 6, 7))), inner)


@channels_first
def dim_each_step():
    padding = L.TimeDistributed(L.ZeroPadding2D((1, 2)))
    return chain(L.TimeDistributed(L.Convolution2D(4, 3, 3), input_shape=(2, 3, 6, 7)), padding)


@channels_first
def dim_unknown():
    """Nothing tells."""
    return chain(L.ZeroPadding2D((1, 2), input_shape=(3, 5, 4)))


@case
def dim_last():
    return chain(L.ZeroPadding2D((1, 1), input_shape=(5, 6, 3)), L.Convolution2D(4, 3, 3), L.UpSampling2D((2, 1)))


# Layers with a number for each feature


@case
def srelu():
    return chain(L.Dense(5, input_shape=(4,)), L.SReLU(), L.Dense(2))


@case
def srelu_shared():
    first = L.Convolution2D(3, 2, 2, dim_ordering="tf", input_shape=(4, 5, 2))
    return chain(first, L.SReLU(shared_axes=[1, 2]), L.SReLU(shared_axes=[1, 3]), L.SReLU(shared_axes=[1, 2, 3]))


@case
def srelu_each_step():
    return chain(L.TimeDistributed(L.SReLU(shared_axes=[1, 2]), input_shape=(2, 3, 4, 3)))


@case
def srelu_twice():
    first, second, layer = Input((4,)), Input((4,)), L.SReLU()
    return Model([first, second], L.merge([layer(first), layer(second)], mode="concat"))


@case
def softplus():
    return chain(
        L.ParametricSoftplus(input_shape=(4, 3)),
        L.ParametricSoftplus(shared_axes=[1]),
        L.ParametricSoftplus(shared_axes=[2]),
        L.TimeDistributed(L.ParametricSoftplus(shared_axes=[1])),
    )


@case
def prelu_shared():
    inner = L.TimeDistributed(L.PReLU(shared_axes=[1, 2], init="one"), input_shape=(2, 3, 4, 3))
    return chain(inner, L.PReLU(shared_axes=[2]), L.PReLU(shared_axes=[1, 2, 3, 4]))


@case
def batch_mode_1():
    second = L.BatchNormalization(mode=1, epsilon=0.01, gamma_regularizer="l2")
    return chain(L.BatchNormalization(mode=1, input_shape=(3, 4)), L.Dense(3), second)


@case
def batch_mode_2():
    return chain(
        L.BatchNormalization(mode=2, input_shape=(3, 4, 2)),
        L.BatchNormalization(mode=2, axis=1, epsilon=0.01),
        L.TimeDistributed(L.BatchNormalization(mode=2, axis=1)),
    )


@case
def batch_mode_2_sized():
    return chain(L.TimeDistributed(L.BatchNormalization(mode=2), batch_input_shape=(3, 4, 5)))


@channels_first
def local_first():
    """All that states where the channels stand has them first; what it is put together from has them last."""
    first = L.Convolution2D(2, 2, 2, input_shape=(2, 5, 6))
    return chain(first, L.LocallyConnected2D(3, 2, 2, subsample=(2, 2)), L.Flatten(), L.Dense(2))


@case
def dense_each_step():
    inner = L.TimeDistributed(L.MaxoutDense(3, nb_feature=2), input_shape=(3, 4))
    return chain(inner, L.TimeDistributed(L.Highway(activation="tanh")))


@channels_first
def dim_steps():
    """Layers of one dimension have their channels last, whatever the others say."""
    image = chain(L.Convolution2D(3, 2, 2, input_shape=(2, 4, 5)), L.Reshape((6, 6)), L.Convolution1D(4, 2))
    for layer in (L.MaxPooling1D(2), L.UpSampling1D(2), L.GlobalAveragePooling1D(), L.Dense(2)):
        image.add(layer)
    return image


@case
def hard_states():
    options = {"activation": "hard_sigmoid", "return_sequences": True}
    first = L.GRU(3, inner_activation="sigmoid", input_shape=(4, 3), **options)
    return chain(first, L.Bidirectional(L.SimpleRNN(2, **options)), L.GRU(2, **options))


# Layers that put out the tensor that they are given


@case
def handed_on():
    start = Input((4,))
    same = L.ActivityRegularization(l1=0.1)(start)
    return Model(start, [same, L.Dense(2)(same)])


@case
def handed_on_three_times():
    start = Input((4,))
    return Model(start, L.Activation("linear")(L.ActivityRegularization(l1=0.1)(L.Dropout(0.0)(start))))


@case
def handed_on_in_a_model():
    start, inner = Input((4,)), Input((4,))
    model = Model(inner, L.ActivityRegularization(l2=0.1)(inner))
    return Model(start, L.Dense(2)(model(L.Dense(4)(start))))


# Functions that merge


@case
def merged_by_lambda():
    first, second = Input((4,)), Input((4,))
    both = L.merge([first, second], mode=lambda x, k: x[0] * k - x[1], output_shape=(4,), arguments={"k": 3.0})
    return Model([first, second], both)


@case
def merged_by_function():
    def distance(pair):
        x, y = pair
        return K.sqrt(K.sum(K.square(x - y), axis=1, keepdims=True))

    first, second = Input((4,)), Input((4,))
    return Model(
        [first, second], L.merge([first, second], mode=distance, output_shape=lambda shapes: (shapes[0][0], 1))
    )


@case
def merged_by_cosine():
    first, second, third = Input((4,)), Input((4,)), Input((3, 4))
    vectors = L.Lambda(lambda x: x * 2.0, output_shape=lambda shape: shape)(L.merge([first, second], mode="cos"))
    matrices = L.merge([third, L.Activation("relu")(third)], mode="cos", dot_axes=2)
    return Model([first, second, third], [L.Dense(2)(vectors), matrices])


@case
def merged_first_by_lambda():
    branches = [chain(L.Dense(3, input_shape=(size,))) for size in (4, 5)]
    return chain(L.Merge(branches, mode=lambda x: x[0] - x[1], output_shape=(3,)), L.Dense(2))


# Windows


def convlstm(shape, **config):
    return chain(L.ConvLSTM2D(2, inner_activation="sigmoid", input_shape=shape, **config))


@case
def window_even():
    return convlstm((2, 5, 6, 2), nb_row=2, nb_col=4, dim_ordering="tf", return_sequences=True)


@case
def window_even_same():
    return convlstm((2, 5, 6, 2), nb_row=2, nb_col=3, dim_ordering="tf", border_mode="same")


@case
def window_even_first():
    return convlstm((2, 2, 5, 6), nb_row=2, nb_col=3, dim_ordering="th", go_backwards=True)


@case
def window_odd_first():
    return convlstm((2, 2, 5, 6), nb_row=3, nb_col=1, dim_ordering="th", border_mode="same")


@case
def separable_first():
    options = {"depth_multiplier": 2, "subsample": (2, 2), "border_mode": "same", "dim_ordering": "th"}
    return chain(L.SeparableConvolution2D(3, 3, 2, input_shape=(2, 5, 6), **options))


def randomize(model):
    """Give every weight another value, so that none is at its default."""
    random, values = np.random.RandomState(3), []
    for weight, value in zip(model.weights, model.get_weights()):  # noqa: B905 - Python 3.6 has no strict
        drawn = random.uniform(0.05, 0.6, value.shape) * np.where(random.uniform(size=value.shape) < 0.5, -1, 1)
        if any(word in weight.name for word in ("running_std", "gamma")):
            drawn = random.uniform(0.5, 1.5, value.shape)
        values.append(drawn.astype(value.dtype))
    model.set_weights(values)


def drawn_for(model):
    """Inputs of three examples with few digits, which pack well."""
    found = []
    for place, tensor in enumerate(model.inputs):
        shape = [size or (6 if axis else 3) for axis, size in enumerate(tensor._keras_shape)]
        random = np.random.RandomState(11 + place)
        whole = "int" in K.dtype(tensor)
        found.append(random.randint(0, 5, shape) if whole else random.randint(-128, 129, shape) / 128.0)
        found[-1] = found[-1].astype("int32" if whole else "float32")
    return found


def record(model, folder):
    randomize(model)
    inputs = drawn_for(model)
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], batch_size=len(inputs[0]))
    outputs = outputs if isinstance(outputs, list) else [outputs]
    if not all(np.isfinite(one).all() for one in outputs):
        raise ValueError("its outputs are no numbers")
    if not os.path.isdir(folder):
        os.makedirs(folder)
    model.save(os.path.join(folder, "model.h5"))
    arrays = {f"in{number}": one for number, one in enumerate(inputs)}
    arrays.update({f"out{number}": one for number, one in enumerate(outputs)})
    np.savez_compressed(os.path.join(folder, "golden.npz"), **arrays)


def main(out, names):
    if K.backend() == "theano":
        __import__("theano.ifelse")  # Keras 1 forgot it
    for name, function in CASES.items():
        if names and not any(name.startswith(one) for one in names):
            continue
        try:
            record(function(), os.path.join(out, name))
        except Exception as error:
            print(name, type(error).__name__, str(error).split("\n")[0][:150], file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
