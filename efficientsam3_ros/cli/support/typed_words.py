"""What users type, before and after it is given to options.

The command line's library rounds ``1.5`` to a whole number, takes ``none`` for an option that was
left out, and the word behind a flag for an input; here they are what they look like.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from cyclopts import App, CycloptsError
from cyclopts.argument import ArgumentCollection


def with_flag_values(app: App, words: Sequence[str]) -> list[str]:
    """Return the words with ``--flag false`` as ``--flag=false``, which is what is meant.

    A flag takes no word behind it, which else would become an input, and the flag stay on.
    """
    if not any(_is_flag_value(word) for word in words):
        return list(words)
    try:
        _, apps, rest = app.parse_commands(words)
        if apps[-1].default_command is None:  # no verb
            return list(words)
        arguments = apps[-1].assemble_argument_collection()
    except (CycloptsError, ImportError):  # the run itself tells what is wrong
        return list(words)
    flags = {name for item in arguments if bool in _kinds(item.hint) for name in item.names}
    joined = list(words[: len(words) - len(rest)])
    for word in rest:
        if _is_flag_value(word) and joined and joined[-1] in flags:
            joined[-1] += f'={word.lower()}'
        else:
            joined.append(word)
    return joined


def _is_flag_value(word: str) -> bool:
    return word.lower() in ('true', 'false')


def refuse_misread(app: App, commands: tuple[str, ...], arguments: ArgumentCollection) -> None:
    """Refuse values that would be read as others; a ``config`` of the application.

    Raises:
        ValueError: If there is one; the message names the option.
    """
    for item in arguments:
        for token in item.tokens:
            if isinstance(token.value, str) and token.value not in _choices(item.hint):
                _check(token.keyword or '', set(_kinds(item.hint)), token.value)


def _check(option: str, kinds: set[Any], value: str) -> None:
    if int in kinds and float not in kinds and not _number(value).is_integer():
        raise ValueError(f'{option} is a whole number, got "{value}".')
    if str not in kinds and Path not in kinds and value.lower() in ('none', 'null'):
        raise ValueError(f'{option} takes no "{value}"; give a value, or leave it out.')
    if Path in kinds and option and not _is_text(value):
        # OpenCV crashes on such a name, the process with it.
        raise ValueError(f'The name behind {option} is not UTF-8; choose another name.')
    if option and '\0' in value:
        raise ValueError(f'{option} holds a zero byte, which no name has.')


def _number(value: str) -> float:
    """Return the number; what is none, or beyond all, is left to the library."""
    try:
        number = float(value)
    except ValueError:
        return 0.0
    return number if abs(number) < inf else 0.0


def _is_text(value: str) -> bool:
    return not any('\ud800' <= character <= '\udfff' for character in value)


def _choices(hint: Any) -> Iterator[Any]:
    """Yield the values among which an option chooses; ``none`` may be one."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
        return
    for part in get_args(hint):
        yield from _choices(part)


def _kinds(hint: Any) -> Iterator[Any]:
    """Yield the types that a hint is made of."""
    if get_origin(hint) is Literal or hint in (NoneType, Ellipsis):
        return
    if inner := get_args(hint):
        for part in inner:
            yield from _kinds(part)
    else:
        yield hint
