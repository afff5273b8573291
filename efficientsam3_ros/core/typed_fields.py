"""Plain JSON data to dataclasses, each field checked against its type hint.

The robot's runtime has no library for it; ``evaluation.typed_json`` uses cattrs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
import math
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from efficientsam3_ros.core.errors.one_line import shown

ItemT = TypeVar('ItemT')


class FieldError(ValueError):
    """An entry that is missing, unknown or of another kind; the message begins with its name."""


def read_fields(kind: type[ItemT], data: Any, place: str = '') -> ItemT:
    """Make a dataclass from a JSON object.

    Known hints are str, int, float (finite), bool, literals, dataclasses, what may be None,
    mappings of text to one of these, and tuples of these.

    Args:
        kind: The dataclass; fields with a default may be missing.
        data: From ``json.loads``.
        place: Name of the entry that holds the data, for messages; empty for a whole file.

    Raises:
        FieldError: If an entry is missing, unknown or of another kind.
        ValueError: Whatever the dataclass itself refuses.
    """
    if not isinstance(data, dict):
        raise FieldError(f'{place or "the file"} is {shown(data)}, not a JSON object')
    known = {item.name: item for item in fields(cast(Any, kind)) if item.init}
    if unknown := [name for name in data if name not in known]:
        raise FieldError(f'{_inside(place, unknown[0])} is unknown')
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    for name, item in known.items():
        if name in data:
            values[name] = _read(hints[name], data[name], _inside(place, name))
        elif item.default is MISSING and item.default_factory is MISSING:
            raise FieldError(f'{_inside(place, name)} is missing')
    return kind(**values)


def _read(hint: Any, value: Any, place: str) -> Any:
    if is_dataclass(hint):
        return read_fields(cast(Any, hint), value, place)
    origin = get_origin(hint) or hint
    if origin in (Union, UnionType):
        if value is None:
            return None
        (inner,) = (kind for kind in get_args(hint) if kind is not NoneType)
        return _read(inner, value, place)
    if origin not in _READERS:
        raise TypeError(f'{place} has a type hint that is not known here: {hint}.')
    return _READERS[origin](hint, value, place)


def _text(_: Any, value: Any, place: str) -> str:
    return str(_expected(isinstance(value, str), 'a text', value, place))


def _flag(_: Any, value: Any, place: str) -> bool:
    return bool(_expected(isinstance(value, bool), 'true or false', value, place))


def _whole(_: Any, value: Any, place: str) -> int:
    # True is an int to Python, but no number to a reader of the file.
    good = isinstance(value, int) and not isinstance(value, bool)
    return int(_expected(good, 'a whole number', value, place))


def _number(_: Any, value: Any, place: str) -> float:
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    good = good and abs(value) < math.inf and abs(value) < 1e300
    return float(_expected(good, 'a finite number', value, place))


def _choice(hint: Any, value: Any, place: str) -> Any:
    words = ', '.join(map(str, get_args(hint)))
    good = isinstance(value, (str, int)) and value in get_args(hint)
    return _expected(good, f'one of {words}', value, place)


def _mapping(hint: Any, value: Any, place: str) -> dict[str, Any]:
    _expected(isinstance(value, dict), 'a JSON object', value, place)
    _, kind = get_args(hint)
    return {name: _read(kind, item, _inside(place, name)) for name, item in value.items()}


def _tuple(hint: Any, value: Any, place: str) -> tuple[Any, ...]:
    _expected(isinstance(value, (list, tuple)), 'a list', value, place)
    kinds = get_args(hint)
    if kinds[-1] is not Ellipsis:
        _expected(len(value) == len(kinds), f'a list of {len(kinds)}', value, place)
    parts: Iterable[tuple[int, Any]] = enumerate(value)
    return tuple(_read(kinds[0], item, f'{place}[{index}]') for index, item in parts)


def _expected(good: bool, wanted: str, value: Any, place: str) -> Any:
    if not good:
        raise FieldError(f'{place} is {shown(value)}, not {wanted}')
    return value


def _inside(place: str, name: object) -> str:
    text = name if isinstance(name, str) and name.isidentifier() else shown(name)
    return f'{place}.{text}' if place else str(text)


_READERS: Mapping[Any, Callable[[Any, Any, str], Any]] = {
    str: _text,
    bool: _flag,
    int: _whole,
    float: _number,
    Literal: _choice,
    tuple: _tuple,
    Mapping: _mapping,
}
