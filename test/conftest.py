"""Shared by all tests: engines without a network (module ``scripted_engine``)."""

from __future__ import annotations

from pathlib import Path
import sys

import pytest

ROOT = Path(__file__).resolve().parent
for folder in (ROOT.parent, ROOT / 'support'):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from scripted_engine import ColorEngine, ScriptedEngine  # noqa: E402


@pytest.fixture
def scripted_engine() -> ScriptedEngine:
    """Return an engine that reports its ``scene``."""
    return ScriptedEngine()


@pytest.fixture
def color_engine() -> ColorEngine:
    """Return an engine that finds red, green and blue areas."""
    return ColorEngine()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give networks at full size the time that they need."""
    for item in items:
        if item.get_closest_marker('slow'):
            item.add_marker(pytest.mark.timeout(3600))
