"""What recurrent layers say that Keras 3 has no word for becomes a small graph, or a plain layer.

- A cell in a wrapper that does nothing in use (`DeviceWrapper`, a `DropoutWrapper` that keeps all) is the cell.
- `ResidualWrapper`: the input of each step is added to its output. A SimpleRNN that puts out its own input goes through
  the same steps, and past the same masked ones.
- `time_major`: two operations turn the axes before and after.
- A masked Bidirectional of before tf.keras 1.14 and of Keras 2, which repeats the step before at a masked one, where
  Keras 3 puts zeros: its two layers, and what joins them.

Called from `dialects.recast`, for the graphs are written in the target's dialect with the rest. Sources:
keras/src/layers/rnn/{cell_wrappers,base_rnn,bidirectional}.py (2.15); keras/layers/wrappers.py (2.2.4).
"""

from __future__ import annotations

import struct

from keras_doctor.document.expressions import constant
from keras_doctor.fixes.draft import copied
from keras_doctor.fixes.entries import Entries, become, layers_wanted
from keras_doctor.fixes.fix import LOSSY, Change
from keras_doctor.fixes.parts import layers_with_parts
from keras_doctor.layers.inbound import Ref
from keras_doctor.layers.masking import RECURRENT
from keras_doctor.layers.shapes import CannotInferError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.layers.masking import Key, Use
    from keras_doctor.layers.shapes import Shape

SLUG = "recurrent-unfolded"
_AROUND = ("DropoutWrapper", "DeviceWrapper")
_CHANCES = ("input_keep_prob", "output_keep_prob", "state_keep_prob")
_RANDOM = "it dropped numbers at random in use, too; without that the model computes what it was trained towards"


def unfold(draft: Draft, target: Target, masks: dict[Key, Use]) -> Iterator[Change]:
    """Put such graphs and layers in the place of recurrent layers. `masks`: what each call went by."""
    if target.api.line != "keras-3":
        return
    yield from _unwrapped(draft)
    masked = {use.path for use in masks.values() if any(use.masks)}
    as_stated = {use.path for use in masks.values() if "as-stated" in use.masks}
    for layer, shape in layers_wanted(draft, lambda layer: layer.get("class_name") in RECURRENT):
        name = str(layer["config"].get("name") or layer.get("name"))
        given = shape.input_shapes[0] if len(shape.input_shapes) == 1 else None
        if given is None or not shape.known or layer["config"].get("stateful") or len(shape.calls[0].input_shapes) > 1:
            continue
        unfolding = _Unfolding(draft, target, layer, name, given)
        try:
            if _is_residual(layer):
                unfolding.residual()
                yield Change(SLUG, f"add what goes into each step of {name} to what comes out, as its cell did")
            elif _time_major(layer) and shape.path not in masked:
                unfolding.turned(shape)
                yield Change(SLUG, f"turn the axes before and after {name}, which has the time in the first one")
            elif shape.path in as_stated and target.semantics.get("bidirectional_mask") == "zero":
                unfolding.both_ways(shape)
                yield Change(SLUG, f"make {name} of its two layers, which repeat the step before at a masked one")
        except CannotInferError:
            continue


def _unwrapped(draft: Draft) -> Iterator[Change]:
    """Put cells in the place of wrappers that do nothing in use, the outermost first."""
    for owner, parts, entry in layers_with_parts(draft.config):
        while entry.get("class_name") in _AROUND and isinstance(config := entry.get("config"), dict):
            inner = config.get("cell")
            if not isinstance(inner, dict):
                break
            tensors = draft.tensors(owner)
            for part in parts:
                for held, name in list(tensors):
                    if held == f"{part}/cell" or held.startswith(f"{part}/cell/"):
                        tensors[part + held[len(part) + len("/cell") :], name] = tensors.pop((held, name))
            told = f"take the {entry['class_name']} off the cell {config.get('name', '')}".rstrip()
            chance = any(config.get(key, 1.0) != 1.0 for key in _CHANCES)
            entry.clear()
            entry.update(inner)
            yield Change(SLUG, told, kind=LOSSY, note=_RANDOM) if chance else Change(SLUG, told)


def _is_residual(layer: dict[str, Any]) -> bool:
    cell = layer["config"].get("cell")
    held = cell.get("config") if isinstance(cell, dict) and cell.get("class_name") == "ResidualWrapper" else None
    return isinstance(held, dict) and isinstance(held.get("cell"), dict) and held.get("residual_fn") is None


def _time_major(layer: dict[str, Any]) -> bool:
    held = layer["config"].get("layer")
    config = (
        held.get("config") if layer["class_name"] == "Bidirectional" and isinstance(held, dict) else layer["config"]
    )
    return isinstance(config, dict) and config.get("time_major") is True


class _Unfolding:
    """One recurrent layer on its way into a graph. `given`: the shape that comes in."""

    def __init__(self, draft: Draft, target: Target, layer: dict[str, Any], name: str, given: Shape) -> None:
        self.draft = draft
        self.layer = layer
        self.name = name
        self.given = given
        self.start = Ref(f"{name}_in", 0, 0)
        self.target = target
        self.made: list[dict[str, Any]] = []

    def residual(self) -> None:
        """Add the input of each step to its output."""
        units = self.given[-1]
        if not isinstance(units, int) or len(self.given) != 3:
            raise CannotInferError("the size of its input is not known")
        config = copied(self.layer["config"])
        config["cell"] = config["cell"]["config"]["cell"]
        tensors = self.draft.tensors(self.layer)
        for part, name in list(tensors):
            if part == "cell/cell" or part.startswith("cell/cell/"):
                tensors[part[len("cell/") :], name] = tensors.pop((part, name))
        steps = self.recurrent(self.layer["class_name"], config, "steps", self.start, tensors)
        kept = ("return_sequences", "go_backwards", "zero_output_for_mask", "dtype")
        plain = {key: config[key] for key in kept if key in config}
        plain.update(units=units, activation="linear", use_bias=False, trainable=False, unroll=False)
        inputs = self.recurrent("SimpleRNN", plain, "input", self.start, _identity(units))
        graph = self.graph({steps: None, inputs: None})
        outputs = [graph.layer("Add", [steps, inputs])]
        states = _states(self.layer)
        if config.get("return_state"):
            outputs += [Ref(steps.layer, 0, number + 1) for number in range(states)]
        self.finish(graph, outputs)

    def turned(self, shape: LayerShape) -> None:
        """Turn the first two axes before and after."""
        graph = self.graph({})
        axes = [1, 0, *range(2, len(self.given))]
        turned = graph.op("numpy.Transpose", self.start, axes=axes)
        config = copied(self.layer["config"])
        both = [config.get(key) for key in ("layer", "backward_layer")]
        inner = [one["config"] for one in both if isinstance(one, dict) and isinstance(one.get("config"), dict)]
        for held in inner or [config]:
            held.pop("time_major", None)
            held["unroll"] = False
        steps = self.recurrent(self.layer["class_name"], config, "steps", turned, self.draft.tensors(self.layer))
        shapes = shape.output_shape
        several = shapes if shapes and isinstance(shapes[0], tuple) else (shapes,)
        outputs = []
        for number, one in enumerate(several):
            made = Ref(steps.layer, 0, number)
            sequence = isinstance(one, tuple) and len(one) > 2
            outputs.append(graph.op("numpy.Transpose", made, axes=[1, 0, 2]) if sequence else made)
        self.finish(graph, outputs, [*graph.entries[:1], *self.made, *graph.entries[1:]])

    def both_ways(self, shape: LayerShape) -> None:
        """Follow the steps both ways, each layer as it is."""
        config = self.layer["config"]
        forward, backward = config.get("layer"), config.get("backward_layer")
        if not isinstance(forward, dict):
            raise CannotInferError("it holds no layer")
        if not isinstance(backward, dict):
            backward = copied(forward)
            backward["config"]["go_backwards"] = not forward["config"].get("go_backwards", False)
        tensors = self.draft.tensors(self.layer)
        ways = []
        for entry, part in ((forward, "forward_layer"), (backward, "backward_layer")):
            held = {
                (one[len(part) :].removeprefix("/"), name): tensor
                for (one, name), tensor in tensors.items()
                if one == part or one.startswith(f"{part}/")
            }
            own = copied(entry["config"])
            ways.append(self.recurrent(entry["class_name"], own, part.partition("_")[0], self.start, held))
        one, other = ways
        graph = self.graph({one: None, other: None})
        turned = graph.op("numpy.Flip", other, axis=1)
        mode = config.get("merge_mode", "concat")
        if mode == "concat":
            outputs = [graph.op("numpy.Concatenate", [one, turned], axis=-1)]
        elif mode in ("sum", "ave"):
            total = graph.op("numpy.Add", one, turned)
            outputs = [total if mode == "sum" else graph.op("numpy.Multiply", total, 0.5)]
        elif mode == "mul":
            outputs = [graph.op("numpy.Multiply", one, turned)]
        else:
            outputs = [graph.op("numpy.Copy", one), turned]
        if forward["config"].get("return_state"):
            states = _states(forward)
            outputs += [Ref(way.layer, 0, number + 1) for way in ways for number in range(states)]
        self.finish(graph, outputs)

    def recurrent(self, class_name: str, config: dict[str, Any], what: str, value: Ref, tensors: Any) -> Ref:
        """Enter a recurrent layer that is called on one tensor."""
        name = f"{self.name}_{what}"
        config.pop("batch_input_shape", None)
        nodes = [{"args": [Entries.tensor(value)], "kwargs": {}}]
        entry = {"class_name": class_name, "config": {**config, "name": name}, "name": name, "inbound_nodes": nodes}
        self.draft.give(entry, dict(tensors))
        self.made.append(entry)
        return Ref(name, 0, 0)

    def graph(self, more: dict[Ref, None]) -> Entries:
        """Return an empty graph in which the input and what the layers put out is known."""
        shapes: dict[Ref, Any] = {self.start: self.given}
        shapes.update(dict.fromkeys(more, (None, None, None)))
        return Entries(shapes, self.name, self.target.api)

    def finish(self, graph: Entries, outputs: list[Ref], made: list[dict[str, Any]] | None = None) -> None:
        """Make the layer the graph."""
        self.draft.give(self.layer, {})
        become(self.layer, self.name, {self.start: self.given}, made or [*self.made, *graph.entries], outputs)


def _states(entry: dict[str, Any]) -> int:
    """Return how many states a recurrent layer has: an LSTM two. Raises CannotInferError for those of many cells."""
    config = entry["config"]
    cell = config.get("cell")
    while isinstance(cell, dict) and cell.get("class_name") == "ResidualWrapper":
        cell = cell["config"].get("cell")
    if isinstance(cell, dict) and cell.get("class_name") not in ("LSTMCell", "GRUCell", "SimpleRNNCell"):
        raise CannotInferError("its states are those of several cells")
    name = str(cell.get("class_name")) if isinstance(cell, dict) else str(entry["class_name"])
    return 1 + ("LSTM" in name)


def _identity(units: int) -> dict[tuple[str, str], Any]:
    """Return the variables of a SimpleRNN that puts out what comes in."""
    one, zero = struct.pack("<f", 1.0), struct.pack("<f", 0.0)
    rows = (zero * number + one + zero * (units - number - 1) for number in range(units))
    shape = (units, units)
    kernel = constant("kernel", shape, "float32", b"".join(rows))
    nothing = constant("recurrent_kernel", shape, "float32", zero * units * units)
    return {("", "kernel"): kernel, ("", "recurrent_kernel"): nothing}
