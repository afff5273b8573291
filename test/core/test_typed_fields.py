"""JSON becomes dataclasses, or the entry that does not fit is named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import math
from typing import Any, Literal

import pytest

from efficientsam3_ros.core.typed_fields import FieldError, read_fields


@dataclass(frozen=True)
class Inner:
    size: tuple[int, int]
    method: Literal['area', 'linear'] = 'area'


@dataclass(frozen=True)
class Outer:
    name: str
    share: float
    inner: Inner | None = None
    names: tuple[str, ...] = ()
    table: Mapping[str, Inner] = field(default_factory=dict)
    loud: bool = False


def read(**changes: Any) -> Outer:
    return read_fields(Outer, {'name': 'x', 'share': 1, **changes})


def test_defaults_and_nested_entries_are_read():
    found = read(inner={'size': [2, 3]}, table={'a': {'size': [4, 5], 'method': 'linear'}})
    assert found.inner == Inner((2, 3)) and found.table['a'].method == 'linear'
    assert read().share == 1.0 and isinstance(read().share, float)
    assert read(inner=None).inner is None


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        ({'name': None}, 'name is None, not a text'),
        ({'share': math.nan}, 'share is nan, not a finite number'),
        ({'share': True}, 'share is True, not a finite number'),
        ({'loud': 1}, 'loud is 1, not true or false'),
        ({'names': 'abc'}, "names is 'abc', not a list"),
        ({'names': ['a', 3]}, r'names\[1\] is 3, not a text'),
        ({'inner': {'size': [1]}}, r'inner\.size is \[1\], not a list of 2'),
        ({'inner': {'size': [1, 2.5]}}, r'inner\.size\[1\] is 2\.5, not a whole number'),
        ({'inner': {'size': [1, 2], 'method': 'best'}}, r'inner\.method .* one of area, linear'),
        ({'inner': {'size': [1, 2], 'method': []}}, r'inner\.method'),
        ({'inner': 3}, 'inner is 3, not a JSON object'),
        ({'table': {'a': 3}}, r'table\.a is 3'),
        ({'more': 3}, 'more is unknown'),
    ],
    ids=str,
)
def test_what_does_not_fit_is_named(change, message):
    with pytest.raises(FieldError, match=message):
        read(**change)


def test_what_is_missing_is_named():
    with pytest.raises(FieldError, match='share is missing'):
        read_fields(Outer, {'name': 'x'})
