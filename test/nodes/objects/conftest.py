"""Gives each test its own objects node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def make_objects() -> Iterator[Callable[..., Any]]:
    """Return a function that starts an objects node and a probe; both end with the test."""
    pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
    pytest.importorskip('efficientsam3_ros.action', reason='needs the built action: pip install .')
    from objects_rig import ObjectsRig

    rigs = []

    def make(**parameters: Any) -> ObjectsRig:
        rigs.append(ObjectsRig(**parameters))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()
