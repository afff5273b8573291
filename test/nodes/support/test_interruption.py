"""Ctrl-C and SIGTERM end a node without noise; its own faults are told."""

from __future__ import annotations

import pytest

rclpy = pytest.importorskip('rclpy', reason='needs rclpy: see requirements-ros-jazzy.txt')

from rclpy.executors import ExternalShutdownException  # noqa: E402

from efficientsam3_ros.nodes.support import interruption  # noqa: E402


@pytest.mark.parametrize('error', [KeyboardInterrupt, ExternalShutdownException])
def test_what_asks_a_node_to_stop_is_no_fault(error, monkeypatch):
    monkeypatch.setattr(interruption.rclpy, 'ok', lambda: True)
    with interruption.until_interrupted():
        raise error


def test_a_fault_is_told_unless_ros_is_down(monkeypatch):
    for up in (True, False):
        monkeypatch.setattr(interruption.rclpy, 'ok', lambda up=up: up)
        try:
            with interruption.until_interrupted():
                raise RuntimeError('no context')
        except RuntimeError:
            assert up
        else:
            assert not up
