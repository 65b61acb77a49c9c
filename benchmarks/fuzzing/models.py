"""Models that nobody made: layers and operations of every class, with keywords drawn at random, in every era's form."""

from __future__ import annotations

import json
from typing import Any

from fuzzing.dice import Dice
from fuzzing.vocabulary import CLASSES, FUNCTIONS, KEYWORDS, NODES, OPERATIONS

_INPUTS = (
    [4],
    [6, 3],
    [8, 8, 3],
    [3, 8, 8],
    [4, 4, 4, 2],
    [None, 5],
    [None, None, 3],
    [],
    [2, 3, 4, 5, 6],
    [0],
    [10**12],
)


def keywords(dice: Dice, share: float) -> dict[str, Any]:
    """Return that share of all keywords, each with one of its values; seldom with one of another's."""
    found = {}
    for name, values in KEYWORDS:
        if dice.random() < share:
            if dice.random() < 0.03:
                values = dice.pick(KEYWORDS)[1]
            found[name] = json.loads(dice.pick(values))
    return found


def layer(dice: Dice, name: str, form: int) -> dict[str, Any]:
    """Return the config entry of a layer or operation, without its calls. `form`: 0 before Keras 3, 1 Keras 3."""
    share = dice.pick((0.03, 0.15, 0.6))
    roll = dice.below(8)
    if form and roll < 3:
        kind = dice.pick(OPERATIONS)
        entry = {"module": "keras.src.ops.numpy", "class_name": kind, "registered_name": kind}
        return {**entry, "name": name, "config": {"name": name, **(keywords(dice, share) if roll else {})}}
    if not form and roll == 0:
        return {"class_name": "TFOpLambda", "name": name, "config": {"name": name, "function": dice.pick(FUNCTIONS)}}
    if not form and roll == 1:
        attributes = {key: {"i": str(dice.below(5)), "b": True} for key in keywords(dice, 0.05)}
        node = {"op": dice.pick(NODES), "name": name, "input": ["a", "b", "c"][: dice.below(4)], "attr": attributes}
        constants = {str(dice.below(3)): dice.pick((1, 2.0, [1, -1], [[0, 1], [1, 0]], [2, 2, 3], []))}
        return {"class_name": "TensorFlowOpLayer", "name": name, "config": {"node_def": node, "constants": constants}}
    kind = dice.pick(CLASSES)
    entry = {"module": "keras.layers", "registered_name": None} if form else {}
    return {**entry, "class_name": kind, "name": name, "config": {**keywords(dice, share), "name": name}}


def model(dice: Dice) -> tuple[dict[str, Any], str]:
    """Return the config of a model of a few such layers, and what it is."""
    form = dice.below(2)
    count = 1 + dice.below(6)
    shape = [None, *dice.pick(_INPUTS)]
    first = {
        "class_name": "InputLayer",
        "config": {"name": "l0", "batch_shape" if form else "batch_input_shape": shape},
    }
    layers = [layer(dice, f"l{number}", form) for number in range(1, count + 1)]
    version = "3.12.0" if form else dice.pick(("1.2.2", "2.2.4", "2.3.0-tf", "2.10.0"))
    if dice.odds(0.4):
        made = {
            "class_name": "Sequential",
            "config": {"name": "m", "layers": [first, *layers]},
            "keras_version": version,
        }
        return made, f"a Sequential of {count} odd layers"
    first |= {"name": "l0", "inbound_nodes": []}
    for number, entry in enumerate(layers, 1):
        entry["inbound_nodes"] = [_call(dice, number, form, shape) for _ in range(1 if dice.odds(0.9) else 2)]
    ends = {"input_layers": [["l0", 0, 0]], "output_layers": [[f"l{count}", 0, 0]]}
    config = {"name": "m", "layers": [first, *layers], **ends}
    return {"class_name": "Functional", "config": config, "keras_version": version}, f"a model of {count} odd layers"


def _call(dice: Dice, number: int, form: int, shape: list[Any]) -> Any:
    """Return one entry of `inbound_nodes`: the layers before it, and keywords."""
    taken = [f"l{dice.below(number)}" for _ in range(1 if dice.odds(0.5) else 1 + dice.below(3))]
    more = keywords(dice, 0.1) if dice.odds(0.4) else {}
    if form:
        tensors = [
            {
                "class_name": "__keras_tensor__",
                "config": {"shape": shape, "dtype": "float32", "keras_history": [name, 0, 0]},
            }
            for name in taken
        ]
        return {"args": [tensors] if dice.odds(0.3) else tensors, "kwargs": more}
    calls = [[name, 0, 0, more] for name in taken]
    return calls[0] if len(calls) == 1 and dice.odds(0.3) else calls
