"""Dataclasses to plain JSON data and back, checked against their type hints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
import math
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np

ItemT = TypeVar('ItemT')


class FormatError(ValueError):
    """Data that are not what they claim to be; the message names the place."""


def to_data(value: Any) -> Any:
    """Return dataclasses, tuples, mappings and enums as JSON knows them; NaN becomes null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_data(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_data(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return to_data(value.tolist())
    if isinstance(value, (list, tuple)):
        return [to_data(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


def from_data(kind: type[ItemT], data: Any, place: str = '') -> ItemT:
    """Read what ``to_data`` wrote.

    Known kinds: dataclasses, ``tuple[X, ...]``, ``tuple[X, Y]``, ``Mapping[str, X]``, unions with
    ``None``, enums, arrays of numbers, ``float`` (null is NaN), ``int``, ``bool``, ``str`` and
    ``Any``. Keys that a dataclass does not know are ignored, and fields with a default may be
    missing, so that versions read each other's files.

    Args:
        kind: What the data shall become.
        data: From ``json.loads``.
        place: Where the data stand, for messages.

    Raises:
        FormatError: If a key is missing or a value is of another kind.
    """
    return _read(kind, data, place or 'the file')


def _read(kind: Any, data: Any, place: str) -> Any:
    origin = get_origin(kind)
    if kind is Any:
        return data
    if kind is np.ndarray:
        _expect(data, list, place)
        return np.array(data)
    if origin in (Union, UnionType):
        inner = [item for item in get_args(kind) if item is not NoneType]
        return None if data is None else _read(inner[0], data, place)
    if origin is tuple:
        return _read_tuple(get_args(kind), data, place)
    if origin is not None and issubclass(origin, Mapping):
        _expect(data, dict, place)
        inner_kind = get_args(kind)[1]
        return {key: _read(inner_kind, item, f'{place}.{key}') for key, item in data.items()}
    if is_dataclass(kind):
        return _read_dataclass(kind, data, place)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _read_enum(kind, data, place)
    return _read_scalar(kind, data, place)


def _read_tuple(kinds: tuple[Any, ...], data: Any, place: str) -> tuple[Any, ...]:
    _expect(data, list, place)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(data)
    if len(kinds) != len(data):
        raise FormatError(f'{place} has {len(data)} entries instead of {len(kinds)}.')
    return tuple(_read(k, v, f'{place}[{i}]') for i, (k, v) in enumerate(zip(kinds, data)))


def _read_dataclass(kind: Any, data: Any, place: str) -> Any:
    _expect(data, dict, place)
    hints = get_type_hints(kind)
    missing = [f.name for f in fields(kind) if f.name not in data and not _has_default(f)]
    if missing:
        raise FormatError(f'{place} lacks {", ".join(missing)}.')
    names = [item.name for item in fields(kind) if item.name in data]
    return kind(**{name: _read(hints[name], data[name], f'{place}.{name}') for name in names})


def _has_default(item: Field[Any]) -> bool:
    return item.default is not MISSING or item.default_factory is not MISSING


def _read_enum(kind: type[Enum], data: Any, place: str) -> Enum:
    try:
        return kind(data)
    except ValueError:
        known = ', '.join(str(item.value) for item in kind)
        raise FormatError(f'{place} is one of {known}; got {data!r}.') from None


def _read_scalar(kind: Any, data: Any, place: str) -> Any:
    if kind is float:
        if data is None:
            return math.nan
        _expect(data, (int, float), place)
        return float(data)
    _expect(data, kind, place)
    return data


def _expect(data: Any, kind: Any, place: str) -> None:
    # True is an int to Python, but no number to a reader of the file.
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        names = kind if isinstance(kind, tuple) else (kind,)
        wanted = ' or '.join(item.__name__ for item in names)
        raise FormatError(f'{place} is not {wanted} but {type(data).__name__}.')
