"""What each mark tells: who can have written it, and how to say so.

Spans name every release that *can* show the mark (see `dating_writers`), not those where it is usual: a span that is
too narrow makes a wrong date, one that is too wide only a vague one. All were measured: each release of Keras 1.0 to
3.15 and of tf_keras, and TensorFlow 1.4, 1.8, 1.10 and 1.12 to 2.15, wrote the same models, and marks were looked for
in what they wrote. TensorFlow 1.5, 1.6, 1.7, 1.9 and 1.11 are taken to do what their neighbours do.
`tools/check_dating.py` repeats the comparison.

Values of a config never count, since they survive a load and a save by a later release. Its keys do not: each release
writes its own.
"""

from __future__ import annotations

# mark → (who can show it, what it is). In the order in which they are believed, should they contradict each other.
MARKERS: dict[str, tuple[str, str]] = {
    # the container
    "format-keras-v3": ("tf2.12..", "the Keras v3 archive"),
    "format-keras-v3-directory": ("tf2.12..", "the files of a Keras v3 archive"),
    "format-v3-weights": ("tf2.12..", "the layout of .weights.h5 that came with Keras v3"),
    "format-v3-weights-sharded": ("3.10.0..", "sharded weights"),
    "format-yaml-architecture": ("1.0.0..tf2.5", "an architecture in YAML"),
    "format-savedmodel": ("tf1.13..tk2.21.0", "a SavedModel with Keras metadata"),
    # how layers are connected, and how a model is written down
    "nodes-dict": ("3.0.0..", "inbound nodes as objects with args and kwargs"),
    "nodes-four": ("2.0.0..tk2.21.0", "inbound nodes as lists of four entries"),
    "nodes-three": ("1.0.0..1.2.2", "inbound nodes as lists of three entries"),
    "json-module": ("3.0.0..", "a module beside the model's class name"),
    "json-plain": ("1.0.0..tk2.21.0", "no module beside the model's class name"),
    "module-tf-keras": ("tk2.14.1..tk2.21.0", "classes of the module tf_keras"),
    "module-src-models": ("3.0.0..", "classes of the module keras.src.models"),
    "module-src-ops": ("3.0.0..", "operations of the module keras.src.ops as layers"),
    "module-src-engine": ("tf2.13..tf2.15 tk2.14.1", "classes of the module keras.src.engine"),
    "module-engine": ("tf2.12", "classes of the module keras.engine"),
    "module-src-initializers": ("3.0.0..3.0.1", "initializers of the module keras.src.initializers"),
    "module-initializers": ("tf2.12..tk2.21.0 3.0.2..", "initializers of the module keras.initializers"),
    "module-outside-archive": ("tf2.13..tk2.21.0 3.0.2..", "initializers with a module outside a Keras v3 archive"),
    "module-layers": ("tf2.12..tk2.21.0 3.0.2..", "layers of the module keras.layers"),
    "outputs-bare": ("3.11.0..", "a single output that does not stand in a list"),
    "sequential-dtype": ("3.0.0..", "a Sequential with a dtype"),
    "sequential-no-dtype": ("1.0.0..tk2.21.0", "a Sequential without a dtype"),
    "sequential-input": ("tf2.3..", "a Sequential that begins with an InputLayer"),
    "sequential-list": ("1.0.0..2.2.2 tf1.4..tf1.11", "a Sequential whose config is a bare list"),
    "sequential-dict": ("2.2.2..2.3.1 tf1.11..", "a Sequential whose config has a name and layers"),
    "sequential-shaped-built": ("tf2.2", "a Sequential with both an input shape and build_input_shape"),
    "functional-class": ("tf2.3..", "the class Functional"),
    "functional-trainable": ("tf2.12..", "a Functional with the key trainable"),
    "functional-no-trainable": ("tf2.3..tf2.11", "a Functional without the key trainable"),
    "model-class": ("1.0.0..tf2.2", "the class Model for a graph of layers"),
    # how objects are written down
    "initializer-plain": ("1.0.0..tf2.12", "initializers without a module"),
    "dtype-text": ("1.0.0..3.3.3", "a layer's dtype as text"),
    "dtype-policy": ("3.4.0..", "a layer's dtype as a policy object"),
    "shared-object-id": ("tf2.5..", "shared_object_id"),
    "compile-config-empty": ("3.10.0..", "an empty compile_config"),
    "compile-config-none": ("tf2.12..3.9.2", "no compile_config"),
    "dropout-built": ("tf2.13..tk2.21.0 3.3.0..3.5.0", "a Dropout with a build_config"),
    "dropout-not-built": ("3.0.0..3.2.1 3.6.0..", "a Dropout without a build_config"),
    "weightless-built": ("tf2.13..3.5.0", "build_config of layers that have no weights"),
    "weightless-not-built": ("3.6.0..", "layers without weights that have no build_config"),
    # the training config
    "training-run_eagerly": ("3.0.0..", "run_eagerly in the training config"),
    "training-no-run_eagerly": ("1.0.0..tk2.21.0", "no run_eagerly in the training config"),
    "training-sample_weight_mode": ("1.0.0..tk2.21.0", "sample_weight_mode in the training config"),
    "training-no-sample_weight_mode": ("tf2.3..", "no sample_weight_mode in the training config"),
    "training-weighted_metrics": ("2.2.4..2.3.1 tf1.11..", "weighted_metrics in the training config"),
    "training-no-weighted_metrics": ("1.0.0..2.2.4 tf1.4..tf1.11", "no weighted_metrics in the training config"),
    "optimizer-custom": ("tf2.9..tk2.21.0", "an optimizer that is called Custom>…"),
    "metrics-nested": ("tf2.4..tk2.21.0", "metrics as a list of objects for each output"),
    # the weights
    "store-dependencies": ("tf2.12..tf2.14 tk2.14.1", "weights in groups named _layer_checkpoint_dependencies"),
    "store-doubled": ("tf2.12..tf2.13", "groups of the weights that count each layer twice"),
    "store-layers": ("tf2.15..", "weights in groups named layers"),
    "store-metrics": ("tf2.12..tk2.21.0", "the state of metrics among the weights"),
    "store-named": ("3.6.0..", "names on the groups of variables"),
    "store-unnamed": ("tf2.12..3.5.0", "no names on the groups of variables"),
    "top-level-weights": ("tf2.7..", "the group top_level_model_weights"),
    "no-top-level-weights": ("1.0.0..tf2.6", "no group top_level_model_weights"),
    "weights-colon": ("1.0.0..tk2.21.0", "weights whose names end with :0"),
    "weights-no-colon": ("1.0.0..2.3.1 3.0.0..", "weights whose names do not end with :0"),
    "weights-keras-1": ("1.0.0..1.2.2", "weights with names like dense_1_W"),
    "checkpoint-layers": ("tf1.10..tk2.21.0", "objects called layer_with_weights in a checkpoint"),
    "checkpoint-optimizer": ("tf2.9..tk2.21.0", "an optimizer's _variables in a checkpoint"),
    "backend-utf8": ("tf1.14..", "the attribute backend in UTF-8"),
    "slots-iter": ("tf1.13..tk2.21.0", "an optimizer's weight called iter"),
    "slots-iteration-colon": ("tf2.9..tk2.21.0", "an optimizer's weight called iteration:0"),
    "slots-iteration": ("3.0.0..3.2.1", "an optimizer's weight called iteration"),
    "slots-path-iteration": ("3.3.0..", "an optimizer's weight called …/iteration"),
}  # fmt: skip
