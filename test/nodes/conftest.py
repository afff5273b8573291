"""Keeps DDS traffic of this test run to itself, and gives each test its own nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from typing import Any

import pytest

# Read by rclpy when a context is made, and by the messages when they are imported.
os.environ['ROS_AUTOMATIC_DISCOVERY_RANGE'] = 'LOCALHOST'
os.environ.setdefault('ROS_DOMAIN_ID', str(1 + os.getpid() % 100))
os.environ['ROS_PYTHON_CHECK_FIELDS'] = '1'


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
