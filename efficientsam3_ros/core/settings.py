"""Settings: fields of a dataclass that explain themselves, and the check of their values."""

from __future__ import annotations

from dataclasses import Field, field, fields
import math
from numbers import Integral, Real
from typing import Any

from efficientsam3_ros.core.errors.one_line import one_line, shown


def number(default: float, low: float, high: float, description: str, **more: Any) -> Any:
    """Return the field of a number in ``low..high``, whole if the default is.

    With NaN as default the number may be left open.

    Args:
        default: Its value if nobody says otherwise.
        low: Smallest value.
        high: Largest value.
        description: A sentence for users.
        more: Further metadata of the field.
    """
    return _field(default, description, low=low, high=high, **more)


def flag(default: bool, description: str, **more: Any) -> Any:
    """Return the field of a true or false."""
    return _field(default, description, **more)


def choice(default: str, choices: tuple[str, ...], description: str, **more: Any) -> Any:
    """Return the field of one of some words."""
    return _field(default, description, choices=choices, **more)


def text(default: str | tuple[str, ...], description: str, **more: Any) -> Any:
    """Return the field of any text, or of several."""
    return _field(default, description, **more)


def check(settings: Any) -> None:
    """Compare the values of a dataclass with its fields.

    Raises:
        ValueError: If one is of another kind or out of range; the message names it.
    """
    for item in fields(settings):
        _check(item, getattr(settings, item.name))


def _check(item: Field[Any], value: Any) -> None:
    default: Any = item.default
    if isinstance(default, bool) != isinstance(value, bool):
        # YAML 1.1, which ROS 2 reads, takes a bare on, off, yes or no for a flag.
        kind = 'true or false' if isinstance(default, bool) else 'neither true nor false'
        raise ValueError(f'{item.name} is {kind}, got {shown(value)}.')
    choices, low = item.metadata.get('choices'), item.metadata.get('low')
    if choices is not None and value not in choices:
        raise ValueError(f'{item.name} is one of {", ".join(choices)}; got {_quoted(value)}.')
    if low is None:
        _check_text(item.name, default, value)
        return
    _check_number(item.name, default, value)
    high = item.metadata['high']
    if not (low <= value <= high or (math.isnan(default) and value != value)):
        raise ValueError(f'{item.name} lies in {low}..{high}, got {shown(value)}.')


def _check_number(name: str, default: float, value: Any) -> None:
    if isinstance(value, str):
        raise ValueError(f'{name} is a number, got the text {shown(value)}; leave out the quotes.')
    if isinstance(default, int) and not isinstance(value, Integral):
        raise ValueError(f'{name} is a whole number, got {shown(value)}.')
    if not isinstance(value, Real):
        raise ValueError(f'{name} is a number, got {shown(value)}.')


def _check_text(name: str, default: Any, value: Any) -> None:
    if isinstance(default, str) and not isinstance(value, str):
        raise ValueError(f'{name} is a text, got {shown(value)}.')
    if isinstance(default, tuple) and not (
        isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    ):
        raise ValueError(f'{name} is a list of texts, got {shown(value)}.')


def _quoted(value: Any) -> str:
    return f'"{one_line(ValueError(value))}"' if isinstance(value, str) else shown(value)


def _field(default: Any, description: str, **metadata: Any) -> Any:
    return field(default=default, metadata={'description': description, **metadata})
