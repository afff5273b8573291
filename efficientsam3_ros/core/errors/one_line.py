"""Errors and values as one short line of text."""

from __future__ import annotations

import re
import reprlib

LONGEST = 1200
"""Characters of a message; what a file holds may be quoted in it."""

_CONTROL = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff]')


def one_line(error: BaseException) -> str:
    """Return an error's message without line breaks, or its type if it has no message.

    Control characters are escaped, so that no file can write to the terminal, and over-long
    texts are cut.
    """
    text = _CONTROL.sub(_escaped, ' '.join(str(error)[: 2 * LONGEST].split()))
    cut = text if len(text) <= LONGEST else f'{text[:LONGEST]} ...'
    return cut or type(error).__name__


def shown(value: object) -> str:
    """Return a value for a message, shortened; a file may hold millions of entries in one."""
    return _CONTROL.sub(_escaped, _SHORT.repr(value))


def _escaped(match: re.Match[str]) -> str:
    return f'\\x{ord(match[0]):02x}'


_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60
