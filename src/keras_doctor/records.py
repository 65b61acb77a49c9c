"""Frozen value classes without the start-up cost of `dataclasses`.

Importing `dataclasses` costs as much CPU as starting Python does (it pulls in `inspect`), which is more than a whole
check may take. `record` gives the part that a value needs: fields from annotations, defaults, frozen, equality, hash,
repr, pickling. Type checkers see a frozen dataclass.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from typing_extensions import dataclass_transform

    T = TypeVar("T")

    @dataclass_transform(frozen_default=True)
    def record(cls: type[T]) -> type[T]:
        """Make `cls` a frozen value class of its annotated fields."""
        ...
else:

    def record(cls):
        """Make `cls` a frozen value class of its annotated fields.

        Defaults must be immutable. A base record's fields come first.
        """
        body = cls.__dict__
        own = tuple(cls.__annotations__)
        fields = (*getattr(cls, "_fields", ()), *own)
        defaults = {**getattr(cls, "_defaults", {})}
        for name in own:
            if name in body:
                defaults[name] = body[name]
        cls._fields = cls.__match_args__ = fields
        cls._defaults = defaults
        # Set on the class as it is: making it anew, with __slots__, would cost more than all the rest.
        for name, method in _METHODS:
            if name not in body:
                setattr(cls, name, method)
        return cls

    def _init(self, *args, **kwargs):
        cls = type(self)
        fields = cls._fields
        given = len(args)
        if given > len(fields):
            raise TypeError(f"{cls.__name__}() takes {len(fields)} fields, got {given}")
        for name, value in zip(fields, args, strict=False):
            _set(self, name, value)
        if given < len(fields):
            defaults = cls._defaults
            taken = 0
            for name in fields[given:]:
                if name in kwargs:
                    _set(self, name, kwargs[name])
                    taken += 1
                elif name in defaults:
                    _set(self, name, defaults[name])
                else:
                    raise TypeError(f"{cls.__name__}() misses the field {name!r}")
            if taken == len(kwargs):
                return
        if kwargs:
            raise TypeError(f"{cls.__name__}() does not know the fields {sorted(kwargs)} (or got them twice)")

    def _values(self):
        return tuple(getattr(self, name) for name in self._fields)

    def _eq(self, other):
        return _values(self) == _values(other) if type(other) is type(self) else NotImplemented

    def _hash(self):
        return hash((type(self), _values(self)))

    def _repr(self):
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, _values(self), strict=True))
        return f"{type(self).__name__}({shown})"

    def _reduce(self):
        return type(self), _values(self)

    def _frozen(self, name, *_):
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    _set = object.__setattr__
    _METHODS = (
        ("__init__", _init),
        ("__eq__", _eq),
        ("__hash__", _hash),
        ("__repr__", _repr),
        ("__reduce__", _reduce),
        ("__setattr__", _frozen),
        ("__delattr__", _frozen),
    )


def replace(value: T, **changes: Any) -> T:
    """Return a copy of the record `value` in which the named fields have other values."""
    fields = {name: getattr(value, name) for name in type(value)._fields}  # type: ignore[attr-defined]
    fields.update(changes)
    return type(value)(**fields)


def as_dict(value: Any) -> dict[str, Any]:
    """Return the fields of the record `value` by name; the values stay as they are."""
    return {name: getattr(value, name) for name in type(value)._fields}
