"""Names that files and launches used before, each with its new name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SETTINGS: Mapping[str, str] = {'colour_weight': 'color_weight'}
"""Parameters of the tracker."""

FILES: Mapping[str, str] = {'licence': 'license'}
"""Entries of ``manifest.json`` and ``weights.json``."""


def renamed(names: Iterable[str], table: Mapping[str, str]) -> str | None:
    """Say which names are old.

    Args:
        names: As found.
        table: Old name to new.

    Returns:
        A clause such as ``"licence" is now "license"``; None if no name is old.
    """
    found = [f'"{name}" is now "{table[name]}"' for name in names if name in table]
    return ', '.join(found) or None
