"""`record` against `dataclasses`, which it stands in for."""

from __future__ import annotations

import pickle

import pytest

from keras_doctor.records import as_dict, record, replace


@record
class Point:
    x: int
    y: int = 2
    label: str = ""


@record
class Point3(Point):
    z: int = 0


def test_fields_come_by_position_and_by_name_with_defaults():
    assert as_dict(Point(1)) == {"x": 1, "y": 2, "label": ""}
    assert as_dict(Point(1, label="a")) == {"x": 1, "y": 2, "label": "a"}
    assert as_dict(Point3(1, 5, z=7)) == {"x": 1, "y": 5, "label": "", "z": 7}


def test_values_are_compared_hashed_and_shown_by_their_fields():
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(1, 3)
    assert Point(1) != Point3(1)
    assert hash(Point(1)) == hash(Point(1, 2))
    assert repr(Point(1)) == "Point(x=1, y=2, label='')"


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, "", 4), {}), ((1,), {"x": 1}), ((1,), {"q": 1})])
def test_wrong_fields_are_refused(arguments):
    args, kwargs = arguments
    with pytest.raises(TypeError):
        Point(*args, **kwargs)


def test_a_record_is_frozen():
    point = Point(1)
    with pytest.raises(AttributeError):
        point.x = 3
    with pytest.raises(AttributeError):
        del point.x
    assert point == Point(1)


def test_replace_and_pickling_give_equal_values():
    assert replace(Point(1), y=9) == Point(1, 9)
    assert pickle.loads(pickle.dumps(Point3(1, z=4))) == Point3(1, z=4)
    with pytest.raises(TypeError):
        replace(Point(1), q=1)
