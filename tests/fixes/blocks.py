"""Layers as users write them, that hold layers: what tools/record_own_layers.py saved in real releases."""

import sys

# The Keras that loads the model is imported already; it is of any line.
keras = sys.modules.get("tf_keras") or sys.modules.get("keras") or sys.modules["tensorflow"].keras
if not getattr(keras, "__version__", "").startswith("3"):
    keras = sys.modules["tensorflow"].keras
layers = keras.layers


class TransformerBlock(layers.Layer):
    def __init__(self, embed_dim, num_heads, ff_dim, rate=0.1, **kwargs):
        super(TransformerBlock, self).__init__(**kwargs)  # noqa: UP008 - as most code has it
        self.embed_dim, self.num_heads, self.ff_dim, self.rate = embed_dim, num_heads, ff_dim, rate
        self.att = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.ffn = keras.Sequential([layers.Dense(ff_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm1 = layers.LayerNormalization(epsilon=1e-6)
        self.layernorm2 = layers.LayerNormalization(epsilon=1e-6)
        self.dropout1 = layers.Dropout(rate)
        self.dropout2 = layers.Dropout(rate)

    def call(self, inputs, training=None):
        attended = self.dropout1(self.att(inputs, inputs), training=training)
        between = self.layernorm1(inputs + attended)
        return self.layernorm2(between + self.dropout2(self.ffn(between), training=training))

    def get_config(self):
        own = {"embed_dim": self.embed_dim, "num_heads": self.num_heads, "ff_dim": self.ff_dim, "rate": self.rate}
        return {**super().get_config(), **own}


class ResidualBlock(layers.Layer):
    def __init__(self, filters, n=2, shortcut=True, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.n = n
        self.shortcut = shortcut
        self.norms = []
        self.convs = [layers.Conv2D(filters, 3, padding="same", use_bias=False) for _ in range(n)]
        for _ in range(n):  # after `convs`, though the list was there before
            self.norms.append(layers.BatchNormalization())
        if shortcut:
            self.projection = layers.Conv2D(filters, 1)
        self.act = layers.Activation("relu")

    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=(self.filters,), initializer="ones", trainable=True)
        self.seen = self.add_weight(name="seen", shape=(), initializer="zeros", trainable=False)
        super().build(input_shape)

    def call(self, x, training=None):
        y = x
        for conv, norm in zip(self.convs, self.norms):  # noqa: B905 - Python 3.7
            y = self.act(norm(conv(y), training=training))
        return ((self.projection(x) if self.shortcut else x) + y) * self.scale + self.seen

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "n": self.n, "shortcut": self.shortcut}


class Pool(layers.Layer):
    def __init__(self, units=8, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.use_bias = use_bias
        self.v = layers.Dense(1)
        self.a = layers.Dense(units * 2, use_bias=use_bias, activation="tanh")

    def build(self, input_shape):
        self.gain = self.add_weight(name="gain", shape=(1,), initializer="ones")
        super().build(input_shape)

    def call(self, x):
        return layers.GlobalAveragePooling1D()(self.v(self.a(x)) * x) * self.gain

    def get_config(self):
        return {**super().get_config(), "units": self.units, "use_bias": self.use_bias}


class Encoder(layers.Layer):
    def __init__(self, depth, dim, **kwargs):
        super().__init__(**kwargs)
        self.depth = depth
        self.dim = dim
        self.blocks = [TransformerBlock(dim, 2, dim * 2) for _ in range(depth)]
        self.pool = Pool(4)
        self.rnn = layers.Bidirectional(layers.LSTM(3, return_sequences=True))

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.pool(self.rnn(x))

    def get_config(self):
        return {**super().get_config(), "depth": self.depth, "dim": self.dim}


class Doubled(layers.Dense):
    def call(self, x):
        return super().call(x) * 2.0
