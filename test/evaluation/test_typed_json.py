"""Dataclasses to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
import json
import math

import numpy as np
import pytest

from efficientsam3_ros.evaluation.typed_json import FormatError, from_data, to_data


class Color(Enum):
    RED = 'red'
    BLUE = 'blue'


@dataclass(frozen=True)
class Inner:
    count: int
    share: float = 0.5


@dataclass(frozen=True)
class Outer:
    color: Color
    parts: tuple[Inner, ...]
    span: tuple[float, float]
    table: Mapping[str, Inner] = field(default_factory=dict)
    perhaps: int | None = None


VALUE = Outer(Color.BLUE, (Inner(1), Inner(2, math.nan)), (0.0, 1.0), {'a': Inner(3)}, 7)


def data(**changes):
    return json.loads(json.dumps(to_data(VALUE))) | changes


def test_what_was_written_is_read():
    again = from_data(Outer, data())
    assert again.parts[0] == Inner(1)
    assert math.isnan(again.parts[1].share)
    assert (again.color, again.span, again.table, again.perhaps) == (
        Color.BLUE,
        (0.0, 1.0),
        {'a': Inner(3)},
        7,
    )
    assert from_data(Outer, data(perhaps=None)).perhaps is None


def test_numbers_that_json_lacks_are_null():
    assert to_data([math.nan, math.inf, 1.5]) == [None, None, 1.5]


def test_entries_with_a_default_may_be_missing():
    older = data()
    del older['table']
    assert from_data(Outer, older).table == {}


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        ({'color': 'green'}, "x.color 'green' is not a valid Color"),
        ({'parts': [{'count': 1}, {'share': 1}]}, r'^x.parts\[1\].count is missing\.$'),
        ({'parts': [{'count': True}]}, r'x.parts\[0\].count is not int but bool'),
        ({'parts': {}}, 'x.parts is not list but dict'),
        ({'span': [1, 2, 3]}, 'x.span has 3 entries instead of 2'),
        ({'span': [1, '2']}, r'x.span\[1\] is not int or float but str'),
        ({'table': [3]}, 'x.table is not a JSON object'),
        ({'perhaps': '7', 'color': 'green'}, r"x.color 'green'.* \(and 1 more faults\)"),
        ({'span': [1, math.inf]}, r'x.span\[1\] is no finite number'),
        ({'span': [1, 10**400]}, r'x.span\[1\] is no finite number'),
        ({'newer': 1}, r'x has unknown entries \(newer\)'),
        ({'parts': 'ab'}, 'x.parts is not list but str'),
        ({'table': {'a': 3}}, r"x.table\['a'\] is not dict but int"),
    ],
)
def test_a_wrong_value_is_named_by_its_place(changes, message):
    with pytest.raises(FormatError, match=message):
        from_data(Outer, data(**changes), 'x')


@dataclass(frozen=True)
class Table:
    values: np.ndarray


@pytest.mark.parametrize(
    'values', [[1, 'x'], [{}], [[1], [1, 2]], [math.inf], [10**400], 3, [True]]
)
def test_an_array_holds_numbers(values):
    with pytest.raises(FormatError, match='values'):
        from_data(Table, {'values': values})


def test_null_in_an_array_is_not_a_number():
    assert np.isnan(from_data(Table, {'values': [None, 1.5]}).values).tolist() == [True, False]
