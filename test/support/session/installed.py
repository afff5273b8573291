"""Tests that need a large package, without loading it in every process that collects them."""

from __future__ import annotations

from importlib.util import find_spec

import pytest


def needs(package: str) -> pytest.MarkDecorator:
    """Return a mark that skips tests where a package is not installed."""
    return pytest.mark.skipif(find_spec(package) is None, reason=f'needs {package}')
