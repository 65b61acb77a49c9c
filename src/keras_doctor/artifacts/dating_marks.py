"""What in a model's config, training config and other facts can tell who wrote it: one bounded walk, no judgement.

The ids of marks are those of `dating_markers.MARKERS`, which says what each means.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Kind = tuple[str, str | None, tuple[str, ...]]

OBJECTS = 20_000  # dicts and lists that a walk visits at most
WIDTH = 5_000  # entries of one list that it looks at
ARCHIVES = ("keras-v3", "keras-v3-directory")
KINDS = 500  # different classes, or sets of keys of one class, in one config
_CONTAINERS = (dict, list)
# Below these keys stands nothing that dates: shapes, node arguments, user payloads.
_SKIP = frozenset(
    (
        "build_config",
        "inbound_nodes",
        "input_layers",
        "output_layers",
        "shapes_dict",
        "node_def",
        "constants",
        "vocabulary",
    )
)
# Stock layers without weights whose class has no `build` of its own: Keras 3 stopped writing their build_config in 3.6.
_WEIGHTLESS = frozenset(
    (
        *("Activation", "ReLU", "LeakyReLU", "ELU", "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
        *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "GlobalMaxPooling1D"),
    )
)
_OWN_MODULES = (
    ("tf_keras", "module-tf-keras"),
    ("keras.engine.", "module-engine"),
    ("keras.src.engine.", "module-src-engine"),
    ("keras.src.models.", "module-src-models"),
    ("keras.src.ops.", "module-src-ops"),
    ("keras.src.initializers.", "module-src-initializers"),
    ("keras.initializers", "module-initializers"),
    ("keras.layers", "module-layers"),
)


class Marks:
    """The marks of one artifact: `found` maps ids to where the mark was seen first; `kinds` are the classes met.

    A kind is (class, module where the config states one for a stock class, keys of its config), with the place of the
    first of its kind. A place is the dict or list itself, or text.
    """

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.kinds: dict[Kind, Any] = {}

    def add(self, mark: str, place: Any) -> None:
        """Remember a mark and where it was first."""
        if mark not in self.found:
            self.found[mark] = place


def look(config: Any, training: Any, facts: dict[str, Any], form: str) -> Marks:
    """Return the marks of an artifact. Costs microseconds a layer; visits a bounded number of objects of a hostile
    config.
    """
    marks = Marks()
    marks.found[f"format-{form}"] = "the format"
    if type(config) is dict:
        _root(config, form, marks)
        _walk(config, marks, OBJECTS)
        if "built" not in marks.found:  # an unbuilt model has no build_config anywhere
            marks.found.pop("dropout-not-built", None)
            marks.found.pop("weightless-not-built", None)
        if form == "savedmodel":  # its metadata keeps the older form in every release
            marks.found.pop("initializer-plain", None)
        if "module-initializers" in marks.found and form not in ARCHIVES:
            marks.add("module-outside-archive", marks.found["module-initializers"])
    if type(training) is dict and training:
        _training(training, marks)
        _walk(training, marks, OBJECTS // 4)
    _facts(facts, form, marks)
    return marks


def _walk(root: dict[str, Any], marks: Marks, budget: int) -> None:
    kinds = marks.kinds
    stack: list[Any] = [root]
    while stack and budget:
        budget -= 1
        node = stack.pop()
        if type(node) is list:
            stack.extend([item for item in node[:WIDTH] if type(item) in _CONTAINERS])
            continue
        name, inner = node.get("class_name"), node.get("config")
        if type(name) is not str:
            stack.extend([value for key, value in node.items() if type(value) in _CONTAINERS and key not in _SKIP])
            continue
        if type(inner) is dict:
            module = node.get("module")
            if module is None or (
                node.get("registered_name") is None and type(module) is str
            ):  # else a class of somebody's own
                kind = (name, module, tuple(inner))
                if kind not in kinds:
                    kinds[kind] = inner
                    if len(kinds) > KINDS:
                        return
            _entry(name, module, node, inner, marks)
            stack.extend([value for key, value in inner.items() if type(value) in _CONTAINERS and key not in _SKIP])
        elif type(inner) is list:
            if name == "Sequential":
                marks.add("sequential-list", node)
            stack.append(inner)
        if type(node.get("compile_config")) is dict and node is not root:
            stack.append(node["compile_config"])


def _root(config: dict[str, Any], form: str, marks: Marks) -> None:
    if form == "json-architecture":
        marks.add("json-module" if "module" in config else "json-plain", config)
    if "module" in config and config.get("class_name") in ("Functional", "Sequential"):
        compiled = config.get("compile_config")
        if type(compiled) is not dict:
            marks.add("compile-config-none", config)
        elif not compiled:
            marks.add("compile-config-empty", config)


def _entry(name: str, module: Any, node: dict[str, Any], inner: dict[str, Any], marks: Marks) -> None:
    """Mark what one object of the config shows besides the keys of its own config."""
    if type(module) is str:
        for prefix, mark in _OWN_MODULES:
            if module.startswith(prefix):
                marks.add(mark, node)
                break
        if module == "keras.layers":
            built = "build_config" in node
            if built:
                marks.add("built", node)
            if name == "Dropout":
                marks.add("dropout-built" if built else "dropout-not-built", node)
            elif name in _WEIGHTLESS:
                marks.add("weightless-built" if built else "weightless-not-built", node)
    if "shared_object_id" in node:
        marks.add("shared-object-id", node)
    nodes = node.get("inbound_nodes")
    if type(nodes) is list and nodes:
        _nodes(nodes, node, marks)
    if "layers" in inner:
        _model(name, inner, marks)
    elif name in _INITIALIZERS and module is None:
        marks.add("initializer-plain", node)
    if name in _DTYPED:
        dtype = inner.get("dtype")
        if type(dtype) is str:
            marks.add("dtype-text", inner)
        elif type(dtype) is dict and dtype.get("class_name") in ("DTypePolicy", "FloatDTypePolicy"):
            marks.add("dtype-policy", inner)
    elif name == "VarianceScaling" and list(inner.values()) == _GLOROT:
        marks.add("glorot-as-scaling", node)


_GLOROT = [1.0, "fan_avg", "uniform", None]  # how Keras 2 writes down the default initializer
_INITIALIZERS = frozenset(("GlorotUniform", "Zeros", "Ones", "Orthogonal", "VarianceScaling", "RandomUniform"))
_DTYPED = frozenset(
    (
        "Dense",
        "Conv2D",
        "Conv1D",
        "Flatten",
        "Dropout",
        "BatchNormalization",
        "Activation",
        "MaxPooling2D",
        "Add",
        "Concatenate",
    )
)


def _nodes(nodes: list[Any], node: dict[str, Any], marks: Marks) -> None:
    first = nodes[0]
    if type(first) is dict:
        if "args" in first and "kwargs" in first:  # else a model that tf.keras called with a dict of tensors
            marks.add("nodes-dict", node)
    elif type(first) is list and first and type(first[0]) is list:
        marks.add("nodes-three" if len(first[0]) == 3 else "nodes-four", node)


def _model(name: str, inner: dict[str, Any], marks: Marks) -> None:
    layers = inner["layers"]
    if name == "Sequential":
        marks.add("sequential-dict", inner)
        marks.add("sequential-dtype" if "dtype" in inner else "sequential-no-dtype", inner)
        first = layers[0] if type(layers) is list and layers else None
        if type(first) is dict:
            if first.get("class_name") == "InputLayer":
                marks.add("sequential-input", inner)
            elif (
                "build_input_shape" in inner
                and type(first.get("config")) is dict
                and "batch_input_shape" in first["config"]
            ):
                marks.add("sequential-shaped-built", inner)
    elif "input_layers" in inner:
        if name == "Model":
            marks.add("model-class", inner)
        elif name == "Functional":
            marks.add("functional-class", inner)
            marks.add("functional-trainable" if "trainable" in inner else "functional-no-trainable", inner)
        outputs = inner.get("output_layers")
        if type(outputs) is list and outputs and type(outputs[0]) is str:
            marks.add("outputs-bare", inner)


def _training(training: dict[str, Any], marks: Marks) -> None:
    if "optimizer_config" in training:
        for key in ("sample_weight_mode", "weighted_metrics", "run_eagerly"):
            marks.add(f"training-{key}" if key in training else f"training-no-{key}", training)
        optimizer = training["optimizer_config"]
        name = optimizer.get("class_name") if type(optimizer) is dict else None
        if type(name) is str and name.startswith("Custom>"):
            marks.add("optimizer-custom", optimizer)
        metrics = training.get("metrics")
        if (
            type(metrics) is list
            and metrics
            and type(metrics[0]) is list
            and metrics[0]
            and type(metrics[0][0]) is dict
        ):
            marks.add("metrics-nested", training)


def _facts(facts: dict[str, Any], form: str, marks: Marks) -> None:
    """Mark what the container shows; absence counts only where the whole container could be read."""
    weights = "the weights"
    whole = bool(facts.get("weights_complete"))
    names = facts.get("weight_names") or ()
    if names and form in ("hdf5-model", "hdf5-weights"):
        colons = [str(name).endswith(":0") for name in names[:8]]
        if all(colons) or not any(colons):
            marks.add("weights-colon" if colons[0] else "weights-no-colon", weights)
        tails = [str(name).removesuffix(":0") for name in names[:8]]
        if not any("/" in tail for tail in tails) and any("_W" in tail or tail == "param_0" for tail in tails):
            marks.add("weights-keras-1", weights)
        if facts.get("has_top_level_model_weights"):
            marks.add("top-level-weights", weights)
        elif whole:
            marks.add("no-top-level-weights", weights)
    containers = facts.get("v3_containers") or ()
    if "_layer_checkpoint_dependencies" in containers:
        marks.add("store-dependencies", weights)
        if facts.get("doubled_numbering"):
            marks.add("store-doubled", weights)
    elif "layers" in containers:
        marks.add("store-layers", weights)
    if "metrics" in containers:
        marks.add("store-metrics", weights)
    if facts.get("vars_have_name_attribute"):
        marks.add("store-named", weights)
    elif containers and form in ARCHIVES:
        marks.add("store-unnamed", weights)
    for key in [*(facts.get("full_names") or ())][:WIDTH]:
        for prefix, told in _CHECKPOINT:
            if str(key).startswith(prefix):
                marks.add(told, "the names in the checkpoint")
    if form == "hdf5-model":
        for slot in (facts.get("optimizer_weight_names") or ())[:1]:
            mark = _SLOTS.get(str(slot).rpartition("/")[2])
            if mark:
                marks.add(
                    "slots-path-iteration" if mark == "slots-iteration" and "/" in slot else mark,
                    "the optimizer's weights",
                )
        if (facts.get("attribute_storage") or {}).get("backend") == "vlen-utf-8":
            marks.add("backend-utf8", "the attribute backend")


_CHECKPOINT = (("layer_with_weights-", "checkpoint-layers"), ("optimizer/_variables/", "checkpoint-optimizer"))
_SLOTS = {"iter:0": "slots-iter", "iteration:0": "slots-iteration-colon", "iteration": "slots-iteration"}
