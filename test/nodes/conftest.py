"""Gives each test its own nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def make_rig() -> Iterator[Callable[..., Any]]:
    """Return a function that starts a tracker node and a probe; both end with the test."""
    pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')
    pytest.importorskip('efficientsam3_ros.msg', reason='needs the built messages: pip install .')
    from node_rig import NodeRig

    rigs = []

    def make(*args: Any, **parameters: Any) -> NodeRig:
        rigs.append(NodeRig(*args, **parameters))
        return rigs[-1]

    yield make
    for rig in rigs:
        rig.close()
