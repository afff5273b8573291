"""A clip to track, as a bag and as pictures, with an engine that sees colors."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripted_engine import ColorEngine
from track_command import write_bag, write_pictures


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ColorEngine:
    """Let ``track`` load an engine that finds colors."""
    engine = ColorEngine()
    monkeypatch.setattr('efficientsam3_ros.cli.track.load_engine', lambda *_: engine)
    return engine


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """Return the clip as a bag."""
    return write_bag(tmp_path / 'clip.mcap')


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return the clip as a folder of pictures."""
    return write_pictures(tmp_path / 'pictures')
