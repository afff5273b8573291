"""A place to evaluate in, with an engine that sees colors."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_engine import ColorEngine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ColorEngine:
    """Let ``evaluate`` load an engine that finds colors."""
    engine = ColorEngine()
    name = 'efficientsam3_ros.evaluation.run.in_process.load_engine'
    monkeypatch.setattr(name, lambda *_: engine)
    return engine


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a new folder."""
    monkeypatch.chdir(tmp_path)
