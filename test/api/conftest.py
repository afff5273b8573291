"""A tracker whose network sees colours."""

import pytest
from scripted_engine import ColorEngine, make_manifest

from efficientsam3_ros.api import tracker as module


@pytest.fixture
def engine(monkeypatch):
    """Return the engine of every tracker that the test makes."""
    found = ColorEngine(make_manifest(exemplars=True))
    monkeypatch.setattr(module, 'load_engine', lambda *_: found)
    return found
