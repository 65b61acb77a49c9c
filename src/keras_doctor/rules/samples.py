"""Small documents for the examples of rules: an intact model, and the same with something wrong."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.document.tensors import TensorRef, WeightGroup
from keras_doctor.environments import Environment
from keras_doctor.wire.errors import Damage, Oddity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_CONTAINERS = {
    "keras-v3": ("zip", "model.keras"),
    "hdf5-model": ("hdf5", "model.h5"),
    "savedmodel": ("directory", "model"),
}
NEWEST = "python==3.11 keras==3.15.1 tensorflow==2.21.0"


def _code(text: str) -> dict[str, Any]:
    return {"class_name": "__lambda__", "config": {"code": text, "defaults": None, "closure": None}}


# Functions as Keras 3 under Python 3.11 writes them: `lambda x: x * 2.0 + 1.0`, `lambda x: tf.reduce_sum(x, 1)`.
PLAIN_CODE = _code(
    "4wEAAAAAAAAAAAAAAAIAAAADAAAA8xIAAACXAHwAZAF6BQAAZAJ6AAAAUwApA05nAAAAAAAAAEBnAAAAAAAA8D+pACkB2gF4cwEAAAAg+gRtLnB5"
    "+gg8bGFtYmRhPnIFAAAAAQAAAHMOAAAAgACIIYhjiSeQQ4ktgADzAAAAAA=="
)
GLOBAL_CODE = _code(
    "4wEAAAAAAAAAAAAAAAQAAAADAAAA8zgAAACXAHQAAAAAAAAAAAAAAKABAAAAAAAAAAAAAAAAAAAAAAAAAAB8AGQBpgIAAKsCAAAAAAAAAABTACkC"
    "TukBAAAAKQLaAnRm2gpyZWR1Y2Vfc3VtKQHaAXhzAQAAACD6BG0ucHn6CDxsYW1iZGE+cgcAAAABAAAAcxQAAACAAI0ijy2KLZgBmDHRCh3UCh2A"
    "APMAAAAA"
)


def sample(
    form: str = "keras-v3",
    *,
    damage: Damage | None = None,
    oddity: Oddity | None = None,
    path: str = "",
    env: str = NEWEST,
    container: str = "",
    **fields: Any,
) -> tuple[ModelDocument, Environment]:
    """Return a document of a format, with one damage or oddity, and the environment that a string names."""
    usual_container, usual_path = _CONTAINERS.get(form, ("hdf5", "model.h5"))
    document = ModelDocument(
        path or usual_path,
        form,
        container or usual_container,
        size=fields.pop("size", 20_000),
        damage=(damage,) if damage else (),
        oddities=(oddity,) if oddity else (),
        **fields,
    )
    return document, Environment.parse(env)


def sequential(
    *layers: tuple[str, dict[str, Any]], form: str = "keras-v3", module: str = "keras", env: str = NEWEST, **fields: Any
) -> tuple[ModelDocument, Environment]:
    """Return a Sequential model of layers, each a class name and its keywords, as `.keras` archives or (`module=""`)
    HDF5 files have them.
    """
    held = [entry(name, keywords, module and f"{module}.layers") for name, keywords in layers]
    config = entry("Sequential", {"name": "sequential", "layers": held}, module)
    return sample(form, env=env, config=config, **fields)


def lambda_model(function: Any, env: str = NEWEST, **keywords: Any) -> tuple[ModelDocument, Environment]:
    """Return a model with a Lambda layer, as an HDF5 file of Keras 3 has it."""
    held = {"name": "lambda", "function": function, **keywords}
    return sequential(_FOUR, ("Lambda", held), form="hdf5-model", module="", env=env)


_FOUR = ("InputLayer", {"batch_shape": [None, 4], "dtype": "float32", "name": "input_layer"})


def entry(name: str, keywords: dict[str, Any], module: str = "keras.layers") -> dict[str, Any]:
    """Return one object of a config, with its module (`.keras`) or without (HDF5)."""
    made: dict[str, Any] = {"class_name": name, "config": keywords}
    return {"module": module, **made, "registered_name": None} if module else made


def functional(
    *layers: dict[str, Any], ends: tuple[Any, Any], form: str = "keras-v3", env: str = NEWEST, **fields: Any
) -> tuple[ModelDocument, Environment]:
    """Return a functional model of layer entries, each with its `inbound_nodes`; `ends`: its inputs and outputs."""
    keywords = {"name": "functional", "layers": list(layers), "input_layers": ends[0], "output_layers": ends[1]}
    module = "keras.src.models.functional" if form == "keras-v3" else ""
    return sample(form, env=env, config=entry("Functional", keywords, module), **fields)


def placed(name: str, class_name: str, keywords: dict[str, Any], *inbound: Any) -> dict[str, Any]:
    """Return a layer of a functional model. `inbound`: for each call, the name of the layer before or a node."""
    nodes = [tensors(node) if isinstance(node, str) else node for node in inbound]
    return {**entry(class_name, {"name": name, **keywords}), "name": name, "inbound_nodes": nodes}


def tensors(layer: str, node: int = 0) -> dict[str, Any]:
    """Return the arguments of a call that takes what a layer puts out, as Keras 3 writes them."""
    history = {"shape": [None, 4], "dtype": "float32", "keras_history": [layer, node, 0]}
    return {"args": [{"class_name": "__keras_tensor__", "config": history}], "kwargs": {}}


def stored(groups: dict[str, tuple[tuple[int, ...], ...]]) -> tuple[WeightGroup, ...]:
    """Return the groups of a v3 store: inner path, and the shapes of the variables there."""
    return tuple(
        WeightGroup(
            owner,
            f"model.weights.h5:/{owner}/vars",
            tuple(
                TensorRef(str(n), f"{owner}/vars/{n}", shape, "float32", 0, Locus(), lambda: iter(()))
                for n, shape in enumerate(shapes)
            ),
        )
        for owner, shapes in groups.items()
    )


def trained(env: str = "python==3.11 tensorflow==2.15.1", **entries: Any) -> tuple[ModelDocument, Environment]:
    """Return a small model in an HDF5 file with a training config as tf.keras 2.4 writes it. `entries` are put into
    that config; one that is None is taken out.
    """
    config = {
        "optimizer_config": entry("SGD", {"name": "SGD", "learning_rate": 0.01}, ""),
        "loss": "mean_squared_error",
        "metrics": [],
        "loss_weights": [1.0],
        **entries,
    }
    training = TrainingState({key: value for key, value in config.items() if value is not None}, "training_config")
    layer = ("Dense", {"name": "dense", "batch_input_shape": [None, 4], "units": 3})
    return sequential(layer, form="hdf5-model", module="", env=env, training=training)


_DENSE = ("Dense", {"name": "dense", "batch_input_shape": [None, 4], "units": 3})
_LISTED = object()


def in_hdf5(
    groups: Mapping[str, tuple[tuple[int, ...], ...]],
    *layers: tuple[str, dict[str, Any]],
    env: str = "python==3.11 tensorflow==2.15.1",
    backend: str = "tensorflow",
    layer_names: Any = _LISTED,
    version: str | None = "2.3.1",
) -> tuple[ModelDocument, Environment]:
    """Return a Sequential model (of a Dense) in an HDF5 file with weights: a layer's name, and the shapes of the arrays
    in its group. `layer_names`: None for a file whose list of layers is lost; `version`: of Keras, as the weights state
    it.
    """
    facts = {
        "weights_complete": True,
        "layer_names": len(groups) if layer_names is _LISTED else layer_names,
        "weights_backend": backend,
        "weights_keras_version": version,
    }
    weights = tuple(
        WeightGroup(
            owner,
            f"/model_weights/{owner}",
            tuple(
                TensorRef(
                    f"{owner}/{n}:0", f"model_weights/{owner}/{n}", shape, "float32", 0, Locus(), lambda: iter(())
                )
                for n, shape in enumerate(shapes)
            ),
        )
        for owner, shapes in groups.items()
    )
    return sequential(*layers or (_DENSE,), form="hdf5-model", module="", env=env, weights=weights, facts=facts)


def revived(
    env: str,
    *,
    layer: tuple[str, dict[str, Any]] = ("Dense", {"units": 3}),
    ops: tuple[str, ...] = ("MatMul",),
    embedded: bool = True,
    marked: bool = False,
    metric: str = "",
    nested: bool = False,
    facts: dict[str, Any] | None = None,
) -> tuple[ModelDocument, Environment]:
    """Return a SavedModel of a Sequential: one layer, the operations of its graph, whether the configs stand in the
    graph itself, whether they mark shapes, a metric by its function, a model inside it, and further facts.
    """
    shape: Any = {"class_name": "TensorShape", "items": [None, 4]} if marked else [None, 4]
    name, keywords = layer
    inner = {"class_name": name, "config": keywords}
    config = {"class_name": "Sequential", "config": {"name": "model", "layers": [inner]}}
    nodes = [
        ("", "_tf_keras_sequential", {**config, "build_input_shape": shape}),
        ("layer_with_weights-0", "_tf_keras_layer", {**inner, "name": keywords.get("name", "layer")}),
    ]
    if nested:
        nodes.append(("layer_with_weights-1", "_tf_keras_sequential", config))
    if metric:
        held = {"class_name": "MeanMetricWrapper", "config": {"name": metric, "fn": metric}, "name": metric}
        nodes.append(("keras_api/metrics/0", "_tf_keras_metric", held))
    objects = tuple({"path": path, "identifier": kind, "metadata": metadata} for path, kind, metadata in nodes)
    known = {"keras_objects": objects, "ops": ops, "embedded_metadata": embedded, **(facts or {})}
    return sample("savedmodel", env=env, config=config, facts=known)
