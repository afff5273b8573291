"""HTML and SVG as strings that are escaped by construction."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({'meta', 'img', 'br', 'hr', 'input', 'col'})


class Html(str):
    """Text that is markup already; every other string is escaped where it enters."""

    __slots__ = ()


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """Return one element.

    Args:
        name: Element, e.g. 'td' or 'circle'.
        children: ``Html`` is kept, iterables are joined, None is left out, all else is escaped.
        attributes: ``stroke_width`` becomes ``stroke-width``, ``class_`` becomes ``class``;
            None and False leave an attribute out, True writes its bare name.
    """
    words = ''.join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f'<{name}{words}>')
    return Html(f'<{name}{words}>{join(children)}</{name}>')


def join(children: Iterable[object]) -> Html:
    """Return children one after the other, escaped where they are not ``Html``."""
    return Html(''.join(map(_child, children)))


def counted(number: int, one: str, many: str = '') -> str:
    """Return a number with its word, '1 frame' or '2 frames'."""
    return f'{number} {one if number == 1 else many or f"{one}s"}'


def _child(value: object) -> str:
    if value is None:
        return ''
    if isinstance(value, Html):
        return value
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Iterable):
        return join(value)
    return escape(_number(value))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ''
    name = key.rstrip('_').replace('_', '-')
    return f' {name}' if value is True else f' {name}="{escape(_number(value))}"'


def _number(value: object) -> str:
    """Return pixels short: a tenth is more than a screen shows."""
    return f'{value:.1f}'.removesuffix('.0') if isinstance(value, float) else str(value)
