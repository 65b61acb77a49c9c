"""What an optimizer keeps beside a model: which variables, in which order, of which shapes, by generation and class.

`optimizers.tsv` holds it for every generation of Keras's own optimizers. Sources: `get_updates` of keras/optimizers.py
(1.0 to 2.3), `_create_slots` of optimizer_v2/*.py (tf.keras 1.14 to 2.10, `legacy` after), `build` of
keras/optimizers/*.py (tf.keras 2.11 to 2.15) and of keras/src/optimizers/*.py (3.0 to 3.15).
"""

from __future__ import annotations

import os

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    Shape = tuple[int | None, ...]
    # A word of the table: name, keywords and behaviours on which it depends.
    Word = tuple[str, tuple[str, ...]]

# To which power of the gradient an array goes: scaling a variable by s scales its gradient by 1/s, and these by 1/s to
# that power. An average of weights goes with the weights. The others mix both.
DEGREES = {
    "momentum": 1, "velocity": 2, "velocity_hat": 2, "average_gradient": 1, "accumulator": 2, "accumulated_grad": 2,
    "accumulated_delta_var": -2, "norm": 1, "average": -1, "gradient_accumulator": 1,
}  # fmt: skip
_FACTORS = ("rows", "columns")  # of Adafactor: sums over one of the last two axes

_table: dict[tuple[str, str], tuple[tuple[Word, ...], ...]] = {}


@record
class StateVariable:
    """A variable of an optimizer.

    `slot`: what it is; `of`: the place of the trainable variable that it belongs to, None for a number of the optimizer
    itself; `shape`: None stands for a size that is not known.
    """

    slot: str
    of: int | None
    shape: Shape


def state_variables(
    generation: str,
    class_name: str,
    config: dict[str, Any],
    trainable: Sequence[Shape],
    does: Callable[[str], bool],
) -> tuple[StateVariable, ...] | None:
    """Return the variables that an optimizer keeps for trainable variables of these shapes, in the order in which files
    have them; None for a class that is not known.

    `generation`: "v1", "v2", "v3" or "keras-3"; `does`: tells of a behaviour whether the release has it.
    """
    groups = _groups(generation, class_name)
    if groups is None:
        return None
    found: list[StateVariable] = []
    for group in groups:
        words = [word for word, conditions in group if all(_holds(one, config, does) for one in conditions)]
        if words and words[0].startswith("#"):
            found.append(StateVariable(words[0][1:], None, ()))
            continue
        for place, shape in enumerate(trainable) if words else ():
            for word in words:
                found += _array(generation, word, place, shape)
    return tuple(found)


def _array(generation: str, word: str, place: int, shape: Shape) -> Iterator[StateVariable]:
    """Yield what one word of the table stands for at one variable."""
    if word == "idle":
        yield StateVariable(word, place, (1,))
    elif word not in _FACTORS:
        yield StateVariable(word, place, shape)
    elif len(shape) >= 2:
        yield StateVariable(word, place, shape[:-1] if word == "rows" else (*shape[:-2], shape[-1]))
    elif generation == "keras-3":  # keeps a number in the place of what it does not factor
        yield StateVariable(word, place, ())


def _holds(condition: str, config: dict[str, Any], does: Callable[[str], bool]) -> bool:
    wanted = not condition.startswith("!")
    name = condition.lstrip("!")
    if name.startswith("@"):
        return does(name[1:]) == wanted
    if name == "scheduled":
        return isinstance(config.get("learning_rate"), dict) == wanted
    return bool(config.get(name)) == wanted


def _groups(generation: str, class_name: str) -> tuple[tuple[Word, ...], ...] | None:
    if not _table:
        _read()
    own = _table.get((generation, class_name))
    return None if own is None else (*_table.get((generation, "*"), ()), *own)


def _read() -> None:
    with open(os.path.join(os.path.dirname(__file__), "optimizers.tsv"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            generation, class_name, layout = line.rstrip("\n").split("\t")
            _table[generation, class_name] = tuple(
                tuple(_word(text) for text in group.split("+")) for group in layout.split(" ")
            )


def _word(text: str) -> Word:
    name, _, conditions = text.partition("?")
    return name, tuple(conditions.split(",")) if conditions else ()
