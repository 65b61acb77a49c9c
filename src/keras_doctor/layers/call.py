"""One call of a layer as its rule sees it: the config, read with checks, and the tensors that go in; the rule enters
variables here.
"""

from __future__ import annotations

from keras_doctor.layers.dtypes import variable_dtype
from keras_doctor.layers.shapes import CannotInferError, MisfitError, Shape, axis_of, product, read_number, read_shape
from keras_doctor.layers.signature import Variable
from keras_doctor.layers.tensors import Tensor, flatten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.layers.eras import Era
    from keras_doctor.layers.evaluation import Outcome, Site

MOST_VARIABLES = 50_000  # of one layer, with all that is inside it

_REQUIRED = object()
Required: Any = _REQUIRED


class Call:
    """A layer and the arguments it is called with. Every reader raises `CannotInferError` for a value that is not what
    it should be.
    """

    __slots__ = ("args", "class_name", "config", "era", "kwargs", "site", "variables")

    def __init__(
        self, class_name: str, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any], era: Era, site: Site
    ) -> None:
        self.class_name = class_name
        self.config = config
        self.args = args
        self.kwargs = kwargs
        self.era = era
        self.site = site
        self.variables: list[Variable] = []

    # The config

    def value(self, key: str, default: Any = _REQUIRED) -> Any:
        """Return an entry of the config as it stands."""
        found = self.config.get(key, default)
        if found is _REQUIRED:
            raise CannotInferError(f"its config has no {key!r}")
        return found

    def number(self, key: str, default: int | Any = _REQUIRED) -> int:
        """Return a whole number of the config. An entry that is null counts as absent."""
        found = self.config.get(key)
        number = default if found is None else read_number(found)
        if number is _REQUIRED or not isinstance(number, int):
            raise CannotInferError(
                f"its config has no number {key!r}" if found is None else f"its {key!r} is no number"
            )
        return number

    def size(self, key: str, default: int | Any = _REQUIRED) -> int:
        """Return a whole number that is not negative."""
        number = self.number(key, default)
        if number < 0:
            raise CannotInferError(f"its {key!r} is negative")
        return number

    def sizes(self, key: str, rank: int, default: int | tuple[int, ...] | Any = _REQUIRED) -> tuple[int, ...]:
        """Return one size for each of `rank` dimensions: a single number stands for all."""
        found = self.config.get(key)
        if found is None:
            if default is _REQUIRED:
                raise CannotInferError(f"its config has no {key!r}")
            return default if isinstance(default, tuple) else (default,) * rank
        return fit(found, rank, key)

    def flag(self, key: str, default: bool = False) -> bool:
        """Return a truth value."""
        found = self.config.get(key)
        return default if found is None else bool(found)

    def text(self, key: str, default: str = "") -> str:
        """Return a name, in lower case."""
        found = self.config.get(key)
        return found.lower() if isinstance(found, str) else default

    def axes(self, key: str, rank: int, default: int | list[int] | Any = _REQUIRED) -> tuple[int, ...]:
        """Return the axes of an entry that is a number or a list, counted from the start, in the config's order."""
        found = self.config.get(key)
        found = default if found is None else found
        if found is _REQUIRED:
            raise CannotInferError(f"its config has no {key!r}")
        if isinstance(found, dict):
            found = found.get("items", found.get("config"))
        axes = []
        for item in found if isinstance(found, (list, tuple)) else [found]:
            number = read_number(item)
            if number is None:
                raise CannotInferError(f"its {key!r} is no axis")
            axes.append(axis_of(number, rank))
        return tuple(axes)

    def axis(self, key: str, rank: int, default: int) -> int:
        """Return one axis, counted from the start; of a list the first."""
        axes = self.axes(key, rank, default)
        if not axes:
            raise CannotInferError(f"its {key!r} is no axis")
        return axes[0]

    @property
    def channels_first(self) -> bool:
        """Whether the channels stand before the other dimensions. A config that leaves it open means what the other
        layers of the model say, but for layers of one dimension: these had their channels last before they could say.
        """
        stated = self.text("data_format")
        if stated or self.class_name.endswith("1D"):
            return stated == "channels_first"
        return self.site.evaluator.channels_first

    # The tensors

    @property
    def tensors(self) -> list[Tensor]:
        """The tensors that come in by position."""
        return list(flatten(self.args))

    @property
    def input(self) -> Shape:
        """The shape of the first tensor."""
        tensors = self.tensors or list(flatten(self.kwargs))
        shape = tensors[0].shape if tensors else None
        if not isinstance(shape, tuple):  # what a Lambda states may be anything
            raise CannotInferError("the shape of its input is not known")
        return shape

    @property
    def vectors(self) -> Shape:
        """The shape of the first tensor, which has a last dimension."""
        shape = self.input
        if not shape:
            raise CannotInferError("it takes vectors and gets a single number")
        return shape

    @property
    def inputs(self) -> list[Shape]:
        """The shapes of all tensors."""
        shapes = [tensor.shape for tensor in (self.tensors or flatten(self.kwargs))]
        known = [shape for shape in shapes if shape is not None]
        if not known or len(known) < len(shapes):
            raise CannotInferError("the shape of its input is not known")
        return known

    def ranked(self, *ranks: int) -> Shape:
        """Return the shape of the first tensor. Raises MisfitError when it has none of these ranks."""
        shape = self.input
        if len(shape) not in ranks:
            raise MisfitError(f"it takes {' or '.join(map(str, ranks))} dimensions and gets {len(shape)}")
        return shape

    def argument(self, name: str, position: int) -> Shape | None:
        """Return the shape of a tensor given by keyword, else of the one at `position`; None when it is not given."""
        if name in self.kwargs:
            found = next(flatten(self.kwargs[name]), None)
        else:
            tensors = self.tensors
            found = tensors[position] if position < len(tensors) else None
        if found is not None and found.shape is None:
            raise CannotInferError("the shape of its input is not known")
        return found.shape if found is not None else None

    # What it owns

    @property
    def dtype(self) -> str:
        """The dtype of its variables."""
        return variable_dtype(self.config.get("dtype")) if self.era.own_dtype else "float32"

    def own(
        self,
        name: str,
        shape: Shape | list[int | None],
        *,
        trainable: bool = True,
        dtype: str | None = None,
        part: str = "",
        open_ended: bool = False,
    ) -> None:
        """Enter a variable. Raises CannotInferError when a size is open (unless the variable grows as it needs) or the
        array too large to exist.
        """
        if product(shape) is None and not open_ended:
            raise CannotInferError(f"the size of its {name} depends on a dimension that is not known")
        name = self.era.names.get(name, name)
        self.variables.append(Variable(name, tuple(shape), dtype or self.dtype, trainable, part))

    def inner(
        self,
        key: str,
        args: list[Any],
        part: str = "",
        *,
        index: int | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> Outcome:
        """Follow the layer that the config holds under `key` (in a list: at `index`), and enter its variables under
        `part` (else `key`).

        Raises CannotInferError when it cannot be followed.
        """
        place = key if index is None else f"{key}[{index}]"
        entry = self.config.get(key)
        if index is not None:
            entry = entry[index] if isinstance(entry, list) and 0 <= index < len(entry) else None
        outcome = self.site.inside(entry, f".config.{place}", args, kwargs)
        if not outcome.known:
            raise (MisfitError if outcome.impossible else CannotInferError)(outcome.reason)
        self.adopt(outcome.variables, part or place)
        return outcome

    def adopt(self, variables: tuple[Variable, ...], part: str) -> None:
        """Enter the variables of an object inside this layer. Raises CannotInferError when there are far too many."""
        if len(self.variables) + len(variables) > MOST_VARIABLES:
            raise CannotInferError("it owns more variables than any model has")
        for variable in variables:
            inside = f"{part}/{variable.part}" if variable.part else part
            self.variables.append(Variable(variable.name, variable.shape, variable.dtype, variable.trainable, inside))


def fit(value: Any, rank: int, name: str) -> tuple[int, ...]:
    """Return `rank` sizes from a number or a list of sizes. Raises CannotInferError."""
    number = read_number(value)
    if number is not None and number >= 0:
        return (number,) * rank
    shape = read_shape(value)
    if shape is not None and len(shape) == 1 and rank > 1:
        shape = shape * rank
    sizes = tuple(size for size in shape or () if size is not None)
    if shape is None or len(sizes) != rank or len(shape) != rank:
        raise CannotInferError(f"its {name!r} does not give {rank} numbers")
    return sizes
