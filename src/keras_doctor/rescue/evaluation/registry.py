"""Which function computes a stock class. The modules of `families/` enter theirs here; they are imported when first
asked for.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.rescue.evaluation.call import Call

    # Takes a call with its numbers, returns what goes out: an array, a `Value` (which says what becomes of the mask),
    # or a list of them for several outputs.
    Computation = Callable[[Call], Any]

_COMPUTATIONS: dict[str, Computation] = {}


def computes(*class_names: str) -> Callable[[Computation], Computation]:
    """Enter the decorated function as the computation of these classes."""

    def enter(computation: Computation) -> Computation:
        for name in class_names:
            _COMPUTATIONS[name] = computation
        return computation

    return enter


def computation_of(class_name: str) -> Computation | None:
    """Return the computation of a layer class, None when there is none."""
    _load()
    return _COMPUTATIONS.get(class_name)


def class_names() -> tuple[str, ...]:
    """Return every class that has a computation, sorted, without aliases."""
    _load()
    return tuple(sorted(_COMPUTATIONS))


@cache
def _load() -> None:
    from keras_doctor.rescue.evaluation import families

    for module in iter_modules(families.__path__):
        import_module(f"{families.__name__}.{module.name}")
