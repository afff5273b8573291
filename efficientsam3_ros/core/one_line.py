"""Errors as one line of text."""

from __future__ import annotations


def one_line(error: BaseException) -> str:
    """Return an error's message without line breaks, or its type if it has no message."""
    return ' '.join(str(error).split()) or type(error).__name__
