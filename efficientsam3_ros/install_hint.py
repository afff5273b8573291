"""How to install what only some tasks need."""

from __future__ import annotations


def install_hint(extra: str) -> str:
    """Return how to install an optional group of ``setup.py``; no index holds this package.

    Works beside colcon, too: with the environment active in which the nodes run.
    """
    return f'pip install ".[{extra}]" in a clone of the repository'
