"""Dataclasses to plain JSON data and back, by cattrs, checked against their type hints."""

from __future__ import annotations

from dataclasses import is_dataclass
import math
from typing import Any, TypeVar, get_args

from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn
import numpy as np

from efficientsam3_ros.core.errors.one_line import one_line

ItemT = TypeVar('ItemT')

_LARGEST = 1e300


class FormatError(ValueError):
    """Data that are not what they claim to be; the message names the place."""


def to_data(value: Any) -> Any:
    """Return dataclasses, tuples, mappings and enums as JSON knows them; NaN becomes null."""
    return _CONVERTER.unstructure(value)


def from_data(kind: type[ItemT], data: Any, place: str = 'the file') -> ItemT:
    """Read what ``to_data`` wrote; fields with a default may be missing, null is NaN in a float.

    Args:
        kind: What the data shall become; its tuples hold items of one kind.
        data: From ``json.loads``.
        place: Where the data stand, for messages.

    Raises:
        FormatError: If an entry is missing, unknown or of another kind.
    """
    try:
        return _CONVERTER.structure(data, kind)
    except RecursionError as error:
        raise FormatError(f'{place} is nested too deeply.') from error
    except (BaseValidationError, TypeError, ValueError) as error:
        first, *more = transform_error(error, place, _said)
        said, _, where = first.partition(' @ ')
        others = f' (and {len(more)} more faults)' if more else ''
        raise FormatError(one_line(ValueError(f'{where} {said}{others}.'))) from error


def _said(error: BaseException, _: object) -> str:
    if isinstance(error, ForbiddenExtraKeysError):
        return f'has unknown entries ({", ".join(sorted(error.extra_fields))})'
    if isinstance(error, AttributeError):
        return 'is not a JSON object'
    return 'is missing' if isinstance(error, KeyError) else str(error)


def _expect(data: Any, *kinds: type) -> Any:
    # True is an int to Python, but no number to a reader of the file.
    if not isinstance(data, kinds) or (isinstance(data, bool) and bool not in kinds):
        wanted = ' or '.join(item.__name__ for item in kinds)
        raise TypeError(f'is not {wanted} but {type(data).__name__}')
    return data


def _tuple(data: Any, kind: Any) -> tuple[Any, ...]:
    kinds = get_args(kind)
    if len(_expect(data, list)) != len(kinds) and kinds[-1] is not Ellipsis:
        raise TypeError(f'has {len(data)} entries instead of {len(kinds)}')
    return tuple(_CONVERTER.structure(data, list[kinds[0]]))  # type: ignore[valid-type]


def _dataclass(kind: Any, converter: Converter) -> Any:
    read = make_dict_structure_fn(kind, converter, _cattrs_forbid_extra_keys=True)
    return lambda data, kind: read(_expect(data, dict), kind)


def _float(data: Any, _: object) -> float:
    if data is None:
        return math.nan
    if not abs(_expect(data, int, float)) < _LARGEST:
        raise TypeError('is no finite number')
    return float(data)


def _array(data: Any) -> np.ndarray:
    try:
        array = np.array(_expect(data, list))
        if array.dtype == object:  # null is NaN
            array = array.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise TypeError('is no list of numbers of one size') from None
    if array.dtype.kind not in 'iuf' or np.isinf(array).any():
        raise TypeError('is no list of finite numbers')
    return array


_CONVERTER = Converter()
for _kind in (int, bool, str):
    _CONVERTER.register_structure_hook(_kind, lambda data, kind: _expect(data, kind))
_CONVERTER.register_structure_hook(float, _float)
_CONVERTER.register_structure_hook(np.ndarray, lambda data, _: _array(data))
_CONVERTER.register_structure_hook_func(
    lambda kind: getattr(kind, '__origin__', None) is tuple, _tuple
)
_CONVERTER.register_structure_hook_factory(is_dataclass, _dataclass)
_CONVERTER.register_unstructure_hook(float, lambda v: float(v) if math.isfinite(v) else None)
_CONVERTER.register_unstructure_hook(np.ndarray, lambda v: to_data(v.tolist()))
